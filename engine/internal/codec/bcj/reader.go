package bcj

import (
	"io"
)

// Arch is a branch converter.
type Arch uint8

// The converters.
const (
	X86 Arch = iota
	PPC
	IA64
	ARM
	ARMT
	SPARC
	ARM64
	RISCV
)

const bufSize = 16 << 10

// converter changes b in place and returns how many bytes are final; pc is the
// position of b[0].
type converter interface{ convert(b []byte, pc uint32) int }

type convertFunc func(b []byte, pc uint32) int

func (f convertFunc) convert(b []byte, pc uint32) int { return f(b, pc) }

// Reader is the unfiltered side.
type Reader struct {
	r     io.Reader
	c     converter
	buf   [bufSize]byte
	pos   int // next byte to hand out
	ready int // end of the final bytes
	end   int
	pc    uint32 // of buf[ready]
	err   error
}

// NewReader undoes the converter a on r. start is the position of its first
// byte. It returns nil for an unknown converter.
func NewReader(r io.Reader, a Arch, start uint32) *Reader {
	var c converter
	switch a {
	case X86:
		c = &x86{}
	case PPC:
		c = convertFunc(ppc)
	case IA64:
		c = convertFunc(ia64)
	case ARM:
		c = convertFunc(arm)
	case ARMT:
		c = convertFunc(armt)
	case SPARC:
		c = convertFunc(sparc)
	case ARM64:
		c = convertFunc(arm64)
	default:
		return nil
	}
	return &Reader{r: r, c: c, pc: start}
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for r.pos == r.ready {
		if r.err != nil {
			if r.ready == r.end {
				return 0, r.err
			}
			r.ready = r.end // the tail is too short to be converted
			break
		}
		r.fill()
	}
	n := copy(p, r.buf[r.pos:r.ready])
	r.pos += n
	return n, nil
}

func (r *Reader) fill() {
	copy(r.buf[:], r.buf[r.ready:r.end])
	r.end -= r.ready
	r.pos, r.ready = 0, 0
	for r.end < bufSize && r.err == nil {
		n, err := r.r.Read(r.buf[r.end:])
		r.end += n
		r.err = err
	}
	r.ready = r.c.convert(r.buf[:r.end], r.pc)
	r.pc += uint32(r.ready)
}

// Delta undoes the delta filter.
type Delta struct {
	r    io.Reader
	dist int
	pos  int
	hist [256]byte
}

// NewDelta undoes a delta filter of the given distance, 1 to 256.
func NewDelta(r io.Reader, dist int) *Delta {
	return &Delta{r: r, dist: min(max(dist, 1), 256)}
}

// Read implements io.Reader.
func (d *Delta) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	for i := range p[:n] {
		p[i] += d.hist[(d.pos-d.dist)&0xff]
		d.hist[d.pos&0xff] = p[i]
		d.pos++
	}
	return n, err
}
