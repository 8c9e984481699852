package bzip2_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bzip2"
	"gclam/engine/internal/codec/codectest"
)

// The vectors were made by bzip2 1.0.8; the parts that NSIS leaves out were then
// cut out, bit by bit.
const (
	textVector = "310002f7230080027fffffe06001701468680000028d0d00000014aa4d4d304c119a9b6a3f0982762609c49a1322684de4e84fd2712772" +
		"644ee26a4d84f24f426a4cc9fc4c89b0982792664e64d09e89993b13fc9a9331304c13a157b27b27c170"
	runsVector = "31000005820380007800010000104000621801b54f51fa52f70b21e323a9c64bf170"
	twoVector  = "310002f7230080027fffffe06001701468680000028d0d00000014aa4d4d304c119a9b6a3f0982762609c49a1322684de4e84fd2712772" +
		"644ee26a4d84f24f426a4cc9fc4c89b0982792664e64d09e89993b13fc9a9331304c13a157b27b27c31000005820380007800010000104" +
		"000621801b54f51fa52f70b21e323a9c64bf17"
)

var (
	text = strings.Repeat("the quick brown fox jumps over the lazy dog. ", 20)
	runs = strings.Repeat("a", 1000) + "bbbb" + strings.Repeat("c", 259) + "d"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(r io.Reader, mem codec.Memory) (io.Reader, error) { return bzip2.NewReader(r, mem), nil }

func TestBlocksDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"text", textVector, text},
		{"runs of equal bytes", runsVector, runs},
		{"two blocks, which do not start at a byte", twoVector, text + runs},
		{"nothing", "17", ""},
	} {
		got, err := codectest.Run(t, open, unhex(t, c.in))
		if string(got) != c.want || err != nil {
			t.Errorf("%s: %d bytes of %d, error %v", c.name, len(got), len(c.want), err)
		}
	}
}

func TestWhatIsNotABlockIsCorrupt(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]error{"": io.ErrUnexpectedEOF, "31": codec.ErrCorrupt, "42": codec.ErrCorrupt} {
		if _, err := codectest.Run(t, open, unhex(t, in)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestBlocksBeforeTheDamageAreKept(t *testing.T) {
	t.Parallel()
	b := unhex(t, twoVector)
	got, err := codectest.Run(t, open, b[:len(b)-10])
	if string(got) != text || err == nil {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
}

func TestMemoryIsCharged(t *testing.T) {
	t.Parallel()
	z := bzip2.NewReader(bytes.NewReader(unhex(t, textVector)), &codectest.Account{Max: 1000})
	if _, err := io.ReadAll(z); !errors.Is(err, codec.ErrMemory) {
		t.Errorf("got %v, want ErrMemory", err)
	}
}

func TestDamagedStreamsEnd(t *testing.T) {
	t.Parallel()
	b := unhex(t, twoVector)
	for i := range len(b) * 8 {
		c := bytes.Clone(b)
		c[i/8] ^= 1 << (i % 8)
		_, _ = codectest.Run(t, open, c)
	}
}

func FuzzBzip2(f *testing.F) {
	f.Add(unhex(f, textVector))
	f.Add(unhex(f, runsVector))
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = codectest.Run(t, open, b) })
}
