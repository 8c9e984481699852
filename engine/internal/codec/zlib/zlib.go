package zlib

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
)

const (
	headerSize  = 2
	method      = 8 // deflate, low nibble of the first byte
	presetDict  = 0x20
	dictIDBytes = 4
)

// Reader inflates one stream. Adler-32 and what follows are not looked at.
type Reader struct {
	src     *bufio.Reader
	z       *flate.Reader
	started bool
	err     error
}

// NewReader returns the inflated content of the stream in r.
func NewReader(r io.Reader) *Reader {
	src := bufio.NewReader(r)
	return &Reader{src: src, z: flate.NewReader(src)}
}

// Read implements io.Reader.
func (z *Reader) Read(p []byte) (int, error) {
	if !z.started {
		z.started = true
		z.err = z.header()
	}
	if z.err != nil {
		return 0, z.err
	}
	n, err := z.z.Read(p)
	z.err = err
	return n, err
}

func (z *Reader) header() error {
	var h [headerSize]byte
	if _, err := io.ReadFull(z.src, h[:]); err != nil {
		return eof(err)
	}
	if h[0]&0x0f != method {
		return codec.ErrCorrupt
	}
	if h[1]&presetDict != 0 {
		if _, err := z.src.Discard(dictIDBytes); err != nil {
			return eof(err)
		}
	}
	return nil
}

// Consumed is the number of compressed bytes taken, without the header.
func (z *Reader) Consumed() int64 { return z.z.Consumed() }

func eof(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
