package gpt_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/gpt"
)

var unpack = format.Func(gpt.Unpack)

type part struct {
	name        string
	first, last int
}

func table(parts ...part) []byte {
	b := make([]byte, 4*128)
	for i, p := range parts {
		e := b[i*128:]
		e[0] = 1
		binary.LittleEndian.PutUint64(e[32:], uint64(p.first))
		binary.LittleEndian.PutUint64(e[40:], uint64(p.last))
		for k, c := range p.name {
			e[56+2*k] = byte(c)
		}
	}
	return b
}

func header(tableAt int, tab []byte) []byte {
	h := make([]byte, 92)
	copy(h, "EFI PART")
	le := binary.LittleEndian
	le.PutUint32(h[12:], 92)
	le.PutUint64(h[72:], uint64(tableAt))
	le.PutUint32(h[80:], 4)
	le.PutUint32(h[84:], 128)
	le.PutUint32(h[88:], crc32.ChecksumIEEE(tab))
	le.PutUint32(h[16:], crc32.ChecksumIEEE(h))
	return h
}

// disk has sectors filled with their number, and two tables.
func disk(sector int, primary, backup []byte) []byte {
	const n = 64
	b := make([]byte, n*sector)
	for i := range b {
		b[i] = byte(i / sector)
	}
	clear(b[:3*sector])
	copy(b[sector:], header(2, primary))
	copy(b[2*sector:], primary)
	copy(b[62*sector:], backup)
	copy(b[63*sector:], header(62, backup))
	return b
}

func names(r formattest.Result) string {
	var s []string
	for _, c := range r.Children {
		s = append(s, c.Name)
	}
	return strings.Join(s, " ")
}

func TestPartitionsAreChildren(t *testing.T) {
	t.Parallel()
	one, two := table(part{"one", 20, 22}), table(part{"two", 30, 33})
	broken := disk(512, one, two)
	broken[512+24] ^= 1
	headless := disk(512, one, two)
	headless[512+24] ^= 1
	headless[63*512+24] ^= 1
	for _, c := range []struct {
		name string
		disk []byte
		want string
		fact format.Fact
	}{
		{"sectors of 512 bytes", disk(512, one, one), "one", ""},
		{"sectors of 4096 bytes", disk(4096, one, one), "one", ""},
		{"tables that differ", disk(512, one, two), "one two", ""},
		{"a damaged primary header", broken, "two one", format.Damaged},
		{"both headers damaged", headless, "one", ""},
		{"partitions that intersect", disk(512, table(part{"a", 20, 30}, part{"b", 30, 40}), one), "a b one", format.PartitionOverlap},
		{"a partition past the end", disk(512, table(part{"a", 62, 100}, part{"b", 64, 70}), nil), "a", format.Truncated},
		{"a partition that ends before it starts", disk(512, table(part{"a", 40, 30}), one), "one", ""},
	} {
		r := formattest.Run(unpack, c.disk)
		if got := names(r); got != c.want || r.Err != nil || c.fact != "" && !r.Has(c.fact) {
			t.Errorf("%s: got %q, want %q, facts %v, error %v", c.name, got, c.want, r.Facts, r.Err)
		}
		if c.fact == "" && r.Has(format.PartitionOverlap) {
			t.Errorf("%s: an intersection was claimed", c.name)
		}
	}
	r := formattest.Run(unpack, disk(512, one, one))
	if d := r.Children[0].Data; len(d) != 3*512 || d[0] != 20 || r.Children[0].Type != "PART_ANY" {
		t.Errorf("partition of %d bytes", len(d))
	}
}

func TestATableOfAnyClaimedSizeEnds(t *testing.T) {
	t.Parallel()
	b := disk(512, table(part{"a", 20, 22}), nil)
	le := binary.LittleEndian
	for _, size := range []uint32{0, 1, 127, 128, 1 << 31, 0xffffffff} {
		le.PutUint32(b[512+80:], 0xffffffff)
		le.PutUint32(b[512+84:], size)
		le.PutUint64(b[512+72:], 2)
		if r := formattest.Run(unpack, b); r.Err != nil {
			t.Errorf("entries of %d bytes: %v", size, r.Err)
		}
	}
	le.PutUint64(b[512+72:], 1<<63)
	if r := formattest.Run(unpack, b); r.Err != nil || len(r.Children) > 0 {
		t.Errorf("table at the end of the world: %d children, %v", len(r.Children), r.Err)
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, disk(512, table(part{"one", 20, 22}), table(part{"two", 30, 33})))
	if r := formattest.Run(unpack, bytes.Repeat([]byte{1}, 5000)); !r.Has(format.Damaged) {
		t.Errorf("facts %v", r.Facts)
	}
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, disk(512, table(part{"one", 20, 22}), table(part{"two", 30, 33})))
}
