package lzma

import (
	"io"
)

const (
	probBits  = 11
	probInit  = 1 << (probBits - 1)
	moveBits  = 5
	topValue  = 1 << 24
	initBytes = 5
)

// source is a buffered byte source that can be confined to a chunk.
type source struct {
	r    io.Reader
	buf  [8192]byte
	pos  int
	end  int
	left int64 // bytes that may be taken, negative for no limit
	// exact forbids to read ahead of what is known to belong to the stream.
	exact bool
	err   error
}

// next returns the next byte; at the end 0, and err is set.
func (s *source) next() byte {
	if s.left == 0 {
		s.fail(io.ErrUnexpectedEOF)
		return 0
	}
	for s.pos >= s.end {
		if s.err != nil {
			return 0
		}
		n, err := s.r.Read(s.buf[:s.want()])
		s.pos, s.end = 0, n
		if n == 0 && err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			s.fail(err)
			return 0
		}
	}
	b := s.buf[s.pos]
	s.pos++
	s.left--
	return b
}

// want is how many bytes to read at once.
func (s *source) want() int64 {
	if !s.exact {
		return int64(len(s.buf))
	}
	return min(max(s.left, 1), int64(len(s.buf)))
}

func (s *source) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// rangeDecoder decodes binary decisions with adaptive probabilities.
type rangeDecoder struct {
	*source
	rng  uint32
	code uint32
}

// init reads the five bytes every range-coded stream begins with; the first one
// must be 0.
func (d *rangeDecoder) init() bool {
	ok := d.next() == 0
	d.rng, d.code = 0xffffffff, 0
	for range initBytes - 1 {
		d.code = d.code<<8 | uint32(d.next())
	}
	return ok && d.code != d.rng
}

func (d *rangeDecoder) normalize() {
	if d.rng < topValue {
		d.rng <<= 8
		if d.pos < d.end && d.left != 0 {
			d.code = d.code<<8 | uint32(d.buf[d.pos])
			d.pos++
			d.left--
		} else {
			d.code = d.code<<8 | uint32(d.next())
		}
	}
}

func (d *rangeDecoder) bit(p *uint16) uint32 {
	d.normalize()
	v := uint32(*p)
	bound := d.rng >> probBits * v
	if d.code < bound {
		d.rng = bound
		*p = uint16(v + (1<<probBits-v)>>moveBits)
		return 0
	}
	d.rng -= bound
	d.code -= bound
	*p = uint16(v - v>>moveBits)
	return 1
}

// direct decodes n equally likely bits.
func (d *rangeDecoder) direct(n uint) uint32 {
	v := uint32(0)
	for range n {
		d.normalize()
		d.rng >>= 1
		b := uint32(1)
		if d.code < d.rng {
			b = 0
		} else {
			d.code -= d.rng
		}
		v = v<<1 | b
	}
	return v
}

// tree decodes an n-bit symbol, highest bit first.
func (d *rangeDecoder) tree(p []uint16, n uint) uint32 {
	m := uint32(1)
	for range n {
		m = m<<1 | d.bit(&p[m])
	}
	return m - 1<<n
}

// reverseTree decodes an n-bit symbol, lowest bit first.
func (d *rangeDecoder) reverseTree(p []uint16, n uint) uint32 {
	m, v := uint32(1), uint32(0)
	for i := range n {
		b := d.bit(&p[m])
		m = m<<1 | b
		v |= b << i
	}
	return v
}
