package reduce

import (
	"io"
	"math/bits"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/window"
)

const (
	dle        = 144 // escape byte
	windowSize = 4096 + 256
)

type decoder struct {
	in        *bitio.LSB
	left      int64
	factor    uint // 1-4
	followers [256][]byte
	ready     bool
	prev      byte
}

// NewReader returns the decoded bytes of r. factor is 1 to 4 for methods 2 to
// 5; size is the length of the output, -1 if unknown.
func NewReader(r io.Reader, factor int, size int64, mem codec.Memory) *window.Reader {
	d := &decoder{in: bitio.NewLSB(r), left: size, factor: uint(min(max(factor, 1), 4))}
	return window.NewReader(d, window.New(windowSize, 0, mem))
}

// Step implements window.Stepper.
func (d *decoder) Step(w *window.Window) error {
	if !d.ready {
		d.ready = true
		for i := 255; i >= 0; i-- {
			set := make([]byte, d.in.Bits(6))
			for j := range set {
				set[j] = byte(d.in.Bits(8))
			}
			d.followers[i] = set
		}
	}
	for w.Room() > 0 {
		if d.left == 0 {
			return io.EOF
		}
		if err := d.symbol(w); err != nil {
			return err
		}
	}
	return nil
}

// next undoes the first stage: bytes predicted by the byte before them.
func (d *decoder) next() int {
	set := d.followers[d.prev]
	c := byte(0)
	if len(set) == 0 || d.in.Bits(1) == 1 {
		c = byte(d.in.Bits(8))
	} else {
		n := max(bits.Len(uint(len(set)-1)), 1)
		if i := int(d.in.Bits(uint(n))); i < len(set) {
			c = set[i]
		}
	}
	d.prev = c
	return int(c)
}

// symbol undoes the second stage: repetitions.
func (d *decoder) symbol(w *window.Window) error {
	c := d.next()
	if c != dle {
		return d.literal(w, c)
	}
	v := d.next()
	if v == 0 {
		return d.literal(w, dle)
	}
	mask := 0xff >> d.factor
	n := v & mask
	if n == mask {
		n += d.next()
	}
	dist := v>>(8-d.factor)<<8 + d.next() + 1
	if d.in.Over() {
		return d.in.Err()
	}
	n += 3
	if d.left >= 0 {
		n = int(min(int64(n), d.left))
		d.left -= int64(n)
	}
	return w.Match(dist, n)
}

func (d *decoder) literal(w *window.Window, c int) error {
	if d.in.Over() {
		return d.in.Err()
	}
	w.Literal(byte(c))
	d.left--
	return nil
}
