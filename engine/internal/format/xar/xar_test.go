package xar_test

import (
	"bytes"
	stdlib "compress/zlib"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/ulikunitz/xz/lzma"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/xar"
)

var unpack = format.Func(xar.Unpack)

var content = []byte(strings.Repeat("some content of a file, ", 100))

func deflated(b []byte) []byte {
	var w bytes.Buffer
	z := stdlib.NewWriter(&w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func lzmaFile(t testing.TB, b []byte) []byte {
	t.Helper()
	var w bytes.Buffer
	z, err := lzma.NewWriter(&w)
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

func archive(toc string, heap ...[]byte) []byte {
	z := deflated([]byte(toc))
	b := []byte("xar!\x00\x1c\x00\x01")
	b = binary.BigEndian.AppendUint64(b, uint64(len(z)))
	b = binary.BigEndian.AppendUint64(b, uint64(len(toc)))
	b = append(append(b, 0, 0, 0, 1), z...)
	return append(b, bytes.Join(heap, nil)...)
}

func file(element, style string, off, length int) string {
	return fmt.Sprintf(`<file id="1"><%s><length>%d</length><encoding style="%s"/><offset> %d
</offset><size>1</size></%[1]s><name>x</name></file>`, element, length, style, off)
}

func TestMembersComeOutByTheirEncoding(t *testing.T) {
	t.Parallel()
	z := deflated(content)
	l := lzmaFile(t, content)
	for _, c := range []struct {
		name, style string
		heap, want  []byte
	}{
		{"zlib, which is called gzip", "application/x-gzip", z, content},
		{"true gzip is left to its own parser", "application/x-gzip", []byte("\x1f\x8b\x08rest"), []byte("\x1f\x8b\x08rest")},
		{"LZMA", "application/x-lzma", l, content},
		{"stored", "application/octet-stream", content, content},
		{"bzip2 is left to its own parser", "application/x-bzip2", []byte("BZh9"), []byte("BZh9")},
		{"an unknown encoding", "application/odd", content, content},
		{"a wrong checksum", "application/x-gzip", append(bytes.Clone(z[:len(z)-1]), 0x55), content},
		{"stored data called gzip", "application/x-gzip", content, content},
		{"stored data called LZMA", "application/x-lzma", bytes.Repeat([]byte{0xff}, 30), bytes.Repeat([]byte{0xff}, 30)},
	} {
		for _, element := range []string{"data", "ea"} {
			toc := "<xar><toc>" + file(element, c.style, 0, len(c.heap)) + "</toc></xar>"
			r := formattest.Run(unpack, archive(toc, c.heap))
			if n := len(r.Children); n < 2 || string(r.Children[0].Data) != toc || !bytes.Equal(r.Children[n-1].Data, c.want) {
				t.Errorf("%s in %s: %d children, facts %v", c.name, element, n, r.Facts)
			}
		}
	}
}

func TestEmbeddedDocumentsAreChildren(t *testing.T) {
	t.Parallel()
	toc := `<xar><subdoc name="a"><x><subdoc>in</subdoc></x></subdoc><toc/><subdoc>open`
	r := formattest.Run(unpack, archive(toc))
	var got []string
	for _, c := range r.Children[1:] {
		got = append(got, string(c.Data))
	}
	if s := strings.Join(got, "|"); s != "<x><subdoc>in</subdoc></x>|open" {
		t.Errorf("got %q", s)
	}
}

func TestACutMemberIsGivenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 8000)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	z := deflated(noise)
	b := archive(file("data", "application/x-gzip", 0, len(z)), z)
	r := formattest.Run(unpack, b[:len(b)-len(z)/2])
	c := r.Children[len(r.Children)-1]
	if len(c.Data) == 0 || !bytes.HasPrefix(noise, c.Data) || !r.Has(format.Truncated) {
		t.Errorf("%d bytes, facts %v", len(c.Data), r.Facts)
	}
}

// TestBombsStayWithinTheBudget has a table of contents that inflates without end and one
// whose members all inflate the same large stream.
func TestBombsStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	r := formattest.Run(unpack, archive(strings.Repeat("<a b=''>", 5<<20)))
	if n := len(r.Children[0].Data); r.Err != nil || n > 32<<20 {
		t.Errorf("table of contents: error %v, %d bytes", r.Err, n)
	}
	z := deflated(make([]byte, 8<<20))
	var toc strings.Builder
	for i := range 1000 { // no two members are quite the same
		toc.WriteString(file("data", "application/x-gzip", 0, len(z)-i))
	}
	r = formattest.Run(unpack, archive(toc.String(), z))
	total := 0
	for _, c := range r.Children {
		total += len(c.Data)
	}
	if int64(total) > formattest.Limits().ScanSize {
		t.Errorf("members: %d bytes came out", total)
	}
}

func TestSharedDataAreHandedOverOnce(t *testing.T) {
	t.Parallel()
	z := deflated(content)
	r := formattest.Run(unpack, archive(strings.Repeat(file("data", "application/x-gzip", 0, len(z)), 10), z))
	if n := len(r.Children); n != 2 {
		t.Errorf("%d children, want the table of contents and one file", n)
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	z := deflated(content)
	b := archive("<xar><subdoc>x</subdoc><toc>"+file("data", "application/x-gzip", 0, len(z))+"</toc></xar>", z)
	formattest.Damage(t, unpack, b)
}

func FuzzUnpack(f *testing.F) {
	z := deflated(content)
	l := lzmaFile(f, content)
	formattest.Fuzz(f, unpack,
		archive(file("data", "application/x-gzip", 0, len(z)), z),
		archive(file("ea", "application/x-lzma", 0, len(l))+"<subdoc>", l))
}
