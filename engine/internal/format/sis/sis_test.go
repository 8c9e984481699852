package sis_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/sis"
)

var unpack = format.Func(sis.Unpack)

var le = binary.LittleEndian

func deflated(b string) []byte {
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, _ = z.Write([]byte(b))
	_ = z.Close()
	return w.Bytes()
}

func wide(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

type file struct {
	name   string
	copies []string
}

// old makes a file of the old generation. tail is what follows the offsets in a
// record: unpacked lengths and a MIME type, each of which may be missing.
func old(stored, lengths, mime bool, files ...file) []byte {
	b := make([]byte, 100)
	le.PutUint32(b[8:], 0x10000419)
	le.PutUint16(b[18:], 2)
	le.PutUint16(b[20:], uint16(len(files)+3))
	if stored {
		le.PutUint16(b[36:], 8)
	}
	var recs []byte
	put := func(n ...int) {
		for _, v := range n {
			recs = le.AppendUint32(recs, uint32(v))
		}
	}
	put(3, 4, 0x55555555) // if
	for _, f := range files {
		kind := 0
		if len(f.copies) > 1 {
			kind = 1
		}
		name := wide(f.name)
		put(kind, 0, 0, len(name), len(b), len(name), len(b))
		b = append(b, name...)
		var at []int
		for _, c := range f.copies {
			d := []byte(c)
			if !stored {
				d = deflated(c)
			}
			put(len(d))
			at = append(at, len(b))
			b = append(b, d...)
		}
		put(at...)
		for range f.copies {
			if lengths {
				put(12345678)
			}
		}
		if mime {
			put(0, 0)
		}
	}
	put(5, 6) // else, end
	le.PutUint32(b[52:], uint32(len(b)))
	return append(b, recs...)
}

func field(kind uint32, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	b := le.AppendUint32(le.AppendUint32(nil, kind), uint32(len(all)))
	b = append(b, all...)
	return append(b, make([]byte, (4-len(all)%4)%4)...)
}

// array drops the kinds of its elements.
func array(kind uint32, elements ...[]byte) []byte {
	body := le.AppendUint32(nil, kind)
	for _, e := range elements {
		body = append(body, e[4:]...)
	}
	return field(2, body)
}

func compressed(alg uint32, data []byte) []byte {
	return field(3, le.AppendUint32(nil, alg), make([]byte, 8), data)
}

func modern(data ...[]byte) []byte {
	var units [][]byte
	for _, d := range data {
		units = append(units, field(32, d))
	}
	uids := append(le.AppendUint32(nil, 0x10201a7a), make([]byte, 12)...)
	return append(uids, field(12, field(34, []byte("sum")), compressed(1, deflated("controller")),
		field(30, array(31, field(31, array(32, units...)))))...)
}

func summary(r formattest.Result) string {
	var s []string
	for _, c := range r.Children {
		s = append(s, fmt.Sprintf("%s=%s", c.Name, c.Data))
	}
	return strings.Join(s, " ")
}

func TestFilesOfTheOldGeneration(t *testing.T) {
	t.Parallel()
	files := []file{{"a.txt", []string{"first"}}, {"!:\\b.rsc", []string{"english", "french"}}, {"c", []string{"third"}}}
	const want = `a.txt=first !:\b.rsc=english !:\b.rsc=french c=third`
	for _, stored := range []bool{false, true} {
		for _, lengths := range []bool{false, true} {
			for _, mime := range []bool{false, true} {
				r := formattest.Run(unpack, old(stored, lengths, mime, files...))
				if got := summary(r); got != want || r.Err != nil {
					t.Errorf("stored %v, lengths %v, MIME types %v: got %q, facts %v", stored, lengths, mime, got, r.Facts)
				}
			}
		}
	}
}

func TestFilesOfTheNewGeneration(t *testing.T) {
	t.Parallel()
	b := modern(compressed(0, []byte("stored")), compressed(1, deflated("packed")), compressed(7, []byte("unknown")))
	r := formattest.Run(unpack, b)
	if got, want := summary(r), "=controller =stored =packed =unknown"; got != want {
		t.Errorf("got %q, want %q, facts %v", got, want, r.Facts)
	}
}

func TestNestingOfFieldsIsBounded(t *testing.T) {
	t.Parallel()
	b := compressed(0, []byte("deep"))
	for range 1000 {
		b = field(12, b)
	}
	r := formattest.Run(unpack, append(modern()[:16], b...))
	if len(r.Children) > 0 || r.Err != nil {
		t.Errorf("%d children, error %v", len(r.Children), r.Err)
	}
}

func TestACutFileIsGivenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	long := make([]byte, 4000)
	for i := range long {
		long[i] = byte(i * i >> 4)
	}
	b := modern(compressed(1, deflated(string(long))))
	r := formattest.Run(unpack, b[:len(b)-500])
	last := r.Children[len(r.Children)-1]
	if len(last.Data) == 0 || !bytes.HasPrefix(long, last.Data) || !r.Has(format.Truncated) {
		t.Errorf("%d bytes, facts %v", len(last.Data), r.Facts)
	}
}

func TestBombsStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	zeros := string(make([]byte, 20<<20))
	many := make([]string, 100)
	b := old(false, true, true, file{"f", []string{zeros}}, file{"f", []string{zeros, zeros}})
	le.PutUint16(b[18:], 0xffff)
	for name, b := range map[string][]byte{"large files": b, "a hundred languages": old(true, true, true, file{"f", many}), "an endless table": append(make([]byte, 52), bytes.Repeat([]byte{20, 0, 0, 0}, 1000)...)} {
		r := formattest.Run(unpack, b)
		total := 0
		for _, c := range r.Children {
			total += len(c.Data)
		}
		if int64(total) > formattest.Limits().ScanSize {
			t.Errorf("%s: %d bytes came out", name, total)
		}
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, old(false, true, true, file{"a", []string{"x"}}, file{"b", []string{"y", "z"}}))
	formattest.Damage(t, unpack, modern(compressed(0, []byte("stored")), compressed(1, deflated("packed"))))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, old(false, true, true, file{"a", []string{"x"}}, file{"b", []string{"y", "z"}}), modern(compressed(1, deflated("packed"))))
}
