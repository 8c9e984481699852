package lzss

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/window"
)

const (
	size4K    = 4096
	size2K    = 2048
	threshold = 3
)

// bytewise decodes groups of eight items announced by a flag byte. Matches name
// absolute positions in a ring of 4 KiB.
type bytewise struct {
	in    *bufio.Reader
	start int   // ring position of the first byte
	left  int64 // bytes still to come, negative when unknown
	flags uint
	n     int
	// before is the content of the ring before the first byte, or nil for fill.
	before func(pos int) byte
}

// NewSZDDReader decodes the data of an SZDD file, to the end of r.
func NewSZDDReader(r io.Reader, mem codec.Memory) *window.Reader {
	d := &bytewise{in: bufio.NewReader(r), start: size4K - 16, left: -1}
	return window.NewReader(d, window.New(size4K, 0, mem))
}

// NewLZ5Reader returns the size bytes that r, LHA method lz5, decodes to.
func NewLZ5Reader(r io.Reader, size int64, mem codec.Memory) *window.Reader {
	d := &bytewise{in: bufio.NewReader(r), start: size4K - 18, left: size, before: lz5Ring}
	return window.NewReader(d, window.New(size4K, 0, mem))
}

// lz5Ring is the initial ring of LArc: runs of each byte value, all values up
// and down, zeros, blanks.
func lz5Ring(pos int) byte {
	switch {
	case pos < 13*256+18 && pos >= 18:
		return byte((pos - 18) / 13)
	case pos < 13*256+18+256:
		return byte(pos - 13*256 - 18)
	case pos < 13*256+18+512:
		return byte(255 - (pos - 13*256 - 18 - 256))
	case pos < 13*256+18+640:
		return 0
	}
	return ' '
}

// Step implements window.Stepper.
func (d *bytewise) Step(w *window.Window) error {
	for w.Room() > 0 {
		if d.left == 0 {
			return io.EOF
		}
		if d.n == 0 {
			c, err := d.in.ReadByte()
			if err != nil {
				return err
			}
			d.flags, d.n = uint(c), 8
		}
		literal := d.flags&1 == 1
		d.flags >>= 1
		d.n--
		a, err := d.in.ReadByte()
		if err != nil {
			return err
		}
		if literal {
			w.Literal(a)
			d.left--
			continue
		}
		b, err := d.in.ReadByte()
		if err != nil {
			return err
		}
		if err := d.match(w, int(a)|int(b&0xf0)<<4, int(b&15)+threshold); err != nil {
			return err
		}
	}
	return nil
}

func (d *bytewise) match(w *window.Window, pos, n int) error {
	if d.left >= 0 {
		n = int(min(int64(n), d.left))
		d.left -= int64(n)
	}
	cur := (d.start + int(w.Total()%size4K)) % size4K
	dist := (cur - pos) & (size4K - 1)
	if dist == 0 {
		dist = size4K
	}
	for d.before != nil && n > 0 && w.Room() > 0 && int64(dist) > w.Total() {
		w.Literal(d.before(pos))
		pos = (pos + 1) % size4K
		n--
	}
	return w.Match(dist, n)
}

// lzs is LHA method lzs: single flag bits, a ring of 2 KiB.
type lzs struct {
	in   *bitio.MSB
	left int64
}

// NewLZSReader returns the size bytes that r, LHA method lzs, decodes to.
func NewLZSReader(r io.Reader, size int64, mem codec.Memory) *window.Reader {
	return window.NewReader(&lzs{in: bitio.NewMSB(r), left: size}, window.New(size4K, ' ', mem))
}

// Step implements window.Stepper.
func (d *lzs) Step(w *window.Window) error {
	for w.Room() > 0 {
		if d.left <= 0 {
			return io.EOF
		}
		if d.in.Bits(1) == 1 {
			c := byte(d.in.Bits(8))
			if d.in.Over() {
				return d.in.Err()
			}
			w.Literal(c)
			d.left--
			continue
		}
		pos, n := int(d.in.Bits(11)), int(d.in.Bits(4))+2
		if d.in.Over() {
			return d.in.Err()
		}
		cur := (size2K - 17 + int(w.Total()%size2K)) % size2K
		dist := (cur - pos) & (size2K - 1)
		if dist == 0 {
			dist = size2K
		}
		n = int(min(int64(n), d.left))
		d.left -= int64(n)
		if err := w.Match(dist, n); err != nil {
			return err
		}
	}
	return nil
}
