package udf_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/udf"
)

var unpack = format.Func(udf.Unpack)

var le = binary.LittleEndian

const (
	block = 2048
	start = 300 // of the partition
)

// volume is an image under construction.
type volume struct{ b []byte }

func newVolume(blocks int) *volume { return &volume{make([]byte, (start+blocks)*block)} }

// desc writes a descriptor with a tag at a block of the object.
func (v *volume) desc(at int, tag uint16, size int, fill func(d []byte)) {
	d := v.b[at*block : at*block+size]
	le.PutUint16(d, tag)
	le.PutUint32(d[12:], uint32(at))
	if fill != nil {
		fill(d)
	}
}

func long(d []byte, size, at int64, part uint16) {
	le.PutUint32(d, uint32(size))
	le.PutUint32(d[4:], uint32(at))
	le.PutUint16(d[8:], part)
}

// frame writes recognition, anchor and the volume descriptors. maps are the
// partition maps; set and root are in the partition of the given reference.
func (v *volume) frame(maps [][]byte, set int, ref uint16) {
	for i, s := range []string{"BEA01", "NSR02", "TEA01"} {
		copy(v.b[(16+i)*block+1:], s)
	}
	v.desc(256, 2, 512, func(d []byte) {
		le.PutUint32(d[16:], 16*block)
		le.PutUint32(d[20:], 32)
	})
	v.desc(32, 5, 512, func(d []byte) { le.PutUint32(d[188:], start) })
	v.desc(33, 6, 512, func(d []byte) {
		le.PutUint32(d[212:], block)
		long(d[248:], block, int64(set), ref)
		all := bytes.Join(maps, nil)
		le.PutUint32(d[264:], uint32(len(all)))
		le.PutUint32(d[268:], uint32(len(maps)))
		v.b = append(v.b[:33*block+440], append(append([]byte(nil), all...), v.b[33*block+440+len(all):]...)...)
	})
	v.desc(34, 8, 512, nil)
}

// typical is the map of a plain partition, special one of another kind.
func typical() []byte { return []byte{1, 6, 1, 0, 0, 0} }

func special(name string, file int) []byte {
	m := make([]byte, 64)
	m[0], m[1] = 2, 64
	copy(m[5:], name)
	le.PutUint32(m[40:], uint32(file))
	return m
}

type ad struct {
	size, at int64
	part     uint16
}

// entry writes a file entry at a block of the partition. form is that of its
// allocation descriptors; 3 embeds inline.
func (v *volume) entry(at int, typ byte, size int64, form byte, inline []byte, ads ...ad) {
	v.desc(start+at, 261, block, func(d []byte) {
		d[27], d[34] = typ, form
		le.PutUint64(d[56:], uint64(size))
		body := inline
		for _, a := range ads {
			body = append(body, encode(form, a)...)
		}
		le.PutUint32(d[172:], uint32(len(body)))
		copy(d[176:], body)
	})
}

func encode(form byte, a ad) []byte {
	switch form {
	case 0:
		return le.AppendUint32(le.AppendUint32(nil, uint32(a.size)), uint32(a.at))
	case 1:
		d := make([]byte, 16)
		long(d, a.size, a.at, a.part)
		return d
	}
	d := make([]byte, 20)
	long(d[8:], 0, a.at, a.part)
	le.PutUint32(d, uint32(a.size))
	return d
}

func (v *volume) data(at int, b []byte) { copy(v.b[(start+at)*block:], b) }

// id is an identifier of a directory.
func id(name string, flags byte, at int, part uint16) []byte {
	n := append([]byte{8}, name...)
	if !isLatin(name) {
		n = []byte{16}
		for _, c := range utf16.Encode([]rune(name)) {
			n = binary.BigEndian.AppendUint16(n, c)
		}
	}
	d := make([]byte, 38)
	le.PutUint16(d, 257)
	d[18], d[19] = flags, byte(len(n))
	long(d[20:], block, int64(at), part)
	d = append(d, n...)
	return append(d, make([]byte, (4-len(d)%4)%4)...)
}

func isLatin(s string) bool {
	for _, r := range s {
		if r > 0x7f {
			return false
		}
	}
	return true
}

// set writes the file set, whose root directory is at block root.
func (v *volume) set(at, root int, part uint16) {
	v.desc(start+at, 256, 512, func(d []byte) { long(d[400:], block, int64(root), part) })
}

func sample() []byte {
	v := newVolume(40)
	v.frame([][]byte{typical()}, 0, 0)
	v.set(0, 1, 0)
	v.entry(1, 4, 400, 0, nil, ad{400, 2, 0})
	v.data(2, bytes.Join([][]byte{
		id("", 8|2, 1, 0), id("inline", 0, 3, 0), id("short", 0, 4, 0), id("long", 0, 5, 0), id("extended", 0, 6, 0),
		id("ü€", 0, 7, 0), id("sub", 2, 8, 0), id("loop", 2, 1, 0), id("link", 0, 3, 0),
	}, nil))
	v.entry(3, 5, 6, 3, []byte("inline"))
	v.entry(4, 5, block+5, 0, nil, ad{block, 20, 0}, ad{5, 22, 0})
	v.data(20, bytes.Repeat([]byte("s"), block))
	v.data(22, []byte("short"))
	v.entry(5, 5, 4, 1, nil, ad{4, 23, 0})
	v.data(23, []byte("long"))
	v.entry(6, 5, 8, 2, nil, ad{8, 24, 0})
	v.data(24, []byte("extended"))
	v.entry(7, 5, 7, 0, nil, ad{3<<30 | block, 25, 0}) // goes on elsewhere
	v.desc(start+25, 258, block, func(d []byte) {
		le.PutUint32(d[20:], 8)
		copy(d[24:], encode(0, ad{7, 26, 0}))
	})
	v.data(26, []byte("unicode"))
	v.entry(8, 4, 48, 3, id("deeper", 0, 9, 0))
	v.entry(9, 5, 6, 3, []byte("deeper"))
	return v.b
}

