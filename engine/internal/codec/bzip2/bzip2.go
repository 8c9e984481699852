package bzip2

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
)

const (
	blockMark = 0x31 // first byte of bzip2's block magic
	endMark   = 0x17 // first byte of bzip2's end magic
	maxBlock  = 900_000
	// workMemory is what one block needs at most: a word for each byte.
	workMemory = 4 * maxBlock
)

// Reader is the decoded side.
type Reader struct {
	in      *bitio.MSB
	mem     codec.Memory
	granted bool
	tt      []uint32 // the block: byte in the low 8 bits, link above
	pos     uint32   // of the next byte in tt
	left    int      // bytes of the block still to come
	run     int      // equal bytes in a row, for the outer run-length coding
	last    int      // byte written last, -1 before the first
	repeat  int      // of last, still to be written
	err     error
}

// NewReader returns the decoded bytes of r.
func NewReader(r io.Reader, mem codec.Memory) *Reader {
	return &Reader{in: bitio.NewMSB(bufio.NewReader(r)), mem: mem}
}

// Close gives the memory back.
func (z *Reader) Close() error {
	if z.granted && z.mem != nil {
		z.mem.Release(workMemory)
	}
	z.granted, z.tt, z.left, z.repeat = false, nil, 0, 0
	if z.err == nil {
		z.err = io.ErrClosedPipe
	}
	return nil
}

// Read implements io.Reader.
func (z *Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		switch {
		case z.repeat > 0:
			p[n] = byte(z.last)
			n++
			z.repeat--
		case z.left > 0:
			if b, ok := z.next(); ok {
				p[n] = b
				n++
			}
		case z.err != nil:
			return n, result(n, z.err)
		default:
			z.err = z.block()
		}
	}
	return n, nil
}

func result(n int, err error) error {
	if n > 0 {
		return nil
	}
	return err
}

// next takes a byte of the block; after four equal ones comes a count.
func (z *Reader) next() (byte, bool) {
	z.left--
	z.pos = z.tt[z.pos]
	b := byte(z.pos)
	z.pos >>= 8
	if z.run == 4 {
		z.repeat, z.run = int(b), 0
		return 0, false
	}
	if int(b) == z.last {
		z.run++
	} else {
		z.run, z.last = 1, int(b)
	}
	return b, true
}

// block reads the next block, io.EOF at the end mark.
func (z *Reader) block() error {
	switch z.in.Bits(8) {
	case endMark:
		if z.in.Over() {
			return z.in.Err()
		}
		return io.EOF
	case blockMark:
	default:
		if z.in.Over() {
			return z.in.Err()
		}
		return codec.ErrCorrupt
	}
	if !z.granted {
		if z.mem != nil && !z.mem.Grant(workMemory) {
			return codec.ErrMemory
		}
		z.granted = true
	}
	origin := z.in.Bits(24)
	c := &coder{in: z.in}
	if err := c.header(); err != nil {
		return err
	}
	tt, err := c.symbols(z.tt[:0])
	if z.in.Over() {
		err = z.in.Err()
	}
	z.tt = tt
	if err != nil {
		return err
	}
	if int(origin) >= len(tt) {
		return codec.ErrCorrupt
	}
	z.untransform(&c.count)
	z.pos = tt[origin] >> 8
	z.left, z.run, z.last = len(tt), 0, -1
	return nil
}

// untransform links the bytes of a block in the order of the original.
func (z *Reader) untransform(count *[256]int) {
	sum := 0
	for i, n := range count {
		count[i] = sum
		sum += n
	}
	for i := range z.tt {
		b := z.tt[i] & 0xff
		z.tt[count[b]] |= uint32(i) << 8
		count[b]++
	}
}
