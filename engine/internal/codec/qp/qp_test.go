package qp_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"testing"

	"gclam/engine/internal/codec/qp"
)

func decode(in, eol string) string {
	d := qp.Decoder{EOL: []byte(eol)}
	var out []byte
	for line := range strings.SplitSeq(strings.TrimSuffix(in, "\n"), "\n") {
		out = d.Line(out, []byte(line), false)
	}
	return string(d.Flush(out))
}

func TestLine(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"escapes decode in either case", "=3D=3d=aF=Af\n", "==\xaf\xaf\n"},
		{"a soft break joins lines", "a=\nb\n", "ab\n"},
		{"blanks behind a soft break do not count", "a= \t\nb\n", "ab\n"},
		{"blanks at the end of a line stay", "a \t\n", "a \t\n"},
		{"bad escapes stay as they are", "=ZZ=G1=1G=4\n", "=ZZ=G1=1G=4\n"},
		{"an empty line is a line end", "\n", "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := decode(tt.in, "\n"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnEscapeMayBeCutAtAnyPlace(t *testing.T) {
	t.Parallel()
	const line = "a=3Db=41=zz"
	want := decode(line, "")
	for i := range len(line) + 1 {
		for j := i; j <= len(line); j++ {
			var d qp.Decoder
			out := d.Line(nil, []byte(line[:i]), true)
			out = d.Line(out, []byte(line[i:j]), true)
			out = d.Flush(d.Line(out, []byte(line[j:]), false))
			if string(out) != want {
				t.Errorf("cut at %d and %d: got %q, want %q", i, j, out, want)
			}
		}
	}
}

func TestValidInputDecodesAsTheStandardDecoderDoes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		data := make([]byte, rng.IntN(400))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		var text bytes.Buffer
		w := quotedprintable.NewWriter(&text)
		w.Binary = true
		_, _ = w.Write(data)
		_ = w.Close()
		want, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(text.Bytes())))
		if err != nil {
			t.Fatal(err)
		}
		got := decode(strings.ReplaceAll(text.String(), "\r\n", "\n"), "")
		if got != string(want) {
			t.Fatalf("got %x, want %x", got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte("a=3D=\n=zz"), 3)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		if bytes.IndexByte(in, '\n') >= 0 || cut < 0 || cut > len(in) {
			return
		}
		if i := bytes.LastIndexByte(in[:cut], '='); i >= 0 && len(bytes.TrimRight(in[i+1:], " \t")) == 0 && cut-i > 2 {
			return // blanks behind a soft break are only recognised in one piece
		}
		var whole, pieces qp.Decoder
		want := whole.Flush(whole.Line(nil, in, false))
		got := pieces.Line(nil, in[:cut], true)
		got = pieces.Flush(pieces.Line(got, in[cut:], false))
		if !bytes.Equal(got, want) {
			t.Fatalf("cut at %d: got %q, want %q", cut, got, want)
		}
		if len(want) > len(in) {
			t.Fatalf("%d bytes out of %d", len(want), len(in))
		}
	})
}
