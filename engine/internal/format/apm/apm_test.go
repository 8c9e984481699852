package apm_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/apm"
	"gclam/engine/internal/format/formattest"
)

var unpack = format.Func(apm.Unpack)

type part struct {
	name, kind  string
	start, size int
}

// disk puts a map whose entries lie unit bytes apart onto 64 KiB.
func disk(block, unit int, parts ...part) []byte {
	b := make([]byte, 64<<10)
	copy(b, "ER")
	binary.BigEndian.PutUint16(b[2:], uint16(block))
	parts = append([]part{{"Apple", "Apple_partition_map", 1, 3}}, parts...)
	for i, p := range parts {
		e := b[(i+1)*unit:]
		copy(e, "PM\x00\x00")
		binary.BigEndian.PutUint32(e[4:], uint32(len(parts)))
		binary.BigEndian.PutUint32(e[8:], uint32(p.start))
		binary.BigEndian.PutUint32(e[12:], uint32(p.size))
		copy(e[16:48], p.name)
		copy(e[48:80], p.kind)
	}
	return b
}

func TestPartitionsAreChildren(t *testing.T) {
	t.Parallel()
	hybrid := disk(2048, 512, part{"small", "Apple_HFS", 40, 4})
	copy(hybrid[2048:], disk(2048, 2048, part{"large", "Apple_HFS", 20, 2})[2048:8192])
	for _, c := range []struct {
		name, want string
		disk       []byte
		fact       format.Fact
	}{
		{"the map and free space are left out", "disk", disk(512, 512, part{"disk", "Apple_HFS", 10, 5}, part{"", "Apple_Free", 20, 5}, part{"", "Apple_Void", 30, 5}), ""},
		{"partitions that intersect", "a b", disk(512, 512, part{"a", "Apple_HFS", 10, 10}, part{"b", "Apple_HFS", 15, 5}), format.PartitionOverlap},
		{"a partition past the end", "a", disk(512, 512, part{"a", "x", 100, 1000}, part{"b", "x", 128, 1}), format.Truncated},
		{"two maps", "small large", hybrid, ""},
		{"no map", "", disk(512, 512)[:512], format.Damaged},
	} {
		r := formattest.Run(unpack, c.disk)
		var names []string
		for _, ch := range r.Children {
			names = append(names, ch.Name)
		}
		if got := strings.Join(names, " "); got != c.want || r.Err != nil || c.fact != "" && !r.Has(c.fact) {
			t.Errorf("%s: got %q, want %q, facts %v, error %v", c.name, got, c.want, r.Facts, r.Err)
		}
	}
}

func TestAMapOfAnyClaimedLengthEnds(t *testing.T) {
	t.Parallel()
	b := disk(512, 512, part{"disk", "Apple_HFS", 10, 5})
	binary.BigEndian.PutUint32(b[512+4:], 0xffffffff)
	if r := formattest.Run(unpack, b); r.Err != nil || len(r.Children) != 1 {
		t.Errorf("%d children, error %v", len(r.Children), r.Err)
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, disk(2048, 512, part{"disk", "Apple_HFS", 10, 5}))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, disk(512, 512, part{"disk", "Apple_HFS", 10, 5}), disk(2048, 2048, part{"disk", "Apple_HFS", 10, 5}))
}
