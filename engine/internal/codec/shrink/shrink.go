package shrink

import (
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
)

const (
	minBits = 9
	maxBits = 13
	codes   = 1 << maxBits
	escape  = 256
	widen   = 1
	clear   = 2
	none    = 0xffff
)

type decoder struct {
	in     *bitio.LSB
	bits   uint
	prefix [codes]uint16 // none: not defined
	suffix [codes]byte
	old    int // previous code, -1 at the start
	first  byte
	last   int // last code given out
	out    []byte
	stack  [codes + 1]byte
	err    error
}

// NewReader returns the decoded bytes of r.
func NewReader(r io.Reader) io.Reader {
	d := &decoder{in: bitio.NewLSB(r), bits: minBits, old: -1, last: escape}
	for i := escape; i < codes; i++ {
		d.prefix[i] = none
	}
	return d
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(d.out) == 0 {
			if d.err == nil {
				d.err = d.code()
			}
			if d.err != nil && len(d.out) == 0 {
				if n > 0 {
					return n, nil
				}
				return 0, d.err
			}
			continue
		}
		k := copy(p[n:], d.out)
		d.out = d.out[k:]
		n += k
	}
	return n, nil
}

// code handles one code; the string it stands for is left in out.
func (d *decoder) code() error {
	c := int(d.in.Bits(d.bits))
	if d.in.Over() {
		return io.EOF // the format has no end mark
	}
	if c == escape {
		return d.command(int(d.in.Bits(d.bits)))
	}
	if d.old < 0 {
		if c > escape {
			return codec.ErrCorrupt
		}
		d.old, d.first = c, byte(c)
		d.stack[codes] = byte(c)
		d.out = d.stack[codes:]
		return nil
	}
	top, at := codes+1, c
	if c > escape && d.prefix[c] == none { // the code about to be defined
		top--
		d.stack[top] = d.first
		at = d.old
	}
	for at > escape {
		if d.prefix[at] == none || top == 1 {
			return codec.ErrCorrupt
		}
		top--
		d.stack[top] = d.suffix[at]
		at = int(d.prefix[at])
	}
	d.first = byte(at)
	top--
	d.stack[top] = d.first
	d.out = d.stack[top:]
	d.define()
	d.old = c
	return nil
}

// define gives the next free code to the previous string and one more byte.
func (d *decoder) define() {
	n := d.last + 1
	for n < codes && d.prefix[n] != none {
		n++
	}
	if n < codes {
		d.prefix[n], d.suffix[n] = uint16(d.old), d.first
		d.last = n
	}
}

func (d *decoder) command(c int) error {
	switch c {
	case widen:
		if d.bits == maxBits {
			return codec.ErrCorrupt
		}
		d.bits++
	case clear:
		d.partialClear()
	default:
		return codec.ErrCorrupt
	}
	return nil
}

// partialClear frees the codes that are no prefix of another one.
func (d *decoder) partialClear() {
	var parent [codes]bool
	for i := escape + 1; i < codes; i++ {
		if p := d.prefix[i]; p != none {
			parent[p] = true
		}
	}
	for i := escape + 1; i < codes; i++ {
		if !parent[i] {
			d.prefix[i] = none
		}
	}
	d.last = escape
}
