package deflate64_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"gclam/engine/internal/codec/deflate64"
)

func TestTheDialectOfNSIS(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("all work and no play makes jack a dull boy. ", 500) + strings.Repeat("z", 5000)
	var w bytes.Buffer
	z, err := flate.NewWriter(&w, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, in, want string }{
		{"blocks and longest matches are those of deflate", w.String(), text},
		{"a stored block has no second length", "\x01\x05\x00hello", "hello"},
	} {
		got, err := io.ReadAll(deflate64.NewNSISReader(strings.NewReader(c.in), nil))
		if string(got) != c.want || err != nil {
			t.Errorf("%s: %d bytes of %d, error %v", c.name, len(got), len(c.want), err)
		}
	}
}
