package yenc_test

import (
	"bytes"
	"testing"

	"gclam/engine/internal/codec/yenc"
)

// encode is the encoder of the yEnc draft, with lines of n bytes.
func encode(data []byte, n int) [][]byte {
	var lines [][]byte
	var line []byte
	for _, c := range data {
		c += 42
		if c == 0 || c == '\n' || c == '\r' || c == '=' {
			line = append(line, '=', c+64)
		} else {
			line = append(line, c)
		}
		if len(line) >= n {
			lines, line = append(lines, line), nil
		}
	}
	return append(lines, line)
}

func TestHeaderAndTrailer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line, name string
		ok         bool
	}{
		{"=ybegin line=128 size=3 name=a b.txt ", "a b.txt", true},
		{"=ybegin part=1 line=128 size=3 name=c", "c", true},
		{"=ybegin line=128", "", true},
		{"=ybegin size=1 name=c", "", false},
		{"=ybeginner line=1", "", false},
	}
	for _, tt := range tests {
		name, ok := yenc.Header([]byte(tt.line))
		if string(name) != tt.name || ok != tt.ok {
			t.Errorf("%q: %q, %v, want %q, %v", tt.line, name, ok, tt.name, tt.ok)
		}
	}
	if !yenc.IsEnd([]byte("=yend size=3")) || !yenc.IsEnd([]byte("=yend")) || yenc.IsEnd([]byte("=yending")) {
		t.Error("trailers are not told from data")
	}
}

func TestWhatIsEncodedDecodes(t *testing.T) {
	t.Parallel()
	data := make([]byte, 512)
	for i := range data {
		data[i] = byte(i)
	}
	for _, n := range []int{1, 7, 128} {
		var d yenc.Decoder
		var got []byte
		for _, line := range encode(data, n) {
			got = d.Line(got, line)
		}
		if !bytes.Equal(got, data) {
			t.Errorf("lines of %d: got %x", n, got)
		}
	}
}

func TestPartHeadersYieldNothingAndEscapesSpanLines(t *testing.T) {
	t.Parallel()
	var d yenc.Decoder
	got := d.Line(nil, []byte("=ypart begin=1 end=2"))
	got = d.Line(got, []byte("\x6b="))
	got = d.Line(got, []byte("\x7d"))
	if string(got) != "A\x13" {
		t.Errorf("got %q", got)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte("=ybegin line=1 name=x"), []byte("=y="))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		yenc.Header(a)
		var one, two yenc.Decoder
		got := two.Line(two.Line(nil, a), b)
		if bytes.HasPrefix(a, []byte("=ypart ")) || bytes.HasPrefix(b, []byte("=ypart ")) || bytes.Contains(append(a[:len(a):len(a)], b...), []byte("=ypart ")) {
			return
		}
		if want := one.Line(nil, append(a[:len(a):len(a)], b...)); !bytes.Equal(got, want) {
			t.Fatalf("got %x, want %x", got, want)
		}
	})
}
