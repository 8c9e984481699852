package ppmd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

// with decodes a stream whose first five bytes are its properties.
func with(size int64) codectest.Open {
	return func(r io.Reader, mem codec.Memory) (io.Reader, error) {
		var p [PropsSize]byte
		if _, err := io.ReadFull(r, p[:]); err != nil {
			return nil, err
		}
		return NewReader(r, p[:], size, mem)
	}
}

func stream(order byte, mem uint32, data []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte{order}, mem), data...)
}

func TestDeclaredMemoryIsBoundedByTheOutput(t *testing.T) {
	t.Parallel()
	a := &codectest.Account{Max: 1 << 20}
	r, err := NewReader(bytes.NewReader(nil), stream(6, 0xffffff00, nil), 1000, a)
	if err != nil {
		t.Fatalf("four declared gigabytes for 1000 bytes: %v", err)
	}
	r.Close()
	if _, err := NewReader(bytes.NewReader(nil), stream(6, 0xffffff00, nil), 1<<40, a); !errors.Is(err, codec.ErrMemory) {
		t.Errorf("got %v, want ErrMemory", err)
	}
	if a.Now != 0 {
		t.Errorf("%d bytes of memory were not given back", a.Now)
	}
}

func TestNoiseNeverBreaksTheModel(t *testing.T) {
	t.Parallel()
	for _, order := range []byte{2, 6, 64} {
		noise := append([]byte{0}, codectest.Text(60_000)...)
		for i := range noise[1:] {
			noise[i+1] ^= byte(i * 131 >> 3)
		}
		// 2 KiB of heap are used up and rebuilt many times.
		for _, mem := range []uint32{minMemory, 1 << 16} {
			codectest.Flip(t, with(20_000), stream(order, mem, noise[:3000]))
			_, _ = codectest.Run(t, with(20_000), stream(order, mem, noise))
		}
	}
}

func FuzzReader(f *testing.F) {
	codectest.Fuzz(f, with(100_000), stream(4, 1<<12, append([]byte{0}, codectest.Text(500)...)))
}
