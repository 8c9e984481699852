package ole2

import (
	"encoding/binary"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/input"
)

// The header (MS-CFB 2.2).
const (
	headerSize = 512
	magic      = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	headerFATs = 109 // FAT sectors that the header itself lists

	// Sector shifts that are accepted, as by clamscan 1.4.6.
	minShift, maxShift = 6, 28

	defaultCutoff = 4096    // bytes; smaller streams lie in the mini stream
	maxSize       = 2 << 30 // bytes of a file that is parsed, as in clamscan 1.4.6
)

// Sector numbers with a meaning (MS-CFB 2.1).
const (
	maxSector  = 0xfffffffa // the largest sector number that can be one
	endOfChain = 0xfffffffe
)

// header holds the fields of the header that are used.
type header struct {
	shift, mini         uint // log2 of sector and mini sector size
	dir, miniFAT, difat uint32
	cutoff              uint32
	fats                [headerFATs]uint32
	version4            bool
}

// parseHeader reads the header; false if this is not a compound file that can be
// read.
func parseHeader(in input.View) (h header, ok bool, err error) {
	b, err := in.Window(0, headerSize)
	if err != nil || len(b) < headerSize || string(b[:len(magic)]) != magic {
		return h, false, err
	}
	le := binary.LittleEndian
	h.shift, h.mini = uint(le.Uint16(b[30:])), uint(le.Uint16(b[32:]))
	h.version4 = le.Uint16(b[26:]) >= 4
	h.dir, h.cutoff = le.Uint32(b[48:]), le.Uint32(b[56:])
	h.miniFAT, h.difat = le.Uint32(b[60:]), le.Uint32(b[68:])
	for i := range h.fats {
		h.fats[i] = le.Uint32(b[76+4*i:])
	}
	ok = h.shift >= minShift && h.shift <= maxShift && h.mini >= 1 && h.mini <= h.shift && in.Size() <= maxSize
	return h, ok, nil
}

// file is an open compound file.
type file struct {
	header
	in      input.View
	base    int64    // offset of sector 0
	sectors int64    // whole and partial sectors that exist
	fat     []uint32 // sectors that hold the allocation table, in order
	minifat []uint32 // sectors that hold the table of mini sectors
	mini    []uint32 // sectors of the mini stream
	minilen int64    // bytes of the mini stream
}

// open reads the tables that say where everything is.
func open(in input.View, h header) *file {
	f := &file{header: h, in: in, base: max(int64(headerSize), int64(1)<<h.shift)}
	if left := in.Size() - f.base; left > 0 {
		f.sectors = (left + f.size() - 1) >> h.shift
	}
	f.readFAT()
	f.minifat = f.chain(h.miniFAT, f.sectors)
	return f
}

func (f *file) size() int64       { return 1 << f.shift }
func (f *file) perSector() int64  { return f.size() / 4 }
func (f *file) at(n uint32) int64 { return f.base + int64(n)<<f.shift }

// exists tells whether at least a part of a sector lies in the file.
func (f *file) exists(n uint32) bool { return int64(n) < f.sectors }

// u32 reads an integer of the file.
func (f *file) u32(off int64) (uint32, bool) {
	b, err := f.in.Window(off, 4)
	if err != nil {
		return 0, false
	}
	return bytesx.U32LE(b, 0)
}

// readFAT lists the sectors of the allocation table: those in the header, then
// those in the chain of DIFAT sectors. No more than describe the whole file are
// taken, so memory is bounded by the size of the file.
func (f *file) readFAT() {
	need := f.sectors/f.perSector() + 1
	for _, n := range f.fats {
		if int64(len(f.fat)) >= need {
			return
		}
		f.fat = append(f.fat, n)
	}
	last := f.perSector() - 1
	n := f.difat
	for steps := int64(0); steps < f.sectors && f.exists(n) && int64(len(f.fat)) < need; steps++ {
		for i := int64(0); i < last && int64(len(f.fat)) < need; i++ {
			v, ok := f.u32(f.at(n) + 4*i)
			if !ok {
				return
			}
			f.fat = append(f.fat, v)
		}
		next, ok := f.u32(f.at(n) + 4*last)
		if !ok {
			return
		}
		n = next
	}
}

// next returns the sector after n in its chain. Where the table itself is missing
// it is the neighbour: writers lay streams out in one piece when they can.
func (f *file) next(n uint32) uint32 {
	i := int64(n) / f.perSector()
	if i >= int64(len(f.fat)) || !f.exists(f.fat[i]) {
		return n + 1
	}
	v, ok := f.u32(f.at(f.fat[i]) + 4*(int64(n)%f.perSector()))
	if !ok {
		return n + 1
	}
	return v
}

// nextMini is next for mini sectors.
func (f *file) nextMini(n uint32) uint32 {
	i := int64(n) / f.perSector()
	if i >= int64(len(f.minifat)) {
		return n + 1
	}
	v, ok := f.u32(f.at(f.minifat[i]) + 4*(int64(n)%f.perSector()))
	if !ok {
		return n + 1
	}
	return v
}

// chain lists the sectors of a chain that exist, at most most of them.
func (f *file) chain(n uint32, most int64) []uint32 {
	var out []uint32
	for f.exists(n) && int64(len(out)) < most {
		out = append(out, n)
		n = f.next(n)
	}
	return out
}
