package mbr

import (
	"context"
	"encoding/binary"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	sector    = 512
	tableAt   = 446
	entrySize = 16
	entries   = 4
	signature = 0xaa55
	// maxChain bounds the chain of extended tables beyond what MaxPartitions does.
	maxChain = 1 << 12
)

// Partition types that matter here.
const (
	typeExtended    = 0x05
	typeExtendedLBA = 0x0f
	typeExtendedLX  = 0x85
	typeProtective  = 0xee
	typeHybrid      = 0xed // of a table that a GPT shares
)

// entry is one line of a table. Start and size are in sectors.
type entry struct {
	status, typ byte
	start, size int64
}

func (e entry) used() bool { return e.typ != 0 && e.size > 0 }

func (e entry) valid() bool { return e.status == 0 || e.status == 0x80 }

func (e entry) extended() bool {
	return e.typ == typeExtended || e.typ == typeExtendedLBA || e.typ == typeExtendedLX
}

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	if in.Size() < 2*sector {
		return nil // the boot sector of a disk, handed over below
	}
	table, ok, err := read(in, 0)
	if err != nil {
		return err
	}
	if !ok || table[0].typ == typeProtective || table[0].typ == typeHybrid {
		return nil
	}
	var parts []format.Partition
	for _, e := range table {
		if !e.used() || !e.valid() {
			continue
		}
		if e.extended() {
			logical, err := chain(ctx, in, b, e.start)
			if err != nil {
				return err
			}
			parts = append(parts, logical...)
			continue
		}
		parts = append(parts, format.Partition{Start: e.start * sector, Size: e.size * sector})
	}
	if len(parts) == 0 {
		return nil
	}
	if at := format.Intersecting(parts); at >= 0 && sound(in, table) {
		out.Fact(format.PartitionOverlap, at)
	}
	first := format.Meta{CompressedSize: sector, Size: sector, NoMeta: true}
	if err := out.Child(first, in.Section(0, sector).Reader()); err != nil {
		return err
	}
	return format.Partitions(in, b, out, parts)
}

// sound tells whether a table is beyond doubt one (observed: clamscan 1.4.6
// opens no others).
func sound(in input.View, table [entries]entry) bool {
	if in.Size()%sector != 0 {
		return false
	}
	for _, e := range table {
		if !e.valid() || e.start+e.size > in.Size()/sector {
			return false
		}
	}
	return true
}

// read parses the table of the sector at off.
func read(in input.View, off int64) (t [entries]entry, ok bool, err error) {
	w, err := in.Window(off, sector)
	if err != nil || len(w) < sector || binary.LittleEndian.Uint16(w[sector-2:]) != signature {
		return t, false, err
	}
	for i := range t {
		e := w[tableAt+i*entrySize:]
		t[i] = entry{
			status: e[0], typ: e[4],
			start: int64(binary.LittleEndian.Uint32(e[8:])), size: int64(binary.LittleEndian.Uint32(e[12:])),
		}
	}
	return t, true, nil
}

// chain follows the tables of an extended partition that starts at sector base.
// The first entry is a partition, relative to its table; the second points to
// the next table, relative to base.
func chain(ctx context.Context, in input.View, b *limit.Budget, base int64) ([]format.Partition, error) {
	var parts []format.Partition
	seen := map[int64]bool{}
	for at := base; !seen[at] && len(seen) < maxChain; {
		if err := b.Check(ctx); err != nil {
			return nil, err
		}
		seen[at] = true
		t, ok, err := read(in, at*sector)
		if err != nil || !ok {
			return parts, err
		}
		next := int64(-1)
		for _, e := range t {
			switch {
			case !e.used():
			case e.extended():
				if next < 0 {
					next = base + e.start
				}
			default:
				parts = append(parts, format.Partition{Start: (at + e.start) * sector, Size: e.size * sector})
			}
		}
		if next < 0 {
			break
		}
		at = next
	}
	return parts, nil
}
