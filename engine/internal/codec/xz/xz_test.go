package xz

import (
	"bytes"
	"io"
	"testing"

	xzw "github.com/ulikunitz/xz"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func open(r io.Reader, mem codec.Memory) (io.Reader, error) { return NewReader(r, mem), nil }

func pack(t testing.TB, data []byte, cfg xzw.WriterConfig) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := cfg.NewWriter(&b)
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

func TestStreamsBlocksAndChecks(t *testing.T) {
	t.Parallel()
	data := codectest.Text(200_000)
	for name, cfg := range map[string]xzw.WriterConfig{
		"CRC32":       {CheckSum: xzw.CRC32},
		"CRC64":       {CheckSum: xzw.CRC64},
		"SHA-256":     {CheckSum: xzw.SHA256},
		"no check":    {NoCheckSum: true},
		"many blocks": {BlockSize: 10_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := pack(t, data, cfg)
			codectest.Want(t, open, b, data)
			codectest.Want(t, open, append(bytes.Clone(b), b...), append(bytes.Clone(data), data...))
			codectest.Want(t, open, append(bytes.Clone(b), "junk behind"...), data)
		})
	}
}

func TestADeclaredDictionaryOfGigabytesCostsNothing(t *testing.T) {
	t.Parallel()
	data := codectest.Text(1000)
	b := pack(t, data, xzw.WriterConfig{NoCheckSum: true})
	i := bytes.IndexByte(b[headerSize:], filterLZMA2) + headerSize
	b[i+2] = 40 // 4 GiB
	a := &codectest.Account{Max: 1 << 20}
	got, err := io.ReadAll(NewReader(bytes.NewReader(b), a))
	if err != nil || !bytes.Equal(got, data) || a.Peak > 128<<10 {
		t.Errorf("got %d bytes, error %v, peak memory %d", len(got), err, a.Peak)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	data := codectest.Text(50_000)
	b := pack(t, data, xzw.WriterConfig{BlockSize: 20_000})
	codectest.Cut(t, open, b, data, 0)
	codectest.Flip(t, open, b)
}

func FuzzReader(f *testing.F) {
	codectest.Fuzz(f, open, pack(f, codectest.Text(3000), xzw.WriterConfig{BlockSize: 1000}))
}
