package uu_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"gclam/engine/internal/codec/uu"
)

// encode writes one uuencoded line.
func encode(data []byte, zero byte) []byte {
	ch := func(b byte) byte {
		if b &= 63; b == 0 {
			return zero
		}
		return b + ' '
	}
	out := []byte{ch(byte(len(data)))}
	for len(data) > 0 {
		var g [3]byte
		n := copy(g[:], data)
		data = data[n:]
		out = append(out, ch(g[0]>>2), ch(g[0]<<4|g[1]>>4), ch(g[1]<<2|g[2]>>6), ch(g[2]))
	}
	return out
}

func TestHeader(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line, name string
		ok         bool
	}{
		{"begin 644 cat.txt", "cat.txt", true},
		{"begin  0755  a b ", "a b", true},
		{"begin 644", "", true},
		{"begin 64 x", "", false},
		{"begin 888 x", "", false},
		{"begin 644x", "", false},
		{"begin-base64 644 x", "", false},
		{"Begin 644 x", "", false},
		{"begin the day", "", false},
	}
	for _, tt := range tests {
		name, ok := uu.Header([]byte(tt.line))
		if string(name) != tt.name || ok != tt.ok {
			t.Errorf("%q: %q, %v, want %q, %v", tt.line, name, ok, tt.name, tt.ok)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		more           bool
	}{
		{"a group decodes", "#0V%T", "Cat", true},
		{"characters behind the count do not count", "!0V%T", "C", true},
		{"what is missing is blank", "#0V", "C`\x00", true},
		{"the end line ends", "end", "", false},
		{"a count of zero ends", "`", "", false},
		{"an empty line ends", "", "", false},
		{"a count over 62 ends", "\x7f0V%T", "", false},
		{"control characters end", "#0V\x01T", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, more := uu.Line(nil, []byte(tt.in))
			if string(got) != tt.want || more != tt.more {
				t.Errorf("got %q, %v, want %q, %v", got, more, tt.want, tt.more)
			}
		})
	}
}

func TestWhatIsEncodedDecodes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 62; n++ {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		for _, zero := range []byte{' ', '`'} {
			line := encode(data, zero)
			if zero == ' ' {
				line = bytes.TrimRight(line, " ") // as mail systems do
			}
			if len(line) < 2 {
				continue
			}
			if got, more := uu.Line(nil, line); !more || !bytes.Equal(got, data) {
				t.Fatalf("%q: got %x, want %x", line, got, data)
			}
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte("#0V%T"))
	f.Add([]byte("begin 644 x"))
	f.Fuzz(func(t *testing.T, in []byte) {
		uu.Header(in)
		got, more := uu.Line([]byte("x"), in)
		if len(got) > 1+62 || got[0] != 'x' || (!more && len(got) != 1) {
			t.Fatalf("got %q, %v", got, more)
		}
	})
}
