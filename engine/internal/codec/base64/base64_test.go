package base64_test

import (
	"bytes"
	stdbase64 "encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"gclam/engine/internal/codec/base64"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain groups decode", "QUJDREVG", "ABCDEF"},
		{"one padding character leaves two bytes", "QUI=", "AB"},
		{"two leave one", "QQ==", "A"},
		{"padding may be missing", "QUJDQUI", "ABCAB"},
		{"a lone character yields nothing", "QUJDQ", "ABC"},
		{"foreign characters are dropped", "Q!U*J\x00D\r\n \tRE(VG)", "ABCDEF"},
		{"the URL-safe alphabet is known too", "-_-_+/+/", "\xfb\xff\xbf\xfb\xff\xbf"},
		{"a group may span lines", "Q\nU\nJ\nD\n", "ABC"},
		{"a line ends at its first padding", "QQ==QUJD", "A"},
		{"the next line starts anew", "QQ==\nQUJD", "AABC"},
		{"nothing yields nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(base64.Append(nil, []byte(tt.in))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStopAtPadIgnoresWhatFollows(t *testing.T) {
	t.Parallel()
	d := base64.Decoder{StopAtPad: true}
	got := d.Line(d.Line(nil, []byte("QQ==")), []byte("QUJD"))
	if string(d.Flush(got)) != "A" {
		t.Errorf("got %q", got)
	}
}

func TestDataAfterPadIsNoticed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{"QQ==\nQUJD": true, "QQ==\nQ": true, "QQ==\n\n==": false, "QUJD": false} {
		var d base64.Decoder
		for line := range strings.SplitSeq(in, "\n") {
			d.Line(nil, []byte(line))
		}
		if got := d.DataAfterPad(); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

// Valid input must decode as the standard library decodes it, however it is cut.
func TestValidInputDecodesAsTheStandardDecoderDoes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		data := make([]byte, rng.IntN(300))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		text := []byte(stdbase64.StdEncoding.EncodeToString(data))
		var d base64.Decoder
		var got []byte
		for len(text) > 0 {
			n := 1 + rng.IntN(min(len(text), 40))
			got = d.Line(got, text[:n])
			text = text[n:]
		}
		if got = d.Flush(got); !bytes.Equal(got, data) {
			t.Fatalf("got %x, want %x", got, data)
		}
	}
}

func FuzzAppend(f *testing.F) {
	f.Add([]byte("QUJD\nQQ==\n"))
	f.Add([]byte("=_-!Q"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got := base64.Append(nil, in)
		if len(got) > len(in) {
			t.Fatalf("%d bytes out of %d", len(got), len(in))
		}
		if want, err := stdbase64.StdEncoding.Strict().DecodeString(string(in)); err == nil && !bytes.ContainsAny(in, "\r\n") && !bytes.Equal(got, want) {
			t.Fatalf("got %x, want %x", got, want)
		}
	})
}

func BenchmarkLine(b *testing.B) {
	line := []byte(strings.Repeat("QUJD", 19))
	var buf []byte
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		var d base64.Decoder
		buf = d.Line(buf[:0], line)
	}
	if len(buf) != 57 {
		b.Fatal(len(buf))
	}
}
