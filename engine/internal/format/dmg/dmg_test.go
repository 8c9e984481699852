package dmg_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/dmg"
	"gclam/engine/internal/format/formattest"
)

var unpack = format.Func(dmg.Unpack)

// line is a line of a block table. Start and count are in sectors.
type line struct {
	method       uint32
	start, count uint64
	off, length  int
}

func table(lines ...line) []byte {
	b := make([]byte, 204)
	copy(b, "mish")
	be := binary.BigEndian
	be.PutUint32(b[200:], uint32(len(lines)))
	for _, l := range lines {
		b = be.AppendUint32(be.AppendUint32(b, l.method), 0)
		for _, n := range []uint64{l.start, l.count, uint64(l.off), uint64(l.length)} {
			b = be.AppendUint64(b, n)
		}
	}
	return b
}

func list(tables ...[]byte) string {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0"?><plist><dict><key>resource-fork</key><dict><key>blkx</key><array>`)
	for _, t := range tables {
		fmt.Fprintf(&s, "<dict><key>Data</key><data>\n\t%s\n</data></dict>", base64.StdEncoding.EncodeToString(t))
	}
	s.WriteString("</array></dict></dict></plist>")
	return s.String()
}

// image is data, property list, resource fork and trailer.
func image(data []byte, list string, resources []byte) []byte {
	k := make([]byte, 512)
	copy(k, "koly")
	be := binary.BigEndian
	be.PutUint64(k[32:], uint64(len(data)))
	be.PutUint64(k[40:], uint64(len(data)))
	be.PutUint64(k[48:], uint64(len(resources)))
	be.PutUint64(k[216:], uint64(len(data)+len(resources)))
	be.PutUint64(k[224:], uint64(len(list)))
	return bytes.Join([][]byte{data, resources, []byte(list), k}, nil)
}

func deflated(b []byte) []byte {
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func xzed(t testing.TB, b []byte) []byte {
	t.Helper()
	var w bytes.Buffer
	z, err := xz.NewWriter(&w)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// bzipped is 512 times the letter z, made by bzip2 1.0.8.
const bzipped = "425a683931415926535957d597c00000018080801000082000308049ea06ae2ee48a70a120afab2f80"

func literal(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		n := min(len(b), 128)
		out = append(append(out, 0x80|byte(n-1)), b[:n]...)
		b = b[n:]
	}
	return out
}

// stored is an LZFSE stream of one stored block.
func stored(b []byte) []byte {
	s := binary.LittleEndian.AppendUint32([]byte("bvx-"), uint32(len(b)))
	return append(append(s, b...), "bvx$"...)
}

func sectors(c byte, n int) []byte { return bytes.Repeat([]byte{c}, n*512) }

func TestRunsOfAllMethodsMakeUpAPartition(t *testing.T) {
	t.Parallel()
	parts := [][]byte{sectors('r', 2), literal(sectors('a', 1)), deflated(sectors('z', 3)), xzed(t, sectors('l', 2)), stored(sectors('f', 1))}
	methods := []uint32{1, 0x80000004, 0x80000005, 0x80000008, 0x80000007}
	counts := []uint64{2, 1, 3, 2, 1}
	var data []byte
	var lines []line
	at := uint64(0)
	for i, p := range parts {
		lines = append(lines, line{methods[i], at, counts[i], len(data), len(p)})
		at += counts[i]
		data = append(data, p...)
	}
	lines = append(lines,
		line{0x7ffffffe, 0, 0, 0, 0},
		line{2, at, 1, 0, 0},
		line{0x80000009, at + 1, 1, 0, 10}, // not known
		line{1, at + 3, 1, 0, 512},         // one sector is in no run
		line{0, at + 4, 1 << 40, 0, 0},     // a hole at the end
		line{0xffffffff, 0, 0, 0, 0}, line{1, 0, 1, 0, 512})
	want := bytes.Join([][]byte{sectors('r', 2), sectors('a', 1), sectors('z', 3), sectors('l', 2), sectors('f', 1), sectors(0, 3), sectors('r', 1)}, nil)
	plist := list(table(lines...))
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"an image", image(data, plist, nil)},
		{"an image behind other data", append([]byte("something in front"), image(data, plist, nil)...)},
	} {
		r := formattest.Run(unpack, c.b)
		if len(r.Children) != 2 || r.Err != nil {
			t.Fatalf("%s: %d children, error %v", c.name, len(r.Children), r.Err)
		}
		if string(r.Children[0].Data) != plist {
			t.Errorf("%s: the property list differs", c.name)
		}
		if got := r.Children[1]; !bytes.Equal(got.Data, want) || got.Type != "PART_ANY" || got.Err != nil {
			t.Errorf("%s: partition of %d bytes, want %d, error %v", c.name, len(got.Data), len(want), got.Err)
		}
		if !r.Has(format.Unsupported) {
			t.Errorf("%s: facts %v", c.name, r.Facts)
		}
	}
}

