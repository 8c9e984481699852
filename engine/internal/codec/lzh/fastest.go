package lzh

import (
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/window"
)

// fastest decodes ARJ method 4: LZ77 with unary-prefixed lengths and positions.
type fastest struct {
	in   *bitio.MSB
	left int64
}

// NewFastestReader returns the size bytes that r, ARJ method 4, decodes to.
func NewFastestReader(r io.Reader, size int64, mem codec.Memory) *window.Reader {
	d := &fastest{in: bitio.NewMSB(r), left: size}
	return window.NewReader(d, window.New(min(ARJ.Window, max(size, 1)), space, mem))
}

// number reads a value whose width is given in unary, from lo to hi bits.
func (d *fastest) number(lo, hi uint) int {
	plus, width := 0, lo
	for ; width < hi && d.in.Bits(1) == 1; width++ {
		plus += 1 << width
	}
	return plus + int(d.in.Bits(width))
}

// Step implements window.Stepper.
func (d *fastest) Step(w *window.Window) error {
	for w.Room() > 0 {
		if d.left <= 0 {
			return io.EOF
		}
		n := d.number(0, 7)
		if n == 0 {
			c := byte(d.in.Bits(8))
			if d.in.Over() {
				return d.in.Err()
			}
			w.Literal(c)
			d.left--
			continue
		}
		p := d.number(9, 13)
		if d.in.Over() {
			return d.in.Err()
		}
		n = int(min(int64(n-1+threshold), d.left))
		d.left -= int64(n)
		if err := w.Match(p+1, n); err != nil {
			return err
		}
	}
	return nil
}
