package deflate64

import (
	"io"
	"math/bits"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/huffman"
	"gclam/engine/internal/codec/window"
)

const (
	windowSize = 64 << 10
	endOfBlock = 256
	maxLitLen  = 288
	maxDist    = 32
	maxMatch   = 258 // of deflate
)

// Base values and extra bits of length codes 257-285 and of distance codes.
// They are deflate's (RFC 1951) but for code 285 and distance codes 30 and 31.
var (
	lenBase  = [...]int{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 3}
	lenExtra = [...]uint{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16}
	order    = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

type decoder struct {
	in       *bitio.LSB
	lit, dst huffman.Table
	raw      int  // bytes left of a stored block
	block    bool // inside a compressed block
	last     bool
	nsis     bool // deflate, in the dialect of NSIS
}

// NewReader returns the decoded bytes of r. Close releases the window.
func NewReader(r io.Reader, mem codec.Memory) *window.Reader {
	return window.NewReader(&decoder{in: bitio.NewLSB(r)}, window.New(windowSize, window.NoFill, mem))
}

// NewNSISReader returns the decoded bytes of r, which is a deflate stream in the
// dialect of the NSIS installer: stored blocks have no complement of their
// length. Matches are those of deflate.
func NewNSISReader(r io.Reader, mem codec.Memory) *window.Reader {
	return window.NewReader(&decoder{in: bitio.NewLSB(r), nsis: true}, window.New(windowSize/2, window.NoFill, mem))
}

// Step implements window.Stepper.
func (d *decoder) Step(w *window.Window) error {
	for w.Room() > 0 {
		var err error
		switch {
		case d.raw > 0:
			c := byte(d.in.Bits(8))
			if d.in.Over() {
				return d.in.Err()
			}
			w.Literal(c)
			d.raw--
		case d.block:
			err = d.symbol(w)
		case d.last:
			return io.EOF
		default:
			err = d.header()
		}
		if d.in.Over() {
			return d.in.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) header() error {
	d.last = d.in.Bits(1) == 1
	switch d.in.Bits(2) {
	case 0:
		d.in.Align()
		n := d.in.Bits(16)
		if !d.nsis && n != ^d.in.Bits(16)&0xffff {
			return codec.ErrCorrupt
		}
		d.raw = int(n)
		return nil
	case 1:
		d.block = true
		return d.fixed()
	case 2:
		d.block = true
		return d.dynamic()
	}
	return codec.ErrCorrupt
}

func (d *decoder) fixed() error {
	var l [maxLitLen + maxDist]uint8
	for i := range maxLitLen {
		switch {
		case i < 144 || i >= 280:
			l[i] = 8
		case i < 256:
			l[i] = 9
		default:
			l[i] = 7
		}
	}
	for i := range maxDist {
		l[maxLitLen+i] = 5
	}
	if err := d.lit.Build(l[:maxLitLen]); err != nil {
		return err
	}
	return d.dst.Build(l[maxLitLen:])
}

func (d *decoder) dynamic() error {
	nl, nd, nc := int(d.in.Bits(5))+257, int(d.in.Bits(5))+1, int(d.in.Bits(4))+4
	var cl [19]uint8
	for i := range nc {
		cl[order[i]] = uint8(d.in.Bits(3))
	}
	var t huffman.Table
	if err := t.Build(cl[:]); err != nil {
		return err
	}
	var l [maxLitLen + maxDist + 160]uint8
	for i := 0; i < nl+nd; {
		s, err := d.decode(&t)
		if err != nil {
			return err
		}
		n, v := 1, uint8(s)
		switch s {
		case 16:
			if i == 0 {
				return codec.ErrCorrupt
			}
			n, v = 3+int(d.in.Bits(2)), l[i-1]
		case 17:
			n, v = 3+int(d.in.Bits(3)), 0
		case 18:
			n, v = 11+int(d.in.Bits(7)), 0
		}
		for range n {
			l[i] = v
			i++
		}
	}
	if err := d.lit.Build(l[:min(nl, maxLitLen)]); err != nil {
		return err
	}
	return d.dst.Build(l[nl : nl+nd])
}

func (d *decoder) decode(t *huffman.Table) (int, error) {
	s, n, ok := t.Lookup(bits.Reverse16(uint16(d.in.Peek(16))))
	if !ok {
		return 0, codec.ErrCorrupt
	}
	d.in.Skip(n)
	return s, nil
}

// symbol decodes one literal or match.
func (d *decoder) symbol(w *window.Window) error {
	s, err := d.decode(&d.lit)
	if err != nil {
		return err
	}
	switch {
	case d.in.Over():
		return d.in.Err()
	case s < endOfBlock:
		w.Literal(byte(s))
		return nil
	case s == endOfBlock:
		d.block = false
		return nil
	case s > 285:
		return codec.ErrCorrupt
	}
	n := maxMatch
	if !d.nsis || s < 285 {
		n = lenBase[s-257] + int(d.in.Bits(lenExtra[s-257]))
	}
	c, err := d.decode(&d.dst)
	if err != nil {
		return err
	}
	dist := c + 1
	if c >= 4 {
		x := uint(c/2 - 1)
		dist = (2+c&1)<<x + int(d.in.Bits(x)) + 1
	}
	if d.in.Over() {
		return d.in.Err()
	}
	return w.Match(dist, n)
}
