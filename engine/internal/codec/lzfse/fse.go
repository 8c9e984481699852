package lzfse

import (
	"encoding/binary"
	"math/bits"

	"gclam/engine/internal/codec"
)

// Alphabets: lengths of literals and of matches, distances, literals. States are
// powers of two, the sum of the frequencies of each alphabet.
const (
	lengthSymbols   = 20
	distanceSymbols = 64
	literalSymbols  = 256
	allSymbols      = 2*lengthSymbols + distanceSymbols + literalSymbols
	lengthStates    = 64
	distanceStates  = 256
	literalStates   = 1024
)

// entry is what a state decodes to: a value and the next state, each a base and
// a number of bits to add.
type entry struct {
	base  uint32
	extra uint8 // bits of the value
	bits  uint8 // bits of the state
	delta int32
}

// values are the bases and extra bits of the symbols of an alphabet.
type values func(symbol int) (base uint32, extra uint8)

func literalValue(s int) (uint32, uint8) { return uint32(s), 0 }

// lengthValue makes the values of lengths: 0 to 15, then four ranges.
func lengthValue(extra [4]uint8) values {
	return func(s int) (uint32, uint8) {
		if s < 16 {
			return uint32(s), 0
		}
		base := uint32(16)
		for _, e := range extra[:s-16] {
			base += 1 << e
		}
		return base, extra[s-16]
	}
}

// distanceValue has four symbols for each number of extra bits.
func distanceValue(s int) (uint32, uint8) {
	extra := s / 4
	return 4*(1<<extra-1) + uint32(s%4)<<extra, uint8(extra)
}

// buildTable spreads the symbols over the states by their frequencies.
func buildTable(states int, freq []uint16, value values) ([]entry, error) {
	t := make([]entry, 0, states)
	for s, f := range freq {
		if f == 0 {
			continue
		}
		n := int(f)
		if len(t)+n > states {
			return nil, codec.ErrCorrupt
		}
		base, extra := value(s)
		k := bits.LeadingZeros32(uint32(n)) - bits.LeadingZeros32(uint32(states))
		large := states*2>>k - n // states that take k bits, the others one less
		for j := range n {
			e := entry{base: base, extra: extra}
			if j < large {
				e.bits, e.delta = uint8(k), int32((n+j)<<k-states)
			} else {
				e.bits, e.delta = uint8(k-1), int32((j-large)<<(k-1))
			}
			t = append(t, e)
		}
	}
	return t, nil
}

// backwards reads bits from the end of b to its start.
type backwards struct {
	b   []byte
	pos int // bits not read yet
}

func (r *backwards) read(n uint) uint32 {
	r.pos -= int(n)
	if r.pos < 0 || n == 0 {
		return 0
	}
	var w [8]byte
	copy(w[:], r.b[r.pos/8:])
	return uint32(binary.LittleEndian.Uint64(w[:])>>(r.pos%8)) & (1<<n - 1)
}

// decoder is a table and the state in it.
type decoder struct {
	table []entry
	state int32
}

func (d *decoder) next(r *backwards) (uint32, bool) {
	if d.state < 0 || int(d.state) >= len(d.table) {
		return 0, false
	}
	e := &d.table[d.state]
	d.state = e.delta + int32(r.read(uint(e.bits)))
	v := e.base + r.read(uint(e.extra))
	return v, r.pos >= 0
}
