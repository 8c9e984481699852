package bitio

import (
	"io"
)

// source hands out single bytes of an io.Reader.
type source struct {
	r    io.Reader
	buf  [4096]byte
	pos  int
	end  int
	err  error
	read int64 // bytes handed out
}

func (s *source) next() (byte, bool) {
	for s.pos >= s.end {
		if s.err != nil {
			return 0, false
		}
		s.pos = 0
		s.end, s.err = s.r.Read(s.buf[:])
	}
	b := s.buf[s.pos]
	s.pos++
	s.read++
	return b, true
}

// LSB reads fields whose first bit is the lowest bit of a byte (deflate, zip).
type LSB struct {
	src source
	acc uint64
	n   uint // bits in acc
	pad uint // of these, made up after the end
}

// NewLSB returns a reader of r.
func NewLSB(r io.Reader) *LSB { return &LSB{src: source{r: r}} }

func (b *LSB) fill() {
	for b.n <= 56 {
		c, ok := b.src.next()
		if !ok {
			b.pad += 8
		}
		b.acc |= uint64(c) << b.n
		b.n += 8
	}
}

// Peek returns the next n bits, n <= 32, without consuming them.
func (b *LSB) Peek(n uint) uint32 {
	if b.n < 32 {
		b.fill()
	}
	return uint32(b.acc & (1<<n - 1))
}

// Skip consumes n bits that were peeked at.
func (b *LSB) Skip(n uint) {
	b.acc >>= n
	b.n -= n
}

// Bits consumes n bits, n <= 32.
func (b *LSB) Bits(n uint) uint32 {
	v := b.Peek(n)
	b.Skip(n)
	return v
}

// Align drops the rest of the current byte.
func (b *LSB) Align() { b.Skip(b.n & 7) }

// Over tells whether bits past the end have been consumed.
func (b *LSB) Over() bool { return b.pad > b.n }

// Err is the reason to give when Over: the source's error, or that it ended early.
func (b *LSB) Err() error { return endError(b.src.err) }

// MSB reads fields whose first bit is the highest bit of a unit: a byte, or a
// little-endian 16-bit word.
type MSB struct {
	src  source
	acc  uint64 // left-aligned
	n    uint
	pad  uint
	word bool
}

// NewMSB returns a reader of r in byte units.
func NewMSB(r io.Reader) *MSB { return &MSB{src: source{r: r}} }

// NewMSB16 returns a reader of r in little-endian 16-bit units (LZX).
func NewMSB16(r io.Reader) *MSB { return &MSB{src: source{r: r}, word: true} }

func (b *MSB) fill() {
	if b.word {
		b.fillWords()
		return
	}
	for b.n <= 56 {
		c, ok := b.src.next()
		if !ok {
			b.pad += 8
		}
		b.acc |= uint64(c) << (56 - b.n)
		b.n += 8
	}
}

func (b *MSB) fillWords() {
	for b.n <= 48 {
		lo, ok := b.src.next()
		hi, ok2 := b.src.next()
		if !ok || !ok2 {
			b.pad += 16
			if ok {
				b.pad -= 8
			}
		}
		b.acc |= (uint64(hi)<<8 | uint64(lo)) << (48 - b.n)
		b.n += 16
	}
}

// Peek returns the next n bits, 1 <= n <= 32, without consuming them.
func (b *MSB) Peek(n uint) uint32 {
	if b.n < 32 {
		b.fill()
	}
	return uint32(b.acc >> (64 - n))
}

// Skip consumes n bits that were peeked at.
func (b *MSB) Skip(n uint) {
	b.acc <<= n
	b.n -= n
}

// Bits consumes n bits, n <= 32.
func (b *MSB) Bits(n uint) uint32 {
	if n == 0 {
		return 0
	}
	v := b.Peek(n)
	b.Skip(n)
	return v
}

// Align drops the rest of the current unit of size bits (8 or 16).
func (b *MSB) Align(size uint) { b.Skip(b.n % size) }

// Buffered is the number of bits read ahead; modulo the unit it tells how many
// bits of the current unit are left.
func (b *MSB) Buffered() uint { return b.n }

// Over tells whether bits past the end have been consumed.
func (b *MSB) Over() bool { return b.pad > b.n }

// Err is the reason to give when Over: the source's error, or that it ended early.
func (b *MSB) Err() error { return endError(b.src.err) }

func endError(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
