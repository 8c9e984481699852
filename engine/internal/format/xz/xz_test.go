package xz

import (
	"bytes"
	"testing"

	xzw "github.com/ulikunitz/xz"

	"gclam/engine/internal/codec/codectest"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

func pack(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := xzw.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestContentIsOneUnnamedChild(t *testing.T) {
	t.Parallel()
	b := pack(t, formattest.Sample())
	formattest.WantSample(t, Unpack, b, "")
	formattest.WantSample(t, Unpack, append(bytes.Clone(b), "junk"...), "")
}

func TestBytesBeforeACutAreHandedOn(t *testing.T) {
	t.Parallel()
	data := codectest.Text(50_000)
	b := pack(t, data)
	r := formattest.Run(Unpack, b[:len(b)/2])
	if c := r.Children[0]; len(c.Data) < 1000 || !bytes.HasPrefix(data, c.Data) || !r.Has(format.Truncated) {
		t.Errorf("got %d bytes, facts %v", len(c.Data), r.Facts)
	}
}

func TestABombStopsWithTheReader(t *testing.T) {
	t.Parallel()
	r := formattest.Run(Unpack, pack(t, make([]byte, 20<<20)))
	if got := int64(len(r.Children[0].Data)); got != formattest.Limits().FileSize {
		t.Errorf("got %d bytes, want no more than were asked for", got)
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, Unpack, pack(t, formattest.Sample()))
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, pack(f, formattest.Sample())) }
