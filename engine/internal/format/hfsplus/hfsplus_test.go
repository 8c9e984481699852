package hfsplus_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/hfsplus"
)

var unpack = format.Func(hfsplus.Unpack)

const block = 512

var be = binary.BigEndian

// image is a volume under construction; blocks are added at its end.
type image struct{ b []byte }

func newImage() *image { return &image{make([]byte, 4*block)} }

// add appends data and returns its first block and the number of blocks.
func (m *image) add(data []byte) (start, count uint32) {
	start = uint32(len(m.b) / block)
	m.b = append(m.b, data...)
	m.b = append(m.b, make([]byte, (block-len(data)%block)%block)...)
	return start, uint32(len(m.b)/block) - start
}

type run struct{ start, count uint32 }

// fork encodes fork data.
func fork(size int64, blocks uint32, runs ...run) []byte {
	f := make([]byte, 80)
	be.PutUint64(f, uint64(size))
	be.PutUint32(f[12:], blocks)
	copy(f[16:], extents(runs...))
	return f
}

func extents(runs ...run) []byte {
	e := make([]byte, 64)
	for i, r := range runs {
		be.PutUint32(e[8*i:], r.start)
		be.PutUint32(e[8*i+4:], r.count)
	}
	return e
}

// store adds data and returns its fork.
func (m *image) store(data []byte) []byte {
	if len(data) == 0 {
		return make([]byte, 80)
	}
	s, n := m.add(data)
	return fork(int64(len(data)), n, run{s, n})
}

func wide(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, 0, c)
	}
	return b
}

func keyed(key, data []byte) []byte {
	r := append(be.AppendUint16(nil, uint16(len(key))), key...)
	if len(r)%2 != 0 {
		r = append(r, 0)
	}
	return append(r, data...)
}

// file is a record of the catalogue.
func file(id uint32, name string, data, res []byte) []byte {
	key := be.AppendUint16(be.AppendUint32(nil, 2), uint16(len(name)))
	rec := make([]byte, 88)
	be.PutUint16(rec, 2)
	be.PutUint32(rec[8:], id)
	return keyed(append(key, wide(name)...), append(append(rec, data...), res...))
}

// piece is a record of the extents file.
func piece(id uint32, kind byte, start uint32, runs ...run) []byte {
	key := append([]byte{kind, 0}, be.AppendUint32(be.AppendUint32(nil, id), start)...)
	return keyed(key, extents(runs...))
}

// attribute is a record of the attributes file: a compressed file.
func attribute(id, method uint32, data []byte) []byte {
	const name = "com.apple.decmpfs"
	key := be.AppendUint32(be.AppendUint32([]byte{0, 0}, id), 0)
	key = append(be.AppendUint16(key, uint16(len(name))), wide(name)...)
	a := binary.LittleEndian.AppendUint32([]byte("fpmc"), method)
	a = append(binary.LittleEndian.AppendUint64(a, 1), data...)
	rec := append([]byte{0, 0, 0, 0x10}, make([]byte, 8)...)
	return keyed(key, append(be.AppendUint32(rec, uint32(len(a))), a...))
}

const nodeSize = 4096

func node(kind byte, next uint32, records ...[]byte) []byte {
	n := make([]byte, 14, nodeSize)
	be.PutUint32(n, next)
	n[8] = kind
	be.PutUint16(n[10:], uint16(len(records)))
	var offs []int
	for _, r := range records {
		offs = append(offs, len(n))
		n = append(n, r...)
	}
	offs = append(offs, len(n))
	n = n[:nodeSize]
	for i, o := range offs {
		be.PutUint16(n[nodeSize-2*(i+1):], uint16(o))
	}
	return n
}

const leaf = 0xff

// btree is a header node and leaves.
func btree(first, records uint32, leaves ...[]byte) []byte {
	h := make([]byte, 106)
	be.PutUint32(h[6:], records)
	be.PutUint32(h[10:], first)
	be.PutUint16(h[18:], nodeSize)
	return append(node(1, 0, h), bytes.Join(leaves, nil)...)
}

// finish writes the volume header.
func (m *image) finish(catalog, overflow, attrs []byte) []byte {
	forks := map[int][]byte{192: m.store(overflow), 272: m.store(catalog), 352: m.store(attrs)}
	h := m.b[1024:]
	copy(h, "H+\x00\x04")
	be.PutUint32(h[40:], block)
	for at, f := range forks {
		copy(h[at:], f)
	}
	return m.b
}

