package lzfse

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

const (
	lzvnWindow = 1 << 16
	minMatch   = 3
	longBase   = 16 // of lengths with a byte of their own
)

// NewLZVNReader returns the decoded content of a bare LZVN stream.
func NewLZVNReader(r io.Reader, mem codec.Memory) *window.Reader {
	return window.NewReader(&lzvn{src: bufio.NewReader(r)}, window.New(lzvnWindow, window.NoFill, mem))
}

// lzvn executes instructions.
type lzvn struct {
	src      *bufio.Reader
	literals int // of the instruction under way
	match    int // its match, which follows the literals
	distance int
}

// Step implements window.Stepper.
func (d *lzvn) Step(w *window.Window) error {
	for w.Room() > 0 {
		switch {
		case d.literals > 0:
			c, err := d.src.ReadByte()
			if err != nil {
				return eof(err)
			}
			w.Literal(c)
			d.literals--
		case d.match > 0:
			n := d.match
			d.match = 0
			if err := w.Match(d.distance, n); err != nil {
				return err
			}
		default:
			if err := d.instruction(); err != nil {
				return err
			}
		}
	}
	return w.Err()
}

// instruction reads the next instruction; io.EOF is the end of the stream.
func (d *lzvn) instruction() error {
	c, err := d.src.ReadByte()
	if err != nil {
		return eof(err)
	}
	op := int(c)
	switch {
	case op == 0x06:
		_, _ = d.src.Discard(7) // the end has eight bytes
		return io.EOF
	case op == 0x0e, op == 0x16: // nothing
		return nil
	case op < 0x40 && op&7 == 6, op>>4 == 0x7, op>>4 == 0xd:
		return codec.ErrCorrupt
	case op >= 0xe0:
		return d.single(op)
	case op>>5 == 5: // 101LLMMM DDDDDDMM DDDDDDDD
		lo, hi, err := d.two()
		d.literals, d.match = op>>3&3, (op&7<<2|lo&3)+minMatch
		d.distance = (hi<<8 | lo) >> 2
		return err
	}
	d.literals, d.match = op>>6, op>>3&7+minMatch
	switch op & 7 {
	case 6: // LLMMM110, the distance is that of before
	case 7: // LLMMM111 DDDDDDDD DDDDDDDD
		lo, hi, err := d.two()
		d.distance = hi<<8 | lo
		return err
	default: // LLMMMDDD DDDDDDDD
		b, err := d.src.ReadByte()
		d.distance = op&7<<8 | int(b)
		return eof(err)
	}
	return nil
}

// single reads an instruction with literals or a match only.
func (d *lzvn) single(op int) error {
	n := op & 15
	if n == 0 {
		b, err := d.src.ReadByte()
		if err != nil {
			return eof(err)
		}
		n = int(b) + longBase
	}
	if op < 0xf0 {
		d.literals = n
	} else {
		d.match = n
	}
	return nil
}

func (d *lzvn) two() (lo, hi int, err error) {
	var b [2]byte
	_, err = io.ReadFull(d.src, b[:])
	return int(b[0]), int(b[1]), eof(err)
}

func eof(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
