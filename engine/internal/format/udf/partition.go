package udf

import (
	"bytes"
	"sort"
)

// kind is how a partition maps its blocks.
type kind uint8

const (
	plain    kind = iota
	virtual       // through a table, the last file of the disc
	metadata      // through a file
)

const (
	mapTypical  = 1
	mapSpecial  = 2
	specialSize = 64
	maxTable    = 16 << 20 // bytes of a virtual allocation table
)

// partition is what a reference number in an address means.
type partition struct {
	kind  kind
	start int64 // of the partition below, in blocks
	// file is the number of the block of the metadata file's entry.
	file, mirror uint32
	data         *file   // the metadata file
	ends         []int64 // of its extents, in bytes of the file
	table        []byte  // the virtual allocation table
}

// parseMap reads a partition map, ECMA-167 3/10.7 and UDF 2.2.8 to 2.2.10.
func parseMap(b []byte, where map[uint16]int64) partition {
	if b[0] != mapSpecial || len(b) < specialSize {
		return partition{start: where[le.Uint16(b[4:])]}
	}
	p := partition{start: where[le.Uint16(b[38:])]}
	switch {
	case bytes.Contains(b[4:36], []byte("*UDF Virtual Partition")):
		p.kind = virtual
	case bytes.Contains(b[4:36], []byte("*UDF Metadata Partition")):
		p.kind, p.file, p.mirror = metadata, le.Uint32(b[40:]), le.Uint32(b[44:])
	}
	return p
}

// resolve loads what a partition maps its blocks through. The numbers of blocks
// there are those of the partition below, which is plain.
func (u *unpacker) resolve(p *partition) error {
	switch p.kind {
	case metadata:
		for _, n := range []uint32{p.file, p.mirror} {
			f, err := u.entryAt((p.start+int64(n))*u.block, p.start)
			if err != nil {
				return err
			}
			if f != nil && f.size > 0 {
				p.cover(f)
				return nil
			}
		}
	case virtual:
		return u.loadTable(p)
	}
	return nil
}

// cover makes f the file that maps the blocks.
func (p *partition) cover(f *file) {
	p.data = f
	end := int64(0)
	for _, e := range f.extents {
		end += e.size
		p.ends = append(p.ends, end)
	}
}

// loadTable looks for the virtual allocation table: its entry is in the last
// block that was written.
func (u *unpacker) loadTable(p *partition) error {
	const back = 400 // blocks that may follow it
	last := u.in.Size() / u.block
	for i := int64(1); i <= back && i < last; i++ {
		f, err := u.entryAt((last-i)*u.block, p.start)
		if err != nil {
			return err
		}
		if f == nil || f.typ != typeTable && f.typ != typeOldTable {
			continue
		}
		r, have := u.open(f)
		if have == 0 {
			continue
		}
		t := make([]byte, 0, 4096)
		for len(t) < maxTable {
			if err := u.b.Check(u.ctx); err != nil {
				return err
			}
			n, err := r.Read(t[len(t):cap(t)])
			t = t[:len(t)+n]
			if err != nil {
				break
			}
			if len(t) == cap(t) {
				t = append(t, 0)[:len(t)]
			}
		}
		if f.typ == typeTable && len(t) > 2 { // a header precedes the numbers
			t = t[min(int(le.Uint16(t)), len(t)):]
		}
		p.table = t
		return nil
	}
	return nil
}

// address is a block of a partition by its reference number.
type address struct {
	block uint32
	part  uint16
}

// place returns where a block is in the object, -1 if nowhere. In a metadata
// partition blocks follow each other within an extent only.
func (u *unpacker) place(a address) int64 {
	if int(a.part) >= len(u.parts) {
		return -1
	}
	p := &u.parts[a.part]
	switch p.kind {
	case metadata:
		if p.data == nil {
			return -1
		}
		off := int64(a.block) * u.block
		i := sort.Search(len(p.ends), func(i int) bool { return p.ends[i] > off })
		if i == len(p.ends) || p.data.extents[i].hole {
			return -1
		}
		e := p.data.extents[i]
		return e.off + off - (p.ends[i] - e.size)
	case virtual:
		i := 4 * int64(a.block)
		if i+4 > int64(len(p.table)) {
			return -1
		}
		return (p.start + int64(le.Uint32(p.table[i:]))) * u.block
	}
	return (p.start + int64(a.block)) * u.block
}

func (u *unpacker) window(a address, n int64) ([]byte, error) {
	off := u.place(a)
	if off < 0 {
		return nil, nil
	}
	return u.in.Window(off, n)
}
