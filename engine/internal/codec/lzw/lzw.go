package lzw

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
)

const (
	minBits   = 9
	maxBits   = 16
	clearCode = 256
	flagBlock = 0x80
	maskBits  = 0x1f
)

type decoder struct {
	in     *bufio.Reader
	group  [maxBits]byte // eight codes of the current width
	pos    uint          // bits used of the group
	have   uint          // bits in the group
	bits   uint
	max    uint
	block  bool
	next   int
	old    int
	first  byte
	out    []byte
	err    error
	prefix [1 << maxBits]uint16
	suffix [1 << maxBits]byte
	stack  [1<<maxBits + 1]byte
}

// NewReader returns the decoded bytes of r, which starts with the magic 1F 9D.
func NewReader(r io.Reader) io.Reader {
	d := &decoder{in: bufio.NewReader(r), bits: minBits, old: -1}
	var h [3]byte
	if _, err := io.ReadFull(d.in, h[:]); err != nil {
		d.err = io.ErrUnexpectedEOF
		return d
	}
	d.max = uint(h[2] & maskBits)
	d.block = h[2]&flagBlock != 0
	if h[0] != 0x1f || h[1] != 0x9d || d.max < minBits || d.max > maxBits {
		d.err = codec.ErrCorrupt
	}
	d.reset()
	return d
}

func (d *decoder) reset() {
	d.next = 256
	if d.block {
		d.next = 257
	}
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(d.out) == 0 {
			if d.err == nil {
				d.err = d.code()
			}
			if len(d.out) == 0 && d.err != nil {
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

// read returns the next code.
func (d *decoder) read() (int, error) {
	if d.pos+d.bits > d.have {
		n, err := io.ReadFull(d.in, d.group[:d.bits])
		d.pos, d.have = 0, uint(n)*8
		if d.have < d.bits {
			if err == nil || err == io.ErrUnexpectedEOF {
				err = io.EOF
			}
			return 0, err
		}
	}
	v := uint(0)
	for i := range d.bits {
		p := d.pos + i
		v |= uint(d.group[p/8]>>(p%8)&1) << i
	}
	d.pos += d.bits
	return int(v), nil
}

func (d *decoder) widen(bits uint) {
	d.bits = bits
	d.pos, d.have = 0, 0 // the rest of the group is padding
}

func (d *decoder) code() error {
	if d.next >= 1<<d.bits && d.bits < d.max {
		d.widen(d.bits + 1)
	}
	c, err := d.read()
	if err != nil {
		return err
	}
	if c == clearCode && d.block {
		d.reset()
		d.widen(minBits)
		d.old = -1
		return nil
	}
	if d.old < 0 {
		if c > 255 {
			return codec.ErrCorrupt
		}
		d.old, d.first = c, byte(c)
		d.stack[0] = byte(c)
		d.out = d.stack[:1]
		return nil
	}
	return d.expand(c)
}

func (d *decoder) expand(c int) error {
	top, at := len(d.stack), c
	if c >= d.next {
		if c > d.next {
			return codec.ErrCorrupt
		}
		top--
		d.stack[top] = d.first
		at = d.old
	}
	for at > 255 {
		if top == 1 {
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
	if d.next < 1<<d.max {
		d.prefix[d.next], d.suffix[d.next] = uint16(d.old), d.first
		d.next++
	}
	d.old = c
	return nil
}
