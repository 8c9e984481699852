package format

import (
	"sort"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Partition is a part of a disk as a partition table gives it.
type Partition struct {
	Name        string
	Start, Size int64 // bytes
}

// Partitions hands over the parts of a disk for the partition tables: each part
// once, as a partition (the walk finds out which file system it holds), clipped
// to the disk, at most MaxPartitions of them.
func Partitions(in input.View, b *limit.Budget, out Sink, parts []Partition) error {
	type place struct{ start, size int64 }
	seen := map[place]bool{}
	n := 0
	for _, p := range parts {
		v := in.Section(p.Start, p.Size)
		key := place{p.Start, v.Size()}
		if v.Size() == 0 || seen[key] {
			continue
		}
		if most := b.Limits().Parts; most > 0 && n >= most {
			b.Hit(limit.Partitions)
			out.Fact(Skipped, p.Start)
			return nil
		}
		n++
		seen[key] = true
		if v.Size() < p.Size {
			out.Fact(Truncated, in.Size())
		}
		m := Meta{Name: p.Name, CompressedSize: p.Size, Size: p.Size, Type: "PART_ANY", NoMeta: true}
		if err := out.Child(m, v.Reader()); err != nil {
			return err
		}
	}
	return nil
}

// Intersecting returns the offset where two parts share bytes, or -1.
func Intersecting(parts []Partition) int64 {
	s := append([]Partition(nil), parts...)
	sort.Slice(s, func(i, k int) bool { return s[i].Start < s[k].Start })
	end := int64(-1)
	for _, p := range s {
		if p.Size <= 0 {
			continue
		}
		if p.Start < end {
			return p.Start
		}
		end = max(end, p.Start+p.Size)
	}
	return -1
}
