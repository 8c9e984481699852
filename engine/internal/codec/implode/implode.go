package implode

import (
	"io"
	"math/bits"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/huffman"
	"gclam/engine/internal/codec/window"
)

// General purpose flags of the member that describe the stream.
const (
	flagBigDict  = 1 << 1
	flagLiterals = 1 << 2
)

type decoder struct {
	in              *bitio.LSB
	left            int64 // bytes still to come, negative when unknown
	low             uint
	minLen          int
	hasLit          bool
	ready           bool
	lit, length, hi huffman.Table
}

// NewReader returns the decoded bytes of r. flags are the member's general
// purpose flags; size is the length of the output, -1 if unknown.
func NewReader(r io.Reader, flags uint16, size int64, mem codec.Memory) *window.Reader {
	d := &decoder{in: bitio.NewLSB(r), left: size, low: 6, minLen: 2, hasLit: flags&flagLiterals != 0}
	if flags&flagBigDict != 0 {
		d.low = 7
	}
	if d.hasLit {
		d.minLen = 3
	}
	return window.NewReader(d, window.New(8<<10, 0, mem))
}

// Step implements window.Stepper.
func (d *decoder) Step(w *window.Window) error {
	if !d.ready {
		if err := d.trees(); err != nil {
			return err
		}
		d.ready = true
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

func (d *decoder) trees() error {
	if d.hasLit {
		if err := d.tree(&d.lit, 256); err != nil {
			return err
		}
	}
	if err := d.tree(&d.length, 64); err != nil {
		return err
	}
	return d.tree(&d.hi, 64)
}

// tree reads a tree of n codes as run lengths of code lengths.
func (d *decoder) tree(t *huffman.Table, n int) error {
	l := make([]uint8, 0, 256)
	for range d.in.Bits(8) + 1 {
		b := d.in.Bits(8)
		if d.in.Over() {
			return d.in.Err()
		}
		for range b>>4 + 1 {
			if len(l) == n {
				return codec.ErrCorrupt
			}
			l = append(l, uint8(b&15+1))
		}
	}
	if len(l) != n {
		return codec.ErrCorrupt
	}
	return t.Build(l)
}

// decode reads a code. They are handed out from the longest to the shortest,
// which makes them the complement of the usual ones.
func (d *decoder) decode(t *huffman.Table) (int, error) {
	s, n, ok := t.Lookup(^bits.Reverse16(uint16(d.in.Peek(16))))
	if !ok {
		return 0, codec.ErrCorrupt
	}
	d.in.Skip(n)
	return s, nil
}

func (d *decoder) symbol(w *window.Window) error {
	if d.in.Bits(1) == 1 {
		c := int(0)
		var err error
		if d.hasLit {
			c, err = d.decode(&d.lit)
		} else {
			c = int(d.in.Bits(8))
		}
		if err != nil {
			return err
		}
		if d.in.Over() {
			return d.in.Err()
		}
		w.Literal(byte(c))
		d.left--
		return nil
	}
	dist := int(d.in.Bits(d.low))
	hi, err := d.decode(&d.hi)
	if err != nil {
		return err
	}
	n, err := d.decode(&d.length)
	if err != nil {
		return err
	}
	if n == 63 {
		n += int(d.in.Bits(8))
	}
	if d.in.Over() {
		return d.in.Err()
	}
	n += d.minLen
	if d.left >= 0 {
		n = int(min(int64(n), d.left))
		d.left -= int64(n)
	}
	return w.Match(hi<<d.low+dist+1, n)
}
