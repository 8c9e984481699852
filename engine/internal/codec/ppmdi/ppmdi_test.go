package ppmdi

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func with(size int64) codectest.Open {
	return func(r io.Reader, mem codec.Memory) (io.Reader, error) { return NewReader(r, size, mem) }
}

// stream puts the parameters in front: order, heap in MiB, what to do when full.
func stream(order, mem, restore int, data []byte) []byte {
	v := order - 1 | (mem-1)<<4 | restore<<12
	return append([]byte{byte(v), byte(v >> 8)}, data...)
}

func noise(n int) []byte {
	b := codectest.Text(n)
	for i := range b {
		b[i] ^= byte(i * 131 >> 3)
	}
	return b
}

func TestDeclaredMemoryIsBoundedByTheOutput(t *testing.T) {
	t.Parallel()
	a := &codectest.Account{Max: 1 << 20}
	r, err := NewReader(bytes.NewReader(stream(8, 256, 0, make([]byte, 8))), 1000, a)
	if err != nil {
		t.Fatalf("256 declared megabytes for 1000 bytes: %v", err)
	}
	r.Close()
	if _, err := NewReader(bytes.NewReader(stream(8, 256, 0, make([]byte, 8))), -1, a); !errors.Is(err, codec.ErrMemory) {
		t.Errorf("got %v, want ErrMemory", err)
	}
	if a.Now != 0 {
		t.Errorf("%d bytes of memory were not given back", a.Now)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	for _, restore := range []int{restartModel, cutOffModel} {
		codectest.Flip(t, with(20_000), stream(6, 1, restore, noise(2000)))
	}
}

func FuzzReader(f *testing.F) {
	codectest.Fuzz(f, with(100_000), stream(4, 1, cutOffModel, noise(500)))
}
