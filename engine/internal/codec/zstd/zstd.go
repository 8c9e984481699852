package zstd

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"gclam/engine/internal/codec"
)

// maxWindow is the largest window accepted, bytes: what "zstd --ultra" writes.
const maxWindow = 128 << 20

// Reader decodes Zstandard frames.
type Reader struct {
	d   *zstd.Decoder
	mem codec.Memory
}

// NewReader returns the decoded bytes of r, all frames. Close releases memory.
func NewReader(r io.Reader, mem codec.Memory) (*Reader, error) {
	if mem != nil && !mem.Grant(maxWindow/8) {
		return nil, codec.ErrMemory
	}
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return &Reader{d: d, mem: mem}, nil
}

// Read implements io.Reader.
func (z *Reader) Read(p []byte) (int, error) {
	n, err := z.d.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: %w", codec.ErrCorrupt, err)
	}
	return n, err
}

// Close releases the decoder.
func (z *Reader) Close() error {
	z.d.Close()
	if z.mem != nil {
		z.mem.Release(maxWindow / 8)
		z.mem = nil
	}
	return nil
}
