package quantum

import (
	"bytes"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/window"
)

const (
	// MinBits and MaxBits bound the window size, as a power of two.
	MinBits = 10
	MaxBits = 21

	maxSymbols  = 64
	symbolStep  = 8
	maxFreq     = 3800
	rebuildsOff = 50 // halvings between two sorts
	lenSymbols  = 27
)

type symbol struct {
	sym  uint16
	freq uint16 // cumulated from the end
}

// model is an adaptive frequency table, most frequent symbols first.
type model struct {
	shifts  int
	entries int
	syms    [maxSymbols + 1]symbol
}

func (m *model) init(start, n int) {
	m.shifts, m.entries = 4, n
	for i := range n + 1 {
		m.syms[i] = symbol{uint16(start + i), uint16(n - i)}
	}
}

// age halves the frequencies; from time to time the table is sorted, too.
func (m *model) age() {
	s := m.syms[:m.entries+1]
	if m.shifts--; m.shifts > 0 {
		for i := m.entries - 1; i >= 0; i-- {
			s[i].freq >>= 1
			if s[i].freq <= s[i+1].freq {
				s[i].freq = s[i+1].freq + 1
			}
		}
		return
	}
	m.shifts = rebuildsOff
	for i := range m.entries {
		s[i].freq = (s[i].freq - s[i+1].freq + 1) >> 1
	}
	for i := range m.entries - 1 {
		for j := i + 1; j < m.entries; j++ {
			if s[i].freq < s[j].freq {
				s[i], s[j] = s[j], s[i]
			}
		}
	}
	for i := m.entries - 1; i >= 0; i-- {
		s[i].freq += s[i+1].freq
	}
}

// Decoder keeps models and window from frame to frame.
type Decoder struct {
	w        *window.Window
	in       *bitio.MSB
	h, l, c  uint16
	left     int // output bytes left in the frame
	over     int // bytes of a match that belong to the next frame
	selector model
	literals [4]model
	short    [2]model // distances of matches of 3 and 4 bytes
	long     model
	length   model
	r        *window.Reader
}

// New returns a decoder with a window of 2^bits bytes.
func New(bits int, mem codec.Memory) (*Decoder, error) {
	if bits < MinBits || bits > MaxBits {
		return nil, codec.ErrCorrupt
	}
	d := &Decoder{w: window.New(1<<bits, window.NoFill, mem)}
	n := 2 * bits
	d.selector.init(0, 7)
	for i := range d.literals {
		d.literals[i].init(64*i, 64)
	}
	d.short[0].init(0, min(n, 24))
	d.short[1].init(0, min(n, 36))
	d.long.init(0, n)
	d.length.init(0, lenSymbols)
	d.r = window.NewReader(d, d.w)
	return d, nil
}

// Close gives the window's memory back.
func (d *Decoder) Close() error { return d.r.Close() }

// Frame decodes one data block of size output bytes into dst and returns how
// many bytes were decoded.
func (d *Decoder) Frame(block []byte, dst []byte) (int, error) {
	d.in = bitio.NewMSB(io.MultiReader(bytes.NewReader(block), bytes.NewReader([]byte{0xff, 0, 0, 0})))
	d.h, d.l, d.c = 0xffff, 0, uint16(d.in.Bits(16))
	d.left = max(len(dst)-d.over, 0)
	d.over = max(d.over-len(dst), 0)
	return io.ReadFull(d.r, dst)
}

// Step implements window.Stepper.
func (d *Decoder) Step(w *window.Window) error {
	if d.left == 0 {
		return codec.ErrCorrupt // cannot be: the frame has been read
	}
	for w.Room() > 0 && d.left > 0 {
		if err := d.item(w); err != nil {
			return err
		}
		if d.in.Over() {
			return d.in.Err()
		}
	}
	return nil
}

func (d *Decoder) item(w *window.Window) error {
	sel, err := d.decode(&d.selector)
	if err != nil {
		return err
	}
	if sel < 4 {
		c, err := d.decode(&d.literals[sel])
		if err != nil {
			return err
		}
		w.Literal(byte(c))
		d.left--
		return nil
	}
	n, m := sel-1, &d.long
	if sel < 6 {
		m = &d.short[sel-4]
	} else {
		k, err := d.decode(&d.length)
		if err != nil {
			return err
		}
		n = d.matchLength(k)
	}
	s, err := d.decode(m)
	if err != nil {
		return err
	}
	base, extra := position(s)
	dist := base + int(d.in.Bits(extra)) + 1
	d.over += max(n-d.left, 0) // a match may run over the end of a frame
	d.left = max(d.left-n, 0)
	return w.Match(dist, n)
}

func (d *Decoder) matchLength(s int) int {
	if s >= lenSymbols-1 {
		return 254 + 5
	}
	base := 0
	for i := range s {
		base += 1 << lengthExtra(i)
	}
	return base + int(d.in.Bits(lengthExtra(s))) + 5
}

func lengthExtra(i int) uint { return uint(max(i-2, 0)) >> 2 }

// position returns the first distance of a slot and its extra bits.
func position(s int) (int, uint) {
	base := 0
	for i := range s {
		base += 1 << (uint(max(i-2, 0)) >> 1)
	}
	return base, uint(max(s-2, 0)) >> 1
}

// decode decodes one symbol and raises its frequency.
func (d *Decoder) decode(m *model) (int, error) {
	rng := uint32(d.h-d.l) + 1
	total := uint32(m.syms[0].freq)
	if total == 0 || rng == 0 {
		return 0, codec.ErrCorrupt
	}
	f := uint16((uint32(d.c-d.l+1)*total - 1) / rng)
	i := 1
	for i < m.entries && m.syms[i].freq > f {
		i++
	}
	s := m.syms[i-1].sym
	rng = uint32(d.h-d.l) + 1
	hi, lo := uint32(m.syms[i-1].freq), uint32(m.syms[i].freq)
	d.h = d.l + uint16(hi*rng/total) - 1
	d.l += uint16(lo * rng / total)
	for k := range i {
		m.syms[k].freq += symbolStep
	}
	if m.syms[0].freq > maxFreq {
		m.age()
	}
	for n := 0; ; n++ {
		if d.l&0x8000 != d.h&0x8000 {
			if d.l&0x4000 == 0 || d.h&0x4000 != 0 {
				return int(s), nil
			}
			d.c ^= 0x4000
			d.l &= 0x3fff
			d.h |= 0x4000
		}
		if n > 64 {
			return 0, codec.ErrCorrupt
		}
		d.l <<= 1
		d.h = d.h<<1 | 1
		d.c = d.c<<1 | uint16(d.in.Bits(1))
	}
}
