package gpt

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	minHeader  = 92
	minEntry   = 128
	nameAt     = 56
	nameSize   = 72
	maxSector  = 4096
	maxEntries = 1 << 14 // lines of a table looked at
	checkEvery = 1024
)

var magic = []byte("EFI PART")

// header says where a table lies, in sectors.
type header struct {
	sound     bool // its checksum is right
	table     int64
	entries   int64
	entrySize int64
	tableCRC  uint32
}

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	sector, err := sectorSize(in)
	if err != nil {
		return err
	}
	if sector == 0 {
		out.Fact(format.Damaged, 0)
		return nil
	}
	primary, _, err := readHeader(in, sector)
	if err != nil {
		return err
	}
	backup, ok, err := readHeader(in, (in.Size()-1)/sector*sector)
	if err != nil {
		return err
	}
	tables := []header{primary}
	switch {
	case !ok || !backup.sound:
	case !primary.sound:
		out.Fact(format.Damaged, sector)
		tables = []header{backup, primary}
	case backup.tableCRC != primary.tableCRC:
		tables = append(tables, backup)
	}
	var parts []format.Partition
	for _, h := range tables {
		p, err := read(ctx, in, b, h, sector)
		if err != nil {
			return err
		}
		if at := format.Intersecting(p); at >= 0 && h.sound {
			out.Fact(format.PartitionOverlap, at)
		}
		parts = append(parts, p...)
	}
	return format.Partitions(in, b, out, parts)
}

// sectorSize finds the size of a sector by the place of the primary header, 0
// if there is none.
func sectorSize(in input.View) (int64, error) {
	for n := int64(512); n <= maxSector; n *= 2 {
		w, err := in.Window(n, int64(len(magic)))
		if err != nil {
			return 0, err
		}
		if bytes.Equal(w, magic) {
			return n, nil
		}
	}
	return 0, nil
}

func readHeader(in input.View, off int64) (header, bool, error) {
	w, err := in.Window(off, minHeader)
	if err != nil || len(w) < minHeader || !bytes.HasPrefix(w, magic) {
		return header{}, false, err
	}
	le := binary.LittleEndian
	h := header{
		table: clip(le.Uint64(w[72:])), entries: int64(le.Uint32(w[80:])),
		entrySize: int64(le.Uint32(w[84:])), tableCRC: le.Uint32(w[88:]),
	}
	size := int64(le.Uint32(w[12:]))
	if size < minHeader || size > maxSector {
		return h, true, nil
	}
	all, err := in.Window(off, size)
	if err != nil || int64(len(all)) < size {
		return h, true, err
	}
	c := bytes.Clone(all)
	want := le.Uint32(c[16:])
	clear(c[16:20])
	h.sound = crc32.ChecksumIEEE(c) == want
	return h, true, nil
}

// clip keeps a number of sectors in a range in which sums and products of it do
// not overflow.
func clip(n uint64) int64 { return int64(min(n, 1<<48)) }

// read lists the partitions of a table that lie on the disk.
func read(ctx context.Context, in input.View, b *limit.Budget, h header, sector int64) ([]format.Partition, error) {
	var parts []format.Partition
	if h.entrySize < minEntry {
		return nil, nil
	}
	for i := range min(h.entries, maxEntries) {
		if i%checkEvery == 0 {
			if err := b.Check(ctx); err != nil {
				return nil, err
			}
		}
		w, err := in.Window(h.table*sector+i*h.entrySize, minEntry)
		if err != nil {
			return nil, err
		}
		if len(w) < minEntry {
			break
		}
		first, last := clip(binary.LittleEndian.Uint64(w[32:])), clip(binary.LittleEndian.Uint64(w[40:]))
		if bytes.Equal(w[:16], make([]byte, 16)) || first > last || first*sector >= in.Size() {
			continue
		}
		parts = append(parts, format.Partition{
			Name: name(w[nameAt : nameAt+nameSize]), Start: first * sector, Size: (last - first + 1) * sector,
		})
	}
	return parts, nil
}

func name(b []byte) string {
	var u []uint16
	for ; len(b) >= 2; b = b[2:] {
		c := binary.LittleEndian.Uint16(b)
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return string(utf16.Decode(u))
}
