package pdf

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
)

// ascii85 is ASCII85Decode (ISO 32000-2, 7.4.3). Characters outside of the
// alphabet are skipped; ~ ends the data.
type ascii85 struct {
	in   *bufio.Reader
	acc  uint64
	n    int // digits in acc
	out  [4]byte
	left []byte
	err  error
}

const (
	base85     = 85
	groupSize  = 5
	tailFiller = base85 - 1 // stands for the digits missing in the last group
)

// Read implements io.Reader.
func (a *ascii85) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(a.left) == 0 {
			if a.err != nil {
				break
			}
			a.fill()
			continue
		}
		k := copy(p[n:], a.left)
		a.left = a.left[k:]
		n += k
	}
	if n == 0 && len(p) > 0 {
		return 0, a.err
	}
	return n, nil
}

// fill decodes one group.
func (a *ascii85) fill() {
	for a.n < groupSize {
		c, err := a.in.ReadByte()
		if err == nil && c == '~' {
			err = io.EOF
		}
		if err != nil {
			a.err = err
			a.tail()
			return
		}
		switch {
		case c == 'z' && a.n == 0:
			a.out = [4]byte{}
			a.left = a.out[:]
			return
		case c >= '!' && c <= 'u':
			a.acc = a.acc*base85 + uint64(c-'!')
			a.n++
		case c == '<' || c == '~':
		}
	}
	a.group(4)
}

// tail gives the bytes of a last group of two to four digits.
func (a *ascii85) tail() {
	if n := a.n; n > 1 {
		for range groupSize - n {
			a.acc = a.acc*base85 + tailFiller
		}
		a.group(n - 1)
	}
}

func (a *ascii85) group(n int) {
	a.out = [4]byte{byte(a.acc >> 24), byte(a.acc >> 16), byte(a.acc >> 8), byte(a.acc)}
	a.left = a.out[:n]
	a.acc, a.n = 0, 0
}

// asciiHex is ASCIIHexDecode (7.4.2). What is no digit is skipped.
type asciiHex struct {
	in  *bufio.Reader
	err error
}

// Read implements io.Reader.
func (a *asciiHex) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && a.err == nil {
		hi, ok := a.digit()
		if !ok {
			break
		}
		lo, ok := a.digit()
		if !ok {
			lo = 0
		}
		p[n] = byte(hi<<4 | lo)
		n++
	}
	if n == 0 && len(p) > 0 {
		return 0, a.err
	}
	return n, nil
}

func (a *asciiHex) digit() (int, bool) {
	for a.err == nil {
		c, err := a.in.ReadByte()
		if err == nil && c == '>' {
			err = io.EOF
		}
		if err != nil {
			a.err = err
			break
		}
		if v := digit(c); v >= 0 {
			return v, true
		}
	}
	return 0, false
}

// runLength is RunLengthDecode (7.4.5).
type runLength struct {
	in   *bufio.Reader
	copy int // bytes to take
	fill int // bytes to repeat
	c    byte
	err  error
}

const (
	runEnd  = 128
	runBase = 257
)

// Read implements io.Reader.
func (r *runLength) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && r.err == nil {
		switch {
		case r.fill > 0:
			p[n] = r.c
			n++
			r.fill--
		case r.copy > 0:
			k, err := r.in.Read(p[n:min(len(p), n+r.copy)])
			n += k
			r.copy -= k
			r.err = unexpected(err)
		default:
			r.run()
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, r.err
	}
	return n, nil
}

// run reads a length byte.
func (r *runLength) run() {
	c, err := r.in.ReadByte()
	switch {
	case err != nil:
		r.err = err
	case c == runEnd:
		r.err = io.EOF
	case c < runEnd:
		r.copy = int(c) + 1
	default:
		r.c, err = r.in.ReadByte()
		r.fill, r.err = runBase-int(c), unexpected(err)
	}
}

// unexpected says that data ends within a run.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Codes and widths of LZWDecode (7.4.4).
const (
	lzwMin   = 9
	lzwMax   = 12
	lzwClear = 256
	lzwEnd   = 257
	lzwFirst = 258
	lzwSize  = 1 << lzwMax
)

// lzw is LZWDecode: codes of 9 to 12 bits, most significant bit first. With early
// the width grows one code before it must.
type lzw struct {
	in     *bufio.Reader
	early  int
	acc    uint32
	have   uint
	width  uint
	next   int
	old    int // -1 behind a clear code
	first  byte
	left   []byte
	err    error
	prefix [lzwSize]uint16
	suffix [lzwSize]byte
	stack  [lzwSize + 1]byte
}

func newLZW(in *bufio.Reader, early bool) *lzw {
	l := &lzw{in: in}
	if early {
		l.early = 1
	}
	l.clear()
	return l
}

func (l *lzw) clear() { l.width, l.next, l.old = lzwMin, lzwFirst, -1 }

// Read implements io.Reader.
func (l *lzw) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(l.left) == 0 {
			if l.err != nil {
				break
			}
			l.err = l.step()
			continue
		}
		k := copy(p[n:], l.left)
		l.left = l.left[k:]
		n += k
	}
	if n == 0 && len(p) > 0 {
		return 0, l.err
	}
	return n, nil
}

func (l *lzw) step() error {
	for l.have < l.width {
		c, err := l.in.ReadByte()
		if err != nil {
			return err
		}
		l.acc = l.acc<<8 | uint32(c)
		l.have += 8
	}
	l.have -= l.width
	c := int(l.acc>>l.have) & (1<<l.width - 1)
	switch c {
	case lzwClear:
		l.clear()
		return nil
	case lzwEnd:
		return io.EOF
	}
	return l.expand(c)
}

// expand puts the string of a code into left and makes the next table entry.
func (l *lzw) expand(c int) error {
	top, at := len(l.stack), c
	if c >= l.next {
		if l.old < 0 || c > l.next {
			return codec.ErrCorrupt
		}
		top--
		l.stack[top] = l.first
		at = l.old
	}
	for at >= lzwFirst && top > 1 {
		top--
		l.stack[top] = l.suffix[at]
		at = int(l.prefix[at])
	}
	if at > 255 {
		return codec.ErrCorrupt
	}
	l.first = byte(at)
	top--
	l.stack[top] = l.first
	l.left = l.stack[top:]
	if l.old >= 0 && l.next < lzwSize {
		l.prefix[l.next], l.suffix[l.next] = uint16(l.old), l.first
		l.next++
		if l.next+l.early >= 1<<l.width && l.width < lzwMax {
			l.width++
		}
	}
	l.old = c
	return nil
}
