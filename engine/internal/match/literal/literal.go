// Package literal finds the literals of one or two tables in a buffer and
// reports what they stand for.
//
// In goes a buffer and tables of the compiled database, out come (window
// offset, anchor) pairs, in order of offset for each table. A literal is looked
// up by the hash of four case-folded bytes, or of two for literals shorter than
// four, and compared exactly up to eight bytes; so what is reported really is
// there. The work per byte is constant but for the entries that share a window,
// whose number the database bounds. This is ours because no library keeps its
// tables in a mapped file, reports every offset, and folds case per literal.
package literal

import (
	"encoding/binary"

	"gclam/engine/internal/db"
)

// Found receives a literal: the offset of its window in the buffer and its
// anchor. It returns false to end the scan.
type Found func(at int, anchor uint32) bool

// Block is how many bytes Scan looks at between two calls of check.
const Block = 1 << 18

// Scan reports every literal of the tables in buf. Tables may be nil. check is
// called once for each Block bytes and ends the scan by returning false.
func Scan(buf []byte, tables []*db.Table, found Found, check func() bool) bool {
	for from := 0; from < len(buf); from += Block {
		if check != nil && !check() {
			return false
		}
		to := min(from+Block, len(buf))
		for _, t := range tables {
			if t == nil {
				continue
			}
			if !scanLong(buf, from, to, t, found) || t.Short != nil && !scanShort(buf, from, to, t, found) {
				return false
			}
		}
	}
	return true
}

func scanLong(buf []byte, from, to int, t *db.Table, found Found) bool {
	last := min(to, len(buf)-3)
	bitmap, shift := t.Bitmap, t.Shift
	if len(bitmap) == 0 {
		return true
	}
	mask := uint32(len(bitmap)*8 - 1)
	for i := from; i < last; i++ {
		h := db.WindowHash(binary.LittleEndian.Uint32(buf[i:]))
		b := h >> (shift & 31) & mask
		if bitmap[b>>3]&(1<<(b&7)) == 0 {
			continue
		}
		if !long(buf, i, h, t, found) {
			return false
		}
	}
	return true
}

func long(buf []byte, i int, hash uint32, t *db.Table, found Found) bool {
	key := binary.LittleEndian.Uint32(buf[i:]) | 0x20202020
	from, to := t.Candidates(hash)
	for ; from < to; from++ {
		e := t.Entry(from)
		if e.Key == key && same(buf, i+int(e.Delta), e.Lit, e.Mask) && !found(i, e.Anchor) {
			return false
		}
	}
	return true
}

func scanShort(buf []byte, from, to int, t *db.Table, found Found) bool {
	last := min(to, len(buf)-1)
	for i := from; i < last; i++ {
		key := uint32(binary.LittleEndian.Uint16(buf[i:])) | 0x2020
		if t.Short[key>>3]&(1<<(key&7)) == 0 {
			continue
		}
		lo, hi := t.ShortCandidates(key)
		for ; lo < hi; lo++ {
			e := t.ShortEntry(lo)
			if same(buf, i+int(e.Delta), e.Lit, e.Mask) && !found(i, e.Anchor) {
				return false
			}
		}
	}
	return true
}

// same compares up to eight bytes at off under a mask.
func same(buf []byte, off int, lit, mask uint64) bool {
	if off >= 0 && off+8 <= len(buf) {
		return binary.LittleEndian.Uint64(buf[off:])&mask == lit
	}
	for ; mask != 0; off, lit, mask = off+1, lit>>8, mask>>8 {
		if off < 0 || off >= len(buf) || buf[off]&byte(mask) != byte(lit) {
			return false
		}
	}
	return true
}
