package db

import (
	"encoding/binary"
	"math/bits"
	"sort"
)

// A literal table finds the literals of one target in a buffer: a bitmap over
// hashes of case-folded four-byte windows, an index over the same hashes, and
// entries that compare up to eight bytes exactly. Literals of two and three
// bytes have a second bitmap and list, over two-byte windows.
//
// Layout (little-endian): number of entries u32, log2 of the bitmap's bits u32,
// log2 of the index size u32, number of short entries u32, 16 reserved bytes;
// bitmap; index (2^n + 1 times u32); entries; short bitmap (8192 bytes); short
// entries in order of their key.
const (
	tableHeader  = 32
	entrySize    = 32 // key u32, anchor u32, literal u64, mask u64, delta i32, reserved u32
	shortBitmap  = 8192
	hashMul      = 0x9E3779B1
	minBitmap    = 10
	maxBitmap    = 23
	bitsPerEntry = 24
)

// fold is OR-ed to four bytes at once; letters lose their case and everything
// else stays distinguishable enough for a filter.
const fold = 0x20202020

// WindowHash is the hash of a four-byte little-endian window, before it is
// shifted to the width of a table.
func WindowHash(w uint32) uint32 { return (w | fold) * hashMul }

// entry is one literal to look for.
type entry struct {
	key    uint32 // folded window, or folded two bytes
	anchor uint32
	lit    uint64
	mask   uint64
	delta  int32 // place of the literal's first byte relative to the window
}

// tableBuilder collects the literals of one target.
type tableBuilder struct {
	long, short []entry
}

// add registers a literal (lower case when fold) for an anchor and returns the
// offset of the looked-up window in it.
func (t *tableBuilder) add(b []byte, foldCase bool, anchor uint32) int {
	at, _ := rarest(b)
	n := min(len(b), window)
	e := entry{anchor: anchor}
	start := max(min(at, len(b)-8), 0)
	for i := 0; i < 8 && start+i < len(b); i++ {
		c := b[start+i]
		m := byte(0xff)
		if l := c | 0x20; foldCase && l >= 'a' && l <= 'z' {
			m = 0xdf
		}
		e.lit |= uint64(c&m) << (8 * i)
		e.mask |= uint64(m) << (8 * i)
	}
	e.delta = int32(start - at)
	if n >= window {
		e.key = binary.LittleEndian.Uint32(b[at:]) | fold
		t.long = append(t.long, e)
		return at
	}
	e.key = uint32(binary.LittleEndian.Uint16(b[at:]) | fold&0xffff)
	t.short = append(t.short, e)
	return at
}

func (t *tableBuilder) encode() []byte {
	if len(t.long)+len(t.short) == 0 {
		return nil
	}
	bm := min(max(bits.Len(uint(len(t.long)*bitsPerEntry)), minBitmap), maxBitmap)
	ix := max(bm-5, 4)
	byHash := func(e entry) uint32 { return e.key * hashMul }
	sort.SliceStable(t.long, func(i, j int) bool {
		a, b := byHash(t.long[i]), byHash(t.long[j])
		return a < b || a == b && t.long[i].anchor < t.long[j].anchor
	})
	sort.SliceStable(t.short, func(i, j int) bool { return t.short[i].key < t.short[j].key })
	le := binary.LittleEndian
	out := make([]byte, tableHeader)
	le.PutUint32(out, uint32(len(t.long)))
	le.PutUint32(out[4:], uint32(bm))
	le.PutUint32(out[8:], uint32(ix))
	le.PutUint32(out[12:], uint32(len(t.short)))
	bitmap := make([]byte, 1<<bm/8)
	index := make([]uint32, 1<<ix+1)
	for _, e := range t.long {
		h := byHash(e)
		b := h >> (32 - bm)
		bitmap[b/8] |= 1 << (b % 8)
		index[h>>(32-ix)+1]++
	}
	for i := 1; i < len(index); i++ {
		index[i] += index[i-1]
	}
	out = append(out, bitmap...)
	for _, v := range index {
		out = le.AppendUint32(out, v)
	}
	out = appendEntries(out, t.long)
	if len(t.short) > 0 {
		bitmap = make([]byte, shortBitmap)
		for _, e := range t.short {
			bitmap[e.key/8] |= 1 << (e.key % 8)
		}
		out = appendEntries(append(out, bitmap...), t.short)
	}
	return out
}

