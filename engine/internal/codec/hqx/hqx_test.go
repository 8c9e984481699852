package hqx_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"gclam/engine/internal/codec/hqx"
)

const alphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"

// sextets writes data six bits a character.
func sextets(data []byte) []byte {
	var out []byte
	var acc uint32
	bits := 0
	for _, c := range data {
		acc, bits = acc<<8|uint32(c), bits+8
		for bits >= 6 {
			bits -= 6
			out = append(out, alphabet[acc>>bits&63])
		}
	}
	if bits > 0 {
		out = append(out, alphabet[acc<<(6-bits)&63])
	}
	return out
}

func TestAppend(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   []byte
		want string
	}{
		{"bytes without runs come through", sextets([]byte("hello")), "hello"},
		{"a run repeats the byte before it", sextets([]byte("a\x90\x05b")), "aaaaab"},
		{"a mark with zero is the mark itself", sextets([]byte("a\x90\x00b")), "a\x90b"},
		{"the mark can be repeated", sextets([]byte("\x90\x00\x90\x03")), "\x90\x90\x90"},
		{"a run of one adds nothing", sextets([]byte("a\x90\x01b")), "ab"},
		{"a colon closes", append(sextets([]byte("abc")), ":!!!!"...), "abc"},
		{"line ends do not count", bytes.Join([][]byte{sextets([]byte("abc")), sextets([]byte("def"))}, []byte("\r\n")), "abcdef"},
		{"foreign characters are skipped", append([]byte("~~"), sextets([]byte("abc"))...), "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var d hqx.Decoder
			if got := string(d.Append(nil, tt.in)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestForeignCharactersAndTheEndAreNoticed(t *testing.T) {
	t.Parallel()
	var d hqx.Decoder
	d.Append(nil, []byte("!!\n~!:~"))
	if d.Foreign() != 1 || !d.Closed() {
		t.Errorf("foreign %d, closed %v", d.Foreign(), d.Closed())
	}
}

func TestWhatIsEncodedDecodesHoweverItIsCut(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		data := make([]byte, 3*rng.IntN(100))
		for i := range data {
			data[i] = 0x8E + byte(rng.IntN(4))
		}
		text := sextets(bytes.ReplaceAll(data, []byte{0x90}, []byte{0x90, 0}))
		var d hqx.Decoder
		var got []byte
		for len(text) > 0 {
			n := 1 + rng.IntN(min(len(text), 20))
			got = d.Append(got, text[:n])
			text = text[n:]
		}
		if !bytes.Equal(got[:len(data)], data) {
			t.Fatalf("got %x, want %x", got, data)
		}
	}
}

func FuzzAppend(f *testing.F) {
	f.Add([]byte("!!~\n:"))
	f.Add(sextets([]byte("a\x90\xffb\x90\x00")))
	f.Fuzz(func(t *testing.T, in []byte) {
		var d hqx.Decoder
		if got := d.Append(nil, in); len(got) > 192*len(in) {
			t.Fatalf("%d bytes out of %d", len(got), len(in))
		}
	})
}