func summary(r formattest.Result) string {
	var s []string
	for _, c := range r.Children {
		s = append(s, fmt.Sprintf("%s=%s", c.Name, c.Data))
	}
	return strings.Join(s, " ")
}

func TestFilesOfTheTreeComeOut(t *testing.T) {
	t.Parallel()
	want := "inline=inline short=" + strings.Repeat("s", block) + "short long=long extended=extended ü€=unicode deeper=deeper"
	for name, b := range map[string][]byte{
		"a volume": sample(), "behind other data": append([]byte("other data"), sample()...), "behind aligned data": append(make([]byte, 3*block), sample()...),
	} {
		r := formattest.Run(unpack, b)
		if got := summary(r); got != want || r.Err != nil || len(r.Facts) > 0 {
			t.Errorf("%s: got %q, facts %v", name, strings.ReplaceAll(got, "s", ""), r.Facts)
		}
	}
}

func TestMetadataPartitions(t *testing.T) {
	t.Parallel()
	v := newVolume(40)
	v.frame([][]byte{typical(), special("*UDF Metadata Partition", 10)}, 0, 1)
	// Blocks 0 and 1 of the metadata are blocks 30 and 31, block 2 is block 20.
	v.entry(10, 250, 3*block, 0, nil, ad{2 * block, 30, 0}, ad{block, 20, 0})
	v.set(30, 1, 1)
	v.entry(31, 4, 40, 3, id("f", 0, 2, 1))
	v.entry(20, 5, 4, 1, nil, ad{4, 35, 0})
	v.data(35, []byte("data"))
	if got := summary(formattest.Run(unpack, v.b)); got != "f=data" {
		t.Errorf("got %q", got)
	}
}

func TestVirtualPartitions(t *testing.T) {
	t.Parallel()
	v := newVolume(40)
	v.frame([][]byte{typical(), special("*UDF Virtual Partition", 0)}, 0, 1)
	table := []byte{8, 0, 0, 0, 0, 0, 0, 0}
	for _, at := range []int{30, 31, 20} {
		table = le.AppendUint32(table, uint32(at))
	}
	v.entry(39, 248, int64(len(table)), 3, table)
	v.set(30, 1, 1)
	v.entry(31, 4, 40, 3, id("f", 0, 2, 1))
	v.entry(20, 5, 4, 1, nil, ad{4, 35, 0})
	v.data(35, []byte("data"))
	if got := summary(formattest.Run(unpack, v.b)); got != "f=data" {
		t.Errorf("got %q", got)
	}
}

func TestACutFileIsGivenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	b := sample()
	r := formattest.Run(unpack, b[:(start+20)*block+100])
	c, ok := r.Find("short")
	if !ok || len(c.Data) != 100 || !r.Has(format.Truncated) {
		t.Errorf("found %v, %d bytes, facts %v", ok, len(c.Data), r.Facts)
	}
}

// TestBombsStayWithinTheBudget has a chain of descriptors that leads to itself,
// files of the largest size and many names for one.
func TestBombsStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	v := newVolume(40)
	v.frame([][]byte{typical()}, 0, 0)
	v.set(0, 1, 0)
	var dir []byte
	for i := range 40 {
		dir = append(dir, id("f", 0, 3+i%3, 0)...)
	}
	v.entry(1, 4, int64(len(dir)), 0, nil, ad{int64(len(dir)), 10, 0})
	v.data(10, dir)
	v.entry(3, 5, 1<<40, 0, nil, ad{3<<30 | block, 20, 0})
	v.desc(start+20, 258, block, func(d []byte) {
		le.PutUint32(d[20:], 16)
		copy(d[24:], append(encode(0, ad{block, 0, 0}), encode(0, ad{3<<30 | block, 20, 0})...))
	})
	v.entry(4, 5, 1<<62, 0, nil, ad{1<<30 - 1, 0, 0}, ad{1<<30 - 1, 0, 0})
	v.entry(5, 5, 1<<62, 0, nil, ad{1<<30 - 1, 1 << 31, 0})
	r := formattest.Run(unpack, v.b)
	total := 0
	for _, c := range r.Children {
		total += len(c.Data)
	}
	if total > 2*len(v.b) || r.Err != nil {
		t.Errorf("%d bytes came out of %d, error %v", total, len(v.b), r.Err)
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	b := sample()
	formattest.Damage(t, unpack, b)
	for _, span := range [][2]int{{32 * block, 33*block + 520}, {256 * block, 256*block + 32}, {start * block, start*block + 512}, {(start + 1) * block, (start+2)*block + 400}} {
		for i := span[0]; i < span[1]; i += 5 {
			c := bytes.Clone(b)
			c[i] ^= 0xff
			if r := formattest.Run(unpack, c); r.Err != nil {
				t.Fatalf("byte %#x: %v", i, r.Err)
			}
		}
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, unpack, sample()) }
