package adc

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

const (
	maxDistance = 1 << 16
	literalBit  = 0x80
	longBit     = 0x40
)

// NewReader returns the decoded content of r.
func NewReader(r io.Reader, mem codec.Memory) *window.Reader {
	return window.NewReader(&decoder{src: bufio.NewReader(r)}, window.New(maxDistance, window.NoFill, mem))
}

type decoder struct {
	src      *bufio.Reader
	literals int // still to come of the run under way
}

// Step implements window.Stepper.
func (d *decoder) Step(w *window.Window) error {
	for w.Room() > 0 {
		if d.literals > 0 {
			c, err := d.src.ReadByte()
			if err != nil {
				return eof(err)
			}
			w.Literal(c)
			d.literals--
			continue
		}
		c, err := d.src.ReadByte()
		if err != nil {
			return err // io.EOF between items is the end
		}
		if c&literalBit != 0 {
			d.literals = int(c&^literalBit) + 1
			continue
		}
		if err := d.match(w, c); err != nil {
			return err
		}
	}
	return w.Err()
}

func (d *decoder) match(w *window.Window, c byte) error {
	b1, err := d.src.ReadByte()
	if err != nil {
		return eof(err)
	}
	if c&longBit == 0 {
		return w.Match(int(c&3)<<8+int(b1)+1, int(c>>2&0xf)+3)
	}
	b2, err := d.src.ReadByte()
	if err != nil {
		return eof(err)
	}
	return w.Match(int(b1)<<8+int(b2)+1, int(c&0x3f)+4)
}

func eof(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
