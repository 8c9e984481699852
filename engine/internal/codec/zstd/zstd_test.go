package zstd

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/zstd"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func open(r io.Reader, _ codec.Memory) (io.Reader, error) {
	return NewReader(r, &codectest.Account{Max: 1 << 30})
}

func pack(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
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

func TestAllFramesAreDecoded(t *testing.T) {
	t.Parallel()
	data := codectest.Text(100_000)
	b := pack(t, data)
	codectest.Want(t, open, b, data)
	codectest.Want(t, open, append(bytes.Clone(b), b...), append(bytes.Clone(data), data...))
}

func TestAHugeWindowIsRefused(t *testing.T) {
	t.Parallel()
	// Frame header: no content size, window descriptor of 2 GiB; an empty last block.
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0}
	if _, err := codectest.Run(t, open, b); err == nil {
		t.Error("a window of 2 GiB was accepted")
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	codectest.Flip(t, open, pack(t, codectest.Text(5000)))
}

func FuzzReader(f *testing.F) { codectest.Fuzz(f, open, pack(f, codectest.Text(1000))) }