func appendEntries(out []byte, es []entry) []byte {
	le := binary.LittleEndian
	for _, e := range es {
		out = le.AppendUint32(out, e.key)
		out = le.AppendUint32(out, e.anchor)
		out = le.AppendUint64(out, e.lit)
		out = le.AppendUint64(out, e.mask)
		out = le.AppendUint32(out, uint32(e.delta))
		out = le.AppendUint32(out, 0)
	}
	return out
}

// Table is a literal table in place.
type Table struct {
	Bitmap  []byte // 1<<BitmapBits bits
	Shift   uint32 // 32 - log2 of the bitmap's bits
	index   []byte
	ixShift uint32
	entries []byte
	Short   []byte // bitmap over two-byte windows; nil if there are none
	shorts  []byte
}

// Entry is a literal found in a table.
type Entry struct {
	Key    uint32
	Anchor uint32
	Lit    uint64
	Mask   uint64
	Delta  int32
}

// parseTable checks the sizes of a table once, so that lookups need no checks
// beyond those of slices.
func parseTable(b []byte) (*Table, bool) {
	if len(b) < tableHeader {
		return nil, false
	}
	le := binary.LittleEndian
	n, bm, ix, ns := le.Uint32(b), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:])
	if bm < 3 || bm > 30 || ix < 1 || ix > 30 {
		return nil, false
	}
	t := &Table{Shift: 32 - bm, ixShift: 32 - ix}
	rest := b[tableHeader:]
	take := func(n uint64) []byte {
		if n > uint64(len(rest)) {
			rest, n = nil, 0
			return nil
		}
		s := rest[:n:n]
		rest = rest[n:]
		return s
	}
	t.Bitmap = take(1 << bm / 8)
	t.index = take(4 * (1<<ix + 1))
	t.entries = take(uint64(n) * entrySize)
	if ns > 0 {
		t.Short = take(shortBitmap)
		t.shorts = take(uint64(ns) * entrySize)
		if t.Short == nil || t.shorts == nil {
			return nil, false
		}
	}
	return t, t.Bitmap != nil && t.index != nil && (n == 0 || t.entries != nil)
}

// Candidates returns the range of entries that share the index slot of hash.
func (t *Table) Candidates(hash uint32) (from, to uint32) {
	i := 4 * int(hash>>t.ixShift)
	if i+8 > len(t.index) {
		return 0, 0
	}
	le := binary.LittleEndian
	from, to = le.Uint32(t.index[i:]), le.Uint32(t.index[i+4:])
	return from, min(to, uint32(len(t.entries)/entrySize))
}

// Entry returns entry i of Candidates.
func (t *Table) Entry(i uint32) Entry { return readEntry(t.entries, i) }

// ShortCandidates returns the range of short entries with the folded key.
func (t *Table) ShortCandidates(key uint32) (from, to uint32) {
	n := len(t.shorts) / entrySize
	le := binary.LittleEndian
	at := sort.Search(n, func(i int) bool { return le.Uint32(t.shorts[i*entrySize:]) >= key })
	end := at
	for end < n && le.Uint32(t.shorts[end*entrySize:]) == key {
		end++
	}
	return uint32(at), uint32(end)
}

// ShortEntry returns short entry i.
func (t *Table) ShortEntry(i uint32) Entry { return readEntry(t.shorts, i) }

func readEntry(b []byte, i uint32) Entry {
	e := record(b, i, entrySize)
	if e == nil {
		return Entry{Key: ^uint32(0), Lit: 1}
	}
	le := binary.LittleEndian
	return Entry{
		Key: le.Uint32(e), Anchor: le.Uint32(e[4:]), Lit: le.Uint64(e[8:]),
		Mask: le.Uint64(e[16:]), Delta: int32(le.Uint32(e[24:])),
	}
}

// record returns record i of a section of fixed-size records, nil outside.
func record(section []byte, i uint32, size int) []byte {
	off := uint64(i) * uint64(size)
	if off+uint64(size) > uint64(len(section)) {
		return nil
	}
	return section[off : off+uint64(size) : off+uint64(size)]
}
