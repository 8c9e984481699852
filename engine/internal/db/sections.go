package db

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sort"

	"gclam/engine/internal/cltype"
)

// SectionInfo is one section of an image, for tools that show what is in it.
type SectionInfo struct {
	Name string // "meta", "bodies", "table of target 1" …
	Size int64  // bytes, without alignment
}

// Sections lists the sections of the image in file order.
func (d *DB) Sections() []SectionInfo {
	le := binary.LittleEndian
	if len(d.raw) < headerSize {
		return nil
	}
	n := int(min(le.Uint32(d.raw[12:]), maxSection))
	toc := d.raw[headerSize:min(headerSize+n*tocEntry, len(d.raw))]
	out := make([]SectionInfo, 0, n)
	for ; len(toc) >= tocEntry; toc = toc[tocEntry:] {
		out = append(out, SectionInfo{sectionID(le.Uint32(toc)).String(), int64(le.Uint64(toc[16:]))})
	}
	return out
}

// Words for uses and kinds of hashes, in the order of sig's constants.
var (
	hashUses  = [...]string{"file", "section", "import", "allow-list"}
	hashKinds = [...]string{"MD5", "SHA-1", "SHA-256"}
)

// String names a section in words.
func (id sectionID) String() string {
	names := map[sectionID]string{
		secMeta: "meta", secStrings: "strings", secFamily: "name families", secProgram: "pattern programs",
		secBody: "body signatures", secLogical: "logical signatures", secSub: "subsignatures",
		secExpr: "logical expressions", secAnchor: "anchors", secLists: "lists", secBlobs: "blobs",
		secPattern: "pattern index",
	}
	switch {
	case names[id] != "":
		return names[id]
	case id >= secHash:
		n := int(id - secHash)
		if use, kind := n/4, n%4; use < len(hashUses) && kind < len(hashKinds) {
			return hashUses[use] + " hashes, " + hashKinds[kind]
		}
	case id >= secAlways && id < secAlways+sectionID(cltype.TargetCount):
		return fmt.Sprintf("always evaluated, target %d", id-secAlways)
	case id >= secTable && id < secTable+sectionID(cltype.TargetCount):
		return fmt.Sprintf("literal table, target %d", id-secTable)
	}
	return fmt.Sprintf("section %d", uint32(id))
}

// Slot is one bucket of a literal table.
type Slot struct {
	Number  int    // index slot
	Entries int    // literals that share it
	Literal []byte // the bytes compared for its first literal
	Anchor  uint32 // of that literal
}

// TableStats are the measures of a literal table.
type TableStats struct {
	Size         int64 // bytes
	Entries      int   // literals of four bytes and more
	ShortEntries int   // literals of two and three bytes
	BitmapBits   int
	BitmapSet    int // bits set: the share of windows that pass the filter
	Slots        int
	Fullest      []Slot // by falling number of entries
}

// Stats measures a table and finds its fullest buckets, at most top.
func (t *Table) Stats(top int) TableStats {
	s := TableStats{
		Size:    tableHeader + int64(len(t.Bitmap)+len(t.index)+len(t.entries)+len(t.Short)+len(t.shorts)),
		Entries: len(t.entries) / entrySize, ShortEntries: len(t.shorts) / entrySize,
		BitmapBits: 8 * len(t.Bitmap), Slots: max(len(t.index)/4-1, 0),
	}
	for _, b := range t.Bitmap {
		s.BitmapSet += bits.OnesCount8(b)
	}
	var all []Slot
	for i := range s.Slots {
		from, to := t.Candidates(uint32(i) << t.ixShift)
		if to <= from+1 {
			continue
		}
		all = append(all, Slot{Number: i, Entries: int(to - from), Literal: t.literal(from), Anchor: t.Entry(from).Anchor})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Entries > all[j].Entries })
	s.Fullest = all[:min(top, len(all))]
	return s
}

// literal returns the bytes that entry i compares.
func (t *Table) literal(i uint32) []byte {
	e := t.Entry(i)
	var b []byte
	for n := 0; n < 8 && byte(e.Mask>>(8*n)) != 0; n++ {
		b = append(b, byte(e.Lit>>(8*n)))
	}
	return b
}
