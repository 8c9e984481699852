package swf_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/ulikunitz/xz/lzma"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/swf"
)

var unpack = format.Func(swf.Unpack)

var movie = []byte(strings.Repeat("frames of a movie, ", 200))

func header(kind string, size int) []byte {
	return binary.LittleEndian.AppendUint32([]byte(kind+"\x0d"), uint32(size))
}

func zlibMovie(b []byte) []byte {
	w := bytes.NewBuffer(header("CWS", len(b)+8))
	z := zlib.NewWriter(w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func lzmaMovie(t testing.TB, b []byte, endMark bool) []byte {
	t.Helper()
	var w bytes.Buffer
	z, err := lzma.WriterConfig{EOSMarker: endMark, Size: int64(len(b)), SizeInHeader: !endMark}.NewWriter(&w)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write(b)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out := append(header("ZWS", len(b)+8), 0, 0, 0, 0)
	return append(append(out, w.Bytes()[:5]...), w.Bytes()[13:]...)
}

func TestMoviesAreUnpacked(t *testing.T) {
	t.Parallel()
	want := append(header("FWS", len(movie)+8), movie...)
	for name, b := range map[string][]byte{
		"zlib": zlibMovie(movie), "LZMA": lzmaMovie(t, movie, true), "LZMA without an end mark": lzmaMovie(t, movie, false),
	} {
		r := formattest.Run(unpack, b)
		if len(r.Children) != 1 || !bytes.HasPrefix(r.Children[0].Data, want) || r.Children[0].Type != "SWF" || len(r.Facts) > 0 {
			t.Errorf("%s: %d children, facts %v", name, len(r.Children), r.Facts)
		}
	}
	for name, b := range map[string][]byte{"a plain movie": want, "a header alone": []byte("CWS"), "no movie": []byte("hello, hello, hello")} {
		if r := formattest.Run(unpack, b); len(r.Children) > 0 {
			t.Errorf("%s: %d children", name, len(r.Children))
		}
	}
}

func TestACutMovieIsGivenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{"zlib": zlibMovie(movie), "LZMA": lzmaMovie(t, movie, true)} {
		r := formattest.Run(unpack, b[:len(b)*3/4])
		c := r.Children[0]
		if len(c.Data) <= 8 || !bytes.HasPrefix(movie, c.Data[8:]) || !r.Has(format.Truncated) {
			t.Errorf("%s: %d bytes, facts %v", name, len(c.Data), r.Facts)
		}
	}
}

func TestABombStaysWithinTheBudget(t *testing.T) {
	t.Parallel()
	r := formattest.Run(unpack, zlibMovie(make([]byte, 40<<20)))
	if n := len(r.Children[0].Data); int64(n) > formattest.Limits().FileSize {
		t.Errorf("%d bytes came out", n)
	}
	huge := append(header("ZWS", 100), 0, 0, 0, 0, 0x5d, 0xff, 0xff, 0xff, 0xff) // a dictionary of 4 GiB
	if r := formattest.Run(unpack, append(huge, make([]byte, 1000)...)); r.Err != nil {
		t.Error(r.Err)
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, zlibMovie(movie))
	formattest.Damage(t, unpack, lzmaMovie(t, movie, true))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, zlibMovie(movie), lzmaMovie(f, movie, true))
}
