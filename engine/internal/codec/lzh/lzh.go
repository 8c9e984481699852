package lzh

import (
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/huffman"
	"gclam/engine/internal/codec/window"
)

// Params are what the methods differ in.
type Params struct {
	Window  int64 // bytes
	PosBits uint  // width of the number of position codes
	PosMax  int   // number of position codes
}

// Parameters of LHA's methods, by name, and of ARJ.
var (
	LH4 = Params{4 << 10, 4, 14}
	LH5 = Params{8 << 10, 4, 14}
	LH6 = Params{32 << 10, 5, 16}
	LH7 = Params{64 << 10, 5, 17}
	LHX = Params{512 << 10, 5, 20}
	ARJ = Params{32 << 10, 5, 17}
)

const (
	charCodes = 256 + 256 - 3 + 1
	charBits  = 9
	lenCodes  = 19
	lenBits   = 5
	threshold = 3
	space     = 0x20
)

type decoder struct {
	in   *bitio.MSB
	p    Params
	left int64 // bytes still to come
	n    int   // codes left in the block
	char huffman.Table
	pos  huffman.Table
}

// NewReader returns the size bytes that r decodes to.
func NewReader(r io.Reader, p Params, size int64, mem codec.Memory) *window.Reader {
	d := &decoder{in: bitio.NewMSB(r), p: p, left: size}
	return window.NewReader(d, window.New(min(p.Window, max(size, 1)), space, mem))
}

// Step implements window.Stepper.
func (d *decoder) Step(w *window.Window) error {
	for w.Room() > 0 {
		if d.left <= 0 {
			return io.EOF
		}
		if d.n == 0 {
			if err := d.block(); err != nil {
				return err
			}
		}
		if err := d.code(w); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) block() error {
	d.n = int(d.in.Bits(16))
	if d.in.Over() {
		return d.in.Err()
	}
	if d.n == 0 {
		d.n = 1 << 16
	}
	var t huffman.Table
	if err := d.lengths(&t, lenCodes, lenBits, 3); err != nil {
		return err
	}
	if err := d.charLengths(&t); err != nil {
		return err
	}
	return d.lengths(&d.pos, d.p.PosMax, d.p.PosBits, -1)
}

// lengths reads a small table: lengths in 3 bits, longer ones in unary. After
// code number gap a 2-bit count of absent codes follows.
func (d *decoder) lengths(t *huffman.Table, codes int, width uint, gap int) error {
	n := int(d.in.Bits(width))
	if n == 0 {
		t.Single(uint16(d.in.Bits(width)))
		return nil
	}
	var l [32]uint8
	for i := 0; i < min(n, codes); {
		c := d.in.Bits(3)
		for c >= 7 && d.in.Bits(1) == 1 {
			if c++; c > 16 {
				return codec.ErrCorrupt
			}
		}
		l[i] = uint8(c)
		if i++; i == gap {
			i += int(d.in.Bits(2))
		}
	}
	if d.in.Over() {
		return d.in.Err()
	}
	return t.Build(l[:codes])
}

// charLengths reads the lengths of the character codes, themselves coded by t.
func (d *decoder) charLengths(t *huffman.Table) error {
	n := int(d.in.Bits(charBits))
	if n == 0 {
		d.char.Single(uint16(d.in.Bits(charBits)))
		return nil
	}
	var l [charCodes]uint8
	for i := 0; i < min(n, charCodes); {
		c, err := d.decode(t)
		if err != nil {
			return err
		}
		switch c {
		case 0:
			i++
		case 1:
			i += int(d.in.Bits(4)) + 3
		case 2:
			i += int(d.in.Bits(9)) + 20
		default:
			l[i] = uint8(c - 2)
			i++
		}
		if d.in.Over() {
			return d.in.Err()
		}
	}
	return d.char.Build(l[:])
}

func (d *decoder) decode(t *huffman.Table) (int, error) {
	s, n, ok := t.Lookup(uint16(d.in.Peek(16)))
	if !ok {
		return 0, codec.ErrCorrupt
	}
	d.in.Skip(n)
	return s, nil
}

func (d *decoder) code(w *window.Window) error {
	c, err := d.decode(&d.char)
	if err != nil {
		return err
	}
	d.n--
	if c < 256 {
		if d.in.Over() {
			return d.in.Err()
		}
		w.Literal(byte(c))
		d.left--
		return nil
	}
	p, err := d.decode(&d.pos)
	if err != nil {
		return err
	}
	if p > 1 {
		if p > 31 {
			return codec.ErrCorrupt
		}
		p = 1<<(p-1) + int(d.in.Bits(uint(p-1)))
	}
	if d.in.Over() {
		return d.in.Err()
	}
	n := int(min(int64(c-256+threshold), d.left))
	d.left -= int64(n)
	return w.Match(p+1, n)
}
