package deflate64

import (
	"bytes"
	"compress/flate"
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func open(r io.Reader, mem codec.Memory) (io.Reader, error) { return NewReader(r, mem), nil }

// deflate compresses with the standard library, whose streams are also deflate64
// as long as no match is 258 bytes long.
func deflate(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
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

func TestDecodesStoredFixedAndDynamicBlocks(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 30, 5000, 300_000} {
		data := codectest.Text(n)
		for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, 1, 6, 9} {
			codectest.Want(t, open, deflate(t, data, level), data)
		}
	}
}

func TestLengthCode285TakesSixteenExtraBits(t *testing.T) {
	t.Parallel()
	// Fixed block: literal 'a', match of 3+1000 bytes at distance 1, end.
	var acc uint64
	var n uint
	put := func(v uint64, bits uint) { acc |= v << n; n += bits }
	code := func(v uint64, bits uint) {
		for i := bits; i > 0; i-- {
			put(v>>(i-1)&1, 1)
		}
	}
	put(1, 1)
	put(1, 2)
	code(0x30+'a', 8)
	code(0xc0+285-280, 8)
	put(1000, 16)
	code(0, 5)
	code(0, 7)
	var b []byte
	for range (n + 7) / 8 {
		b = append(b, byte(acc))
		acc >>= 8
	}
	codectest.Want(t, open, b, bytes.Repeat([]byte("a"), 1004))
}

func TestDamage(t *testing.T) {
	t.Parallel()
	data := codectest.Text(20_000)
	b := deflate(t, data, 9)
	codectest.Cut(t, open, b, data, 0)
	codectest.Flip(t, open, b)
}

func FuzzReader(f *testing.F) {
	codectest.Fuzz(f, open, deflate(f, codectest.Text(3000), 9), deflate(f, codectest.Text(300), 0))
}
