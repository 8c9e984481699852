package huffman

import (
	"gclam/engine/internal/codec"
)

const (
	maxBits  = 16
	fastBits = 9
)

// Table is a decoding table. The zero Table has no codes.
type Table struct {
	fast  [1 << fastBits]uint16 // symbol<<4 | length, 0 when longer or unused
	first [maxBits + 2]uint32   // left-aligned to 16 bits: first code of each length
	base  [maxBits + 2]int32    // index into syms of that code
	syms  []uint16
	max   uint
	one   int32 // symbol of a degenerate one-symbol code, -1 otherwise
}

// Build makes the table of a code given by the length of each symbol's code, at
// most 4096 symbols; length 0 means that the symbol does not occur. Codes that
// need more room than there is are refused; incomplete ones are accepted and
// their unused codes decode to nothing.
func (t *Table) Build(lengths []uint8) error {
	var count [maxBits + 1]int
	if len(lengths) > 4096 {
		return codec.ErrCorrupt
	}
	for _, l := range lengths {
		if l > maxBits {
			return codec.ErrCorrupt
		}
		count[l]++
	}
	count[0] = 0
	t.one = -1
	var next [maxBits + 2]int
	code, idx := uint32(0), 0
	t.max = 0
	for l := 1; l <= maxBits; l++ {
		t.first[l] = code
		t.base[l] = int32(idx)
		next[l] = idx
		code += uint32(count[l]) << (maxBits - l)
		idx += count[l]
		if code > 1<<maxBits {
			return codec.ErrCorrupt
		}
		if count[l] > 0 {
			t.max = uint(l)
		}
	}
	t.first[maxBits+1] = code
	t.place(lengths, next[:], idx)
	return nil
}

// place sorts the symbols by code and fills the fast table.
func (t *Table) place(lengths []uint8, next []int, n int) {
	if cap(t.syms) < n {
		t.syms = make([]uint16, n, len(lengths))
	}
	t.syms = t.syms[:n]
	clear(t.fast[:])
	for s, l := range lengths {
		if l == 0 {
			continue
		}
		i := next[l]
		next[l]++
		t.syms[i] = uint16(s)
		if l > fastBits {
			continue
		}
		c := t.first[l]>>(maxBits-fastBits) + uint32(i-int(t.base[l]))<<(fastBits-l)
		for k := range uint32(1) << (fastBits - l) {
			t.fast[c+k] = uint16(s)<<4 | uint16(l)
		}
	}
}

// Single makes a table in which symbol s takes no bits at all.
func (t *Table) Single(s uint16) {
	t.one = int32(s)
	t.max = 0
}

// Empty tells whether the table has no codes.
func (t *Table) Empty() bool { return t.max == 0 && t.one < 0 }

// Lookup decodes the code at the top of v, which holds the next 16 bits of the
// stream, first bit highest. n is its length; ok is false when there is no such
// code.
func (t *Table) Lookup(v uint16) (sym int, n uint, ok bool) {
	if e := t.fast[v>>(maxBits-fastBits)]; e != 0 && t.one < 0 {
		return int(e >> 4), uint(e & 15), true
	}
	if t.one >= 0 {
		return int(t.one), 0, true
	}
	for l := uint(1); l <= t.max; l++ {
		if uint32(v) < t.first[l+1] {
			i := t.base[l] + int32((uint32(v)-t.first[l])>>(maxBits-l))
			return int(t.syms[i]), l, true
		}
	}
	return 0, 0, false
}
