package apm

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	sector     = 512
	entrySize  = 80 // what is looked at
	nameAt     = 16
	typeAt     = 48
	nameSize   = 32
	maxEntries = 1 << 14
	checkEvery = 1024
)

var magic = []byte("PM\x00\x00")

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	head, err := in.Window(0, 4)
	if err != nil {
		return err
	}
	units := []int64{sector}
	if len(head) == 4 {
		if n := int64(binary.BigEndian.Uint16(head[2:])); n > sector && n%sector == 0 {
			units = append(units, n)
		}
	}
	var parts []format.Partition
	for _, unit := range units {
		p, err := read(ctx, in, b, unit)
		if err != nil {
			return err
		}
		if at := format.Intersecting(p); at >= 0 {
			out.Fact(format.PartitionOverlap, at)
		}
		parts = append(parts, p...)
	}
	if len(parts) == 0 {
		out.Fact(format.Damaged, sector)
	}
	return format.Partitions(in, b, out, parts)
}

// read lists the partitions of the map whose entries lie one unit apart.
func read(ctx context.Context, in input.View, b *limit.Budget, unit int64) ([]format.Partition, error) {
	var parts []format.Partition
	count := int64(1)
	for i := int64(1); i <= min(count, maxEntries); i++ {
		if i%checkEvery == 0 {
			if err := b.Check(ctx); err != nil {
				return nil, err
			}
		}
		w, err := in.Window(i*unit, entrySize)
		if err != nil {
			return nil, err
		}
		if len(w) < entrySize || !bytes.HasPrefix(w, magic) {
			break
		}
		if i == 1 {
			count = int64(binary.BigEndian.Uint32(w[4:]))
		}
		start, size := int64(binary.BigEndian.Uint32(w[8:])), int64(binary.BigEndian.Uint32(w[12:]))
		if size == 0 || start*unit >= in.Size() || skipped(text(w[typeAt:typeAt+nameSize])) {
			continue
		}
		parts = append(parts, format.Partition{Name: text(w[nameAt : nameAt+nameSize]), Start: start * unit, Size: size * unit})
	}
	return parts, nil
}

// skipped tells whether partitions of a type hold nothing of their own.
func skipped(kind string) bool {
	switch strings.ToLower(kind) {
	case "apple_partition_map", "apple_void", "apple_free":
		return true
	}
	return false
}

func text(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}
