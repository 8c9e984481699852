package gzip

import (
	"bytes"
	stdgzip "compress/gzip"
	"slices"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

func pack(t testing.TB, data []byte, h stdgzip.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := stdgzip.NewWriter(&b)
	w.Header = h
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
	s := formattest.Sample()
	plain := pack(t, s, stdgzip.Header{})
	badSum := slices.Clone(plain)
	badSum[len(badSum)-6] ^= 1
	for name, b := range map[string][]byte{
		"plain":                     plain,
		"with all header fields":    pack(t, s, stdgzip.Header{Name: "n", Comment: "c", Extra: []byte("xyz")}),
		"two members":               append(pack(t, s[:300], stdgzip.Header{}), pack(t, s[300:], stdgzip.Header{})...),
		"junk behind":               append(slices.Clone(plain), "junk junk junk junk"...),
		"wrong checksum":            badSum,
		"checksum missing":          plain[:len(plain)-8],
		"second member is headless": append(slices.Clone(plain), 0x1f, 0x8b),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			formattest.WantSample(t, Unpack, b, "")
		})
	}
}

func TestBytesBeforeDamageAreHandedOn(t *testing.T) {
	t.Parallel()
	s := bytes.Repeat(formattest.Sample(), 50)
	b := pack(t, s, stdgzip.Header{})
	r := formattest.Run(Unpack, b[:len(b)-40])
	if c := r.Children[0]; len(c.Data) == 0 || !bytes.HasPrefix(s, c.Data) {
		t.Errorf("got %d bytes, want a prefix", len(c.Data))
	}
	if !r.Has(format.Truncated) {
		t.Errorf("facts %v, want truncated", r.Facts)
	}
}

func TestABombStopsWithTheReader(t *testing.T) {
	b := pack(t, make([]byte, 50<<20), stdgzip.Header{})
	r := formattest.Run(Unpack, b)
	if got := int64(len(r.Children[0].Data)); got != formattest.Limits().FileSize {
		t.Errorf("got %d bytes, want no more than were asked for", got)
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, Unpack, pack(t, formattest.Sample(), stdgzip.Header{Name: "n", Extra: []byte("abc")}))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, Unpack, pack(f, formattest.Sample(), stdgzip.Header{Name: "n"}))
}
