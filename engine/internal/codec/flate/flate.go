package flate

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"

	"gclam/engine/internal/codec"
)

// Reader inflates one raw deflate stream.
type Reader struct {
	src *counter
	r   io.ReadCloser
}

// counter is a byte source that knows how much was taken from it, so that what
// follows the stream can be found.
type counter struct {
	*bufio.Reader
	n int64
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// NewReader returns an inflating reader of r.
func NewReader(r io.Reader) *Reader { return NewReaderDict(r, nil) }

// NewReaderDict is NewReader with history that precedes the stream (MSZIP).
func NewReaderDict(r io.Reader, dict []byte) *Reader {
	br, ok := r.(*bufio.Reader)
	if !ok {
		br = bufio.NewReader(r)
	}
	src := &counter{Reader: br}
	return &Reader{src: src, r: flate.NewReaderDict(src, dict)}
}

// Read implements io.Reader.
func (z *Reader) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	var bad flate.CorruptInputError
	if errors.As(err, &bad) {
		err = fmt.Errorf("%w: deflate at byte %d", codec.ErrCorrupt, int64(bad))
	}
	return n, err
}

// Consumed is the number of compressed bytes taken so far; after the end of the
// stream exactly its length.
func (z *Reader) Consumed() int64 { return z.src.n }

// Reset starts a new stream with history dict, keeping the tables.
func (z *Reader) Reset(r io.Reader, dict []byte) error {
	z.src.Reader.Reset(r)
	z.src.n = 0
	rs, ok := z.r.(flate.Resetter)
	if !ok {
		return codec.ErrUnsupported
	}
	return rs.Reset(z.src, dict)
}
