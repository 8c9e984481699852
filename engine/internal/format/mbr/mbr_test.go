package mbr_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/mbr"
	"gclam/engine/internal/limit"
)

var unpack = format.Func(mbr.Unpack)

const sector = 512

type part struct {
	status, typ byte
	start, size int
}

// table writes a partition table into the sector at index at.
func table(disk []byte, at int, parts ...part) {
	s := disk[at*sector : (at+1)*sector]
	for i, p := range parts {
		e := s[446+16*i:]
		e[0], e[4] = p.status, p.typ
		binary.LittleEndian.PutUint32(e[8:], uint32(p.start))
		binary.LittleEndian.PutUint32(e[12:], uint32(p.size))
	}
	s[510], s[511] = 0x55, 0xaa
}

// disk makes sectors that are each filled with their number.
func disk(n int) []byte {
	b := make([]byte, n*sector)
	for i := range b {
		b[i] = byte(i / sector)
	}
	clear(b[:sector])
	return b
}

// starts lists the sectors at which the partitions start.
func starts(r formattest.Result) []byte {
	var s []byte
	for _, c := range r.Children {
		if c.Type == "PART_ANY" && len(c.Data) > 0 {
			s = append(s, c.Data[0])
		}
	}
	return s
}

func TestPartitionsAreChildren(t *testing.T) {
	t.Parallel()
	extended := disk(64)
	table(extended, 0, part{0x80, 0x83, 2, 3}, part{0, 0x0f, 10, 50})
	clear(extended[10*sector : 11*sector])
	table(extended, 10, part{0, 0x83, 1, 4}, part{0, 0x05, 20, 10})
	clear(extended[30*sector : 31*sector])
	table(extended, 30, part{0, 0x83, 2, 4}, part{0, 0x05, 0, 10}) // back to the first

	twoBad := disk(64)
	table(twoBad, 0, part{0x11, 0x83, 2, 3}, part{0, 0x83, 60, 100})
	gpt := disk(64)
	table(gpt, 0, part{0, 0xee, 1, 63})
	overlap := disk(64)
	table(overlap, 0, part{0, 0x83, 2, 10}, part{0, 0x83, 5, 10})
	for _, c := range []struct {
		name    string
		disk    []byte
		want    []byte
		overlap bool
	}{
		{"logical partitions, whose chain is a ring", extended, []byte{2, 11, 32}, false},
		{"a bad status is skipped, a cut partition is clipped", twoBad, []byte{60}, false},
		{"a protective table is left to GPT", gpt, nil, false},
		{"partitions that intersect", overlap, []byte{2, 5}, true},
		{"no intersection is claimed where the table is not sound", append(bytes.Clone(overlap), 'x'), []byte{2, 5}, false},
		{"one sector", overlap[:sector], nil, false},
	} {
		r := formattest.Run(unpack, c.disk)
		if got := starts(r); !bytes.Equal(got, c.want) || r.Err != nil {
			t.Errorf("%s: partitions at %v, want %v, error %v", c.name, got, c.want, r.Err)
		}
		if r.Has(format.PartitionOverlap) != c.overlap {
			t.Errorf("%s: facts %v", c.name, r.Facts)
		}
		if len(c.want) > 0 && (len(r.Children[0].Data) != sector || r.Children[0].Type != "") {
			t.Errorf("%s: the boot sector is no child", c.name)
		}
	}
}

func TestALongChainEnds(t *testing.T) {
	t.Parallel()
	b := make([]byte, 8192*sector)
	table(b, 0, part{0, 0x05, 1, 8000})
	for i := 1; i < 8191; i++ {
		table(b, i, part{0, 0x83, 0, 1}, part{0, 0x05, i, 1})
	}
	r := formattest.Run(unpack, b)
	if n := len(r.Children); n > 4100 || r.Err != nil && r.Err != limit.ErrStop {
		t.Errorf("%d children, error %v", n, r.Err)
	}
}

func sample() []byte {
	b := disk(16)
	table(b, 0, part{0x80, 0x83, 2, 3}, part{0, 0x05, 6, 8})
	clear(b[6*sector : 7*sector])
	table(b, 6, part{0, 0x83, 1, 4})
	return b
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, sample())
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, unpack, sample()) }
