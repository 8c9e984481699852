package lzma

import (
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

// lzip member layout (Antonio Diaz Diaz, lzip manual, "File format").
const (
	lzipHeader  = 6
	lzipTrailer = 20
	lzipProps   = 93 // lc 3, lp 0, pb 2
)

// lzip is a sequence of members.
type lzip struct {
	src  *source
	mem  codec.Memory
	cur  *window.Reader
	some bool
}

// NewLzipReader decodes a .lz file, all members. Checksums are not verified.
func NewLzipReader(r io.Reader, mem codec.Memory) io.ReadCloser {
	return &lzip{src: &source{r: r, left: -1}, mem: mem}
}

// Read implements io.Reader.
func (z *lzip) Read(p []byte) (int, error) {
	for {
		if z.cur == nil {
			if err := z.member(); err != nil {
				return 0, err
			}
		}
		n, err := z.cur.Read(p)
		if err != io.EOF {
			return n, err
		}
		z.Close()
		for range lzipTrailer {
			z.src.next()
		}
		if n > 0 {
			return n, nil
		}
	}
}

func (z *lzip) member() error {
	var h [lzipHeader]byte
	for i := range h {
		h[i] = z.src.next()
	}
	bad := codec.ErrCorrupt
	if z.some {
		bad = io.EOF // junk after the last member
	}
	if z.src.err != nil && !z.some {
		return z.src.err
	}
	if string(h[:4]) != "LZIP" || h[4] != 1 || h[5]&31 < 12 || h[5]&31 > 29 {
		return bad
	}
	dict := uint32(1) << (h[5] & 31)
	dict -= dict / 16 * uint32(h[5]>>5)
	props := []byte{lzipProps, byte(dict), byte(dict >> 8), byte(dict >> 16), byte(dict >> 24)}
	r, err := newReader(z.src, props, UnknownSize, z.mem)
	z.cur, z.some = r, true
	return err
}

// Close releases the window.
func (z *lzip) Close() error {
	if z.cur != nil {
		z.cur.Close()
		z.cur = nil
	}
	return nil
}
