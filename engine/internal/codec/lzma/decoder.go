package lzma

import (
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

const (
	states     = 12
	posStates  = 1 << 4
	lenStates  = 4
	alignBits  = 4
	endPosSlot = 14 // first slot whose middle bits are coded directly
	minMatch   = 2
	litSize    = 0x300
	maxLCLP    = 12
)

// lenDecoder decodes match lengths, less minMatch.
type lenDecoder struct {
	choice, choice2 uint16
	low, mid        [posStates][1 << 3]uint16
	high            [1 << 8]uint16
}

func (l *lenDecoder) reset() {
	l.choice, l.choice2 = probInit, probInit
	for i := range l.low {
		fill(l.low[i][:])
		fill(l.mid[i][:])
	}
	fill(l.high[:])
}

func (l *lenDecoder) decode(rc *rangeDecoder, posState uint32) int {
	if rc.bit(&l.choice) == 0 {
		return int(rc.tree(l.low[posState][:], 3))
	}
	if rc.bit(&l.choice2) == 0 {
		return 8 + int(rc.tree(l.mid[posState][:], 3))
	}
	return 16 + int(rc.tree(l.high[:], 8))
}

func fill(p []uint16) {
	for i := range p {
		p[i] = probInit
	}
}

// decoder is the LZMA state machine.
type decoder struct {
	rc         rangeDecoder
	lc, lp, pb uint

	state uint32
	rep   [4]uint32

	match      [states][posStates]uint16
	rep0Long   [states][posStates]uint16
	isRep      [states]uint16
	repG0      [states]uint16
	repG1      [states]uint16
	repG2      [states]uint16
	slot       [lenStates][1 << 6]uint16
	special    [115]uint16
	align      [1 << alignBits]uint16
	length     lenDecoder
	repLength  lenDecoder
	literal    []uint16
	left       int64 // output still to come, negative when unknown
	eosAllowed bool
}

// props sets lc, lp and pb from the combined byte.
func (d *decoder) props(b byte, maxLC uint) bool {
	if b >= 9*5*5 {
		return false
	}
	d.lc, d.lp, d.pb = uint(b%9), uint(b/9%5), uint(b/45)
	return d.lc+d.lp <= maxLC
}

// reset sets all probabilities and the state back.
func (d *decoder) reset() {
	n := litSize << (d.lc + d.lp)
	if cap(d.literal) < n {
		d.literal = make([]uint16, n)
	}
	d.literal = d.literal[:n]
	fill(d.literal)
	for i := range states {
		fill(d.match[i][:])
		fill(d.rep0Long[i][:])
	}
	for _, p := range [][]uint16{d.isRep[:], d.repG0[:], d.repG1[:], d.repG2[:], d.special[:], d.align[:]} {
		fill(p)
	}
	for i := range d.slot {
		fill(d.slot[i][:])
	}
	d.length.reset()
	d.repLength.reset()
	d.state, d.rep = 0, [4]uint32{}
}

// run decodes into w until there is no Room, left is used up, or the end mark
// was read (io.EOF).
func (d *decoder) run(w *window.Window) error {
	for w.Room() > 0 && d.left != 0 {
		posState := uint32(w.Total()) & (1<<d.pb - 1)
		if d.rc.bit(&d.match[d.state][posState]) == 0 {
			d.lit(w)
		} else if err := d.matched(w, posState); err != nil {
			return err
		}
		if d.rc.err != nil {
			return d.rc.err
		}
	}
	return w.Err()
}

func (d *decoder) lit(w *window.Window) {
	prev := uint32(w.Back(1))
	sel := (uint32(w.Total())&(1<<d.lp-1))<<d.lc + prev>>(8-d.lc)
	p := d.literal[litSize*sel : litSize*sel+litSize]
	sym := uint32(1)
	if d.state >= 7 {
		m := uint32(w.Back(int(d.rep[0]) + 1))
		for sym < 0x100 {
			mb := m >> 7 & 1
			m <<= 1
			b := d.rc.bit(&p[(1+mb)<<8+sym])
			sym = sym<<1 | b
			if b != mb {
				break
			}
		}
	}
	for sym < 0x100 {
		sym = sym<<1 | d.rc.bit(&p[sym])
	}
	if d.rc.err != nil {
		return
	}
	w.Literal(byte(sym))
	d.left--
	switch {
	case d.state < 4:
		d.state = 0
	case d.state < 10:
		d.state -= 3
	default:
		d.state -= 6
	}
}

// matched decodes what follows a set match bit.
func (d *decoder) matched(w *window.Window, posState uint32) error {
	n := 0
	if d.rc.bit(&d.isRep[d.state]) == 0 {
		d.rep[3], d.rep[2], d.rep[1] = d.rep[2], d.rep[1], d.rep[0]
		n = d.length.decode(&d.rc, posState)
		d.rep[0] = d.distance(n)
		d.state = next(d.state, 7)
		if d.rep[0] == 0xffffffff {
			if !d.eosAllowed {
				return codec.ErrCorrupt
			}
			return io.EOF
		}
	} else {
		if w.Total() == 0 {
			return codec.ErrCorrupt
		}
		if short := d.repeated(posState); short {
			d.state = next(d.state, 9)
			return d.copy(w, 1)
		}
		n = d.repLength.decode(&d.rc, posState)
		d.state = next(d.state, 8)
	}
	return d.copy(w, n+minMatch)
}

func next(state, low uint32) uint32 {
	if state < 7 {
		return low
	}
	if low == 9 {
		return 11
	}
	return low + 3
}

func (d *decoder) copy(w *window.Window, n int) error {
	if d.rc.err != nil {
		return d.rc.err
	}
	if d.left >= 0 {
		n = int(min(int64(n), d.left))
		d.left -= int64(n)
	}
	if int64(d.rep[0])+1 > 1<<31-1 {
		return codec.ErrCorrupt
	}
	return w.Match(int(d.rep[0])+1, n)
}

// repeated selects one of the four last distances; it tells whether a match of
// one byte follows.
func (d *decoder) repeated(posState uint32) bool {
	if d.rc.bit(&d.repG0[d.state]) == 0 {
		return d.rc.bit(&d.rep0Long[d.state][posState]) == 0
	}
	i := 1
	if d.rc.bit(&d.repG1[d.state]) != 0 {
		i = 2 + int(d.rc.bit(&d.repG2[d.state]))
	}
	v := d.rep[i]
	copy(d.rep[1:i+1], d.rep[:i])
	d.rep[0] = v
	return false
}

func (d *decoder) distance(length int) uint32 {
	slot := d.rc.tree(d.slot[min(length, lenStates-1)][:], 6)
	if slot < 4 {
		return slot
	}
	n := uint(slot>>1 - 1)
	v := (2 | slot&1) << n
	if slot < endPosSlot {
		return v + d.rc.reverseTree(d.special[v-slot:], n)
	}
	v += d.rc.direct(n-alignBits) << alignBits
	return v + d.rc.reverseTree(d.align[:], alignBits)
}
