package dmg

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/format"
	"gclam/engine/internal/limit"
)

// The block table of a partition: a header and lines of 40 bytes.
const (
	tableMagic = "mish"
	dataAt     = 24 // offset of the partition's data in the fork
	countAt    = 200
	runsAt     = 204
	runSize    = 40
)

// Methods of runs.
const (
	methodZero    = 0x00000000
	methodRaw     = 0x00000001
	methodIgnore  = 0x00000002
	methodADC     = 0x80000004
	methodZlib    = 0x80000005
	methodBzip2   = 0x80000006
	methodLZFSE   = 0x80000007
	methodLZMA    = 0x80000008
	methodComment = 0x7ffffffe
	methodEnd     = 0xffffffff
)

// run is a row of sectors and where their data is. Sizes are in bytes.
type run struct {
	method      uint32
	start, size int64
	off, length int64
}

func (r run) hole() bool { return r.method == methodZero || r.method == methodIgnore }

// table hands over the partition of one block table; what is not one is skipped.
func (u *unpacker) table(b []byte) error {
	if len(b) < runsAt || !bytes.HasPrefix(b, []byte(tableMagic)) {
		return nil
	}
	if u.tables >= maxTables {
		u.out.Fact(format.Skipped, 0)
		return nil
	}
	u.tables++
	runs := u.runs(b)
	if len(runs) == 0 {
		return nil
	}
	last := runs[len(runs)-1]
	d := &disk{u: u, runs: runs}
	defer d.close()
	g := codec.Guard(u.ctx, u.b, d)
	m := format.Meta{CompressedSize: -1, Size: last.start + last.size, Type: "PART_ANY", NoMeta: true}
	if err := u.out.Child(m, codec.Cut(u.b, g)); err != nil {
		return err
	}
	if errors.Is(g.Err(), limit.ErrStop) {
		return limit.ErrStop
	}
	if d.fact != "" {
		u.out.Fact(d.fact, 0)
	}
	return nil
}

// runs reads the lines of a table, in the order of their place in the partition,
// without the holes at its end. It is empty if no data would come out.
func (u *unpacker) runs(b []byte) []run {
	count := int64(binary.BigEndian.Uint32(b[countAt:]))
	base := u.fork + number(b, dataAt)
	lines := b[runsAt:]
	var runs []run
	for ; count > 0 && len(lines) >= runSize; count-- {
		r := run{
			method: binary.BigEndian.Uint32(lines),
			start:  sectors(lines, 8), size: sectors(lines, 16),
			off: base + number(lines, 24), length: number(lines, 32),
		}
		lines = lines[runSize:]
		if r.method == methodEnd {
			break
		}
		if r.method != methodComment && r.size > 0 {
			runs = append(runs, r)
		}
	}
	if count > 0 && len(lines) < runSize {
		u.out.Fact(format.Truncated, 0)
	}
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(a.start, b.start) })
	for len(runs) > 0 && !u.readable(runs[len(runs)-1]) {
		runs = runs[:len(runs)-1]
	}
	return runs
}

// sectors reads a number of sectors as bytes.
func sectors(b []byte, off int) int64 {
	const most = 1 << 40
	return int64(min(binary.BigEndian.Uint64(b[off:]), most)) * sector
}

// readable tells whether a run has data that can be decoded.
func (u *unpacker) readable(r run) bool {
	switch r.method {
	case methodRaw, methodADC, methodZlib, methodBzip2, methodLZFSE, methodLZMA:
		if r.off < u.in.Size() {
			return true
		}
		u.out.Fact(format.Truncated, u.in.Size())
	case methodZero, methodIgnore:
	default:
		u.out.Fact(format.Unsupported, 0)
	}
	return false
}