func deflated(b []byte) []byte {
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

// summary lists children as name and content.
func summary(r formattest.Result) string {
	var s []string
	for _, c := range r.Children {
		s = append(s, fmt.Sprintf("%s=%s", c.Name, c.Data))
	}
	return strings.Join(s, " ")
}

func TestForksOfFilesComeOut(t *testing.T) {
	t.Parallel()
	m := newImage()
	a, b, c := m.store([]byte("data of a")), m.store([]byte("resource of a")), m.store([]byte("b"))
	cat := btree(1, 3, node(leaf, 2, file(16, "a", a, b)), node(leaf, 0, file(17, "b", c, make([]byte, 80)), file(18, "empty", make([]byte, 80), make([]byte, 80))))
	r := formattest.Run(unpack, m.finish(cat, nil, nil))
	if got, want := summary(r), "a=data of a a=resource of a b=b"; got != want || r.Err != nil || len(r.Facts) > 0 {
		t.Errorf("got %q, want %q, facts %v", got, want, r.Facts)
	}
}

func TestPiecesBeyondTheEighthAreFound(t *testing.T) {
	t.Parallel()
	m := newImage()
	var runs []run
	var want []byte
	for i := range 20 {
		d := bytes.Repeat([]byte{'a' + byte(i)}, block)
		s, _ := m.add(d)
		m.add(make([]byte, block)) // a gap
		runs = append(runs, run{s, 1})
		want = append(want, d...)
	}
	want = want[:len(want)-10]
	cat := btree(1, 1, node(leaf, 0, file(16, "f", fork(int64(len(want)), 20, runs[:8]...), make([]byte, 80))))
	over := btree(1, 2, node(leaf, 0, piece(16, 0, 16, runs[16:]...), piece(16, 0, 8, runs[8:16]...)))
	r := formattest.Run(unpack, m.finish(cat, over, nil))
	if len(r.Children) != 1 || !bytes.Equal(r.Children[0].Data, want) {
		t.Errorf("got %d children, facts %v", len(r.Children), r.Facts)
	}
}

// blocks is a resource fork with a file in blocks.
func blocks(list ...[]byte) []byte {
	b := make([]byte, 256)
	be.PutUint32(b, 256)
	le := binary.LittleEndian
	body := le.AppendUint32(nil, uint32(len(list)))
	off := 4 + 8*len(list)
	for _, d := range list {
		body = le.AppendUint32(le.AppendUint32(body, uint32(off)), uint32(len(d)))
		off += len(d)
	}
	body = append(body, bytes.Join(list, nil)...)
	return append(be.AppendUint32(b, uint32(len(body))), body...)
}

// table is a resource fork with a file in blocks, in the newer way.
func table(list ...[]byte) []byte {
	end := 4 * (len(list) + 1)
	b := binary.LittleEndian.AppendUint32(nil, uint32(end))
	for _, d := range list {
		end += len(d)
		b = binary.LittleEndian.AppendUint32(b, uint32(end))
	}
	return append(b, bytes.Join(list, nil)...)
}

func TestCompressedFilesAreUnpacked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		method uint32
		attr   []byte
		res    []byte
		want   string
	}{
		{"stored", 1, []byte("stored"), nil, "stored"},
		{"zlib", 3, deflated([]byte("inline")), nil, "inline"},
		{"zlib, not compressed", 3, []byte("\xffplain"), nil, "plain"},
		{"stored behind a mark", 9, []byte("\xccmarked"), nil, "marked"},
		{"blocks", 4, nil, blocks(deflated(bytes.Repeat([]byte("x"), 64<<10)), []byte("\xffend")), strings.Repeat("x", 64<<10) + "end"},
		{"LZVN", 7, []byte("\xe4lzvn\x06\x00\x00\x00\x00\x00\x00\x00"), nil, "lzvn"},
		{"LZVN, not compressed", 7, []byte("\x06plain"), nil, "plain"},
		{"blocks of LZVN", 8, nil, table([]byte("\xe3one\x06\x00\x00\x00\x00\x00\x00\x00"), []byte("\x06two")), "onetwo"},
		{"LZFSE", 11, []byte("bvx-\x05\x00\x00\x00lzfsebvx$"), nil, "lzfse"},
		{"blocks of LZFSE", 12, nil, table([]byte("bvx-\x03\x00\x00\x00onebvx$"), []byte("\xfftwo")), "onetwo"},
		{"a damaged block between good ones", 4, nil, blocks([]byte("\xffone"), []byte("junk"), []byte("\xfftwo")), "onetwo"},
	} {
		m := newImage()
		cat := btree(1, 1, node(leaf, 0, file(16, "f", make([]byte, 80), m.store(c.res))))
		r := formattest.Run(unpack, m.finish(cat, nil, btree(1, 1, node(leaf, 0, attribute(16, c.method, c.attr)))))
		n := len(r.Children)
		if n == 0 || string(r.Children[n-1].Data) != c.want {
			t.Errorf("%s: %d children, facts %v", c.name, n, r.Facts)
		}
	}
	m := newImage()
	cat := btree(1, 1, node(leaf, 0, file(16, "f", make([]byte, 80), make([]byte, 80))))
	if r := formattest.Run(unpack, m.finish(cat, nil, btree(1, 1, node(leaf, 0, attribute(16, 99, nil))))); !r.Has(format.Unsupported) {
		t.Errorf("an unknown method: facts %v", r.Facts)
	}
}

func TestLeavesThatTheChainMissesAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		first, next uint32
	}{
		{"a chain that ends early", 1, 0},
		{"a chain that loops", 1, 1},
		{"a chain that leaves the file", 1, 99},
		{"no chain", 0, 0},
	} {
		m := newImage()
		a, b := m.store([]byte("A")), m.store([]byte("B"))
		cat := btree(c.first, 2, node(leaf, c.next, file(16, "a", a, make([]byte, 80))), node(leaf, 0, file(17, "b", b, make([]byte, 80))))
		r := formattest.Run(unpack, m.finish(cat, nil, nil))
		if got := summary(r); got != "a=A b=B" || !r.Has(format.Damaged) {
			t.Errorf("%s: got %q, facts %v", c.name, got, r.Facts)
		}
	}
}

func TestACutVolumeGivesWhatIsThere(t *testing.T) {
	t.Parallel()
	m := newImage()
	cat := btree(1, 1, node(leaf, 0, file(16, "f", fork(5000, 10, run{28, 10}), make([]byte, 80))))
	b := m.finish(cat, nil, nil)
	for len(b) < 30*block {
		b = append(b, 'x')
	}
	r := formattest.Run(unpack, b)
	if len(r.Children) != 1 || len(r.Children[0].Data) != 2*block || !r.Has(format.Truncated) {
		t.Errorf("%d children, facts %v", len(r.Children), r.Facts)
	}
}

// TestBombsStayWithinTheBudget has a fork that claims the largest size, records
// that all are the same file, and blocks that all are the same bytes.
func TestBombsStayWithinTheBudget(t *testing.T) {
	m := newImage()
	huge := fork(1<<62, 1<<31, run{0, 1 << 31}, run{1, 1 << 31})
	z := deflated(make([]byte, 64<<10))
	res := blocks(z)
	binary.LittleEndian.PutUint32(res[260:], 1<<30)
	var recs [][]byte
	rf := m.store(res)
	for range 12 {
		recs = append(recs, file(16, "f", huge, rf))
	}
	b := m.finish(btree(1, 99, node(leaf, 1, recs...)), nil, btree(1, 1, node(leaf, 0, attribute(16, 4, nil))))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := formattest.Run(unpack, b)
	runtime.ReadMemStats(&after)
	total := 0
	for _, c := range r.Children {
		total += len(c.Data)
	}
	if total > 3*12*len(b)+1<<20 || r.Err != nil {
		t.Errorf("%d bytes came out of %d, error %v", total, len(b), r.Err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 64*uint64(len(b))+32<<20 {
		t.Errorf("%d bytes allocated", n)
	}
}

func sample() []byte {
	m := newImage()
	a, b := m.store([]byte("data of a")), m.store(blocks(deflated([]byte("blocks")), []byte("\xffend")))
	s, _ := m.add(bytes.Repeat([]byte("p"), 9*block))
	var runs []run
	for i := range 9 {
		runs = append(runs, run{s + uint32(i), 1})
	}
	cat := btree(1, 2, node(leaf, 2, file(16, "a", a, b)), node(leaf, 0, file(17, "b", fork(9*block, 9, runs[:8]...), make([]byte, 80))))
	return m.finish(cat, btree(1, 1, node(leaf, 0, piece(17, 0, 8, runs[8:]...))),
		btree(1, 1, node(leaf, 0, attribute(16, 4, nil), attribute(17, 3, deflated([]byte("x"))))))
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	b := sample()
	formattest.Damage(t, unpack, b)
	for i := 1024; i < len(b); i += 13 {
		c := bytes.Clone(b)
		c[i] ^= 0xff
		if r := formattest.Run(unpack, c); r.Err != nil {
			t.Fatalf("byte %#x: %v", i, r.Err)
		}
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, unpack, sample()) }