func TestBzip2Runs(t *testing.T) {
	t.Parallel()
	z, err := hex.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	want := sectors('z', 1)
	r := formattest.Run(unpack, image(z, list(table(line{0x80000006, 0, 1, 0, len(z)})), nil))
	if n := len(r.Children); n != 2 || !bytes.Equal(r.Children[n-1].Data, want) {
		t.Errorf("%d children, facts %v", n, r.Facts)
	}
}

func TestTheTableMayBeInAResourceFork(t *testing.T) {
	t.Parallel()
	tab := table(line{1, 0, 1, 0, 512})
	res := append(make([]byte, 256), binary.BigEndian.AppendUint32(nil, uint32(len(tab)))...)
	res = append(append(res, tab...), "mish, the end"...)
	r := formattest.Run(unpack, image(sectors('r', 1), "", res))
	if len(r.Children) != 1 || !bytes.Equal(r.Children[0].Data, sectors('r', 1)) {
		t.Errorf("%d children, facts %v", len(r.Children), r.Facts)
	}
}

func TestADamagedRunKeepsTheOthersInTheirPlace(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4*512)
	for i := range noise {
		noise[i] = byte(i * i >> 4)
	}
	z := deflated(noise)
	data := append(z[:len(z)/2], sectors('r', 1)...)
	lines := []line{{0x80000005, 0, 4, 0, len(z) / 2}, {1, 4, 1, len(z) / 2, 512}}
	r := formattest.Run(unpack, image(data, list(table(lines...)), nil))
	got := r.Children[1].Data
	if len(got) != 5*512 || !bytes.Equal(got[4*512:], sectors('r', 1)) || got[1] != noise[1] || !r.Has(format.Truncated) {
		t.Errorf("%d bytes, facts %v", len(got), r.Facts)
	}
}

func TestBombsStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	z := deflated(sectors(0, 1<<13))
	var same []line
	for i := range 2000 {
		same = append(same, line{0x80000005, uint64(i) << 13, 1 << 13, 0, len(z)})
	}
	for _, c := range []struct {
		name  string
		lines []line
	}{
		{"a hole of petabytes before one sector", []line{{1, 1 << 39, 1, 0, 10}}},
		{"holes of petabytes", []line{{0, 0, 1 << 40, 0, 0}, {0, 1 << 39, 1 << 40, 0, 0}, {1, 1 << 40, 1, 0, 10}}},
		{"one stream many times", same},
	} {
		tab := table(c.lines...)
		r := formattest.Run(unpack, image(z, list(tab, tab, tab), nil))
		total := 0
		for _, ch := range r.Children {
			total += len(ch.Data)
		}
		if int64(total) > formattest.Limits().ScanSize+1<<20 {
			t.Errorf("%s: %d bytes came out", c.name, total)
		}
	}
}

func TestNestingOfTheListIsBounded(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<dict>", 1000) + list(table(line{1, 0, 1, 0, 512}))
	if r := formattest.Run(unpack, image(sectors('r', 1), deep, nil)); !r.Has(format.Damaged) {
		t.Errorf("facts %v", r.Facts)
	}
}

func sample(t testing.TB) []byte {
	x := xzed(t, sectors('l', 1))
	z := deflated(sectors('z', 2))
	data := bytes.Join([][]byte{sectors('r', 1), z, literal(sectors('a', 1)), x}, nil)
	return image(data, list(table(line{1, 0, 1, 0, 512}, line{0x80000005, 1, 2, 512, len(z)},
		line{0x80000004, 3, 1, 512 + len(z), 516}, line{0x80000008, 4, 1, 512 + len(z) + 516, len(x)})), nil)
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	b := sample(t)
	formattest.Damage(t, unpack, b)
	for i := len(b) - 512; i < len(b)-512+240; i++ { // the trailer
		c := bytes.Clone(b)
		c[i] ^= 0xff
		if r := formattest.Run(unpack, c); r.Err != nil {
			t.Fatalf("byte %#x: %v", i, r.Err)
		}
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, unpack, sample(f)) }
