package cvd

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// container builds an unsigned container of the given members, in order. A nil
// list of sizes announces the true ones in NAME.info.
func container(t testing.TB, members []string, data map[string]string, info string, compress bool) []byte {
	t.Helper()
	const head = "ClamAV-VDB:01 Jan 2026 00-00 +0000:7:1:90:X:X:me:1767225600"
	if info == "" {
		info = head + "\n"
		for _, m := range members {
			info += fmt.Sprintf("%s:%d:%x\n", m, len(data[m]), sha256.Sum256([]byte(data[m])))
		}
	}
	var b bytes.Buffer
	b.WriteString(head + strings.Repeat(" ", HeaderSize-len(head)))
	var w io.Writer = &b
	if compress {
		z := gzip.NewWriter(&b)
		defer func() { _ = z.Close() }()
		w = z
	}
	tw := tar.NewWriter(w)
	add := func(name, s string) {
		if err := tw.WriteHeader(&tar.Header{Name: name, Size: int64(len(s)), Mode: 0o644, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
			t.Fatal(err)
		}
		_, _ = tw.Write([]byte(s))
	}
	add("COPYING", "licence")
	add("mine.info", info)
	for _, m := range members {
		add(m, data[m])
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if z, ok := w.(*gzip.Writer); ok {
		_ = z.Close()
	}
	return b.Bytes()
}

func TestIgnoreListsComeBeforeWhatTheyIgnore(t *testing.T) {
	t.Parallel()
	data := map[string]string{"mine.ndb": "A:0:*:aa\n", "mine.ign2": "A\n", "mine.cfg": "DOCUMENT:0x5:1:9\n", "readme.txt": "x"}
	b := container(t, []string{"mine.ndb", "mine.ign2", "mine.cfg", "readme.txt"}, data, "", true)
	_, got, err := readAll(b, CUD, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range got {
		names = append(names, strings.Fields(g)[0])
	}
	if s := strings.Join(names, " "); s != "mine.ign2 mine.cfg mine.ndb" {
		t.Errorf("order %q", s)
	}
}

func TestMembersMustBeWhatTheListSays(t *testing.T) {
	t.Parallel()
	const head = "ClamAV-VDB:01 Jan 2026 00-00 +0000:7:1:90:X:X:me:1767225600\n"
	sum := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	data := map[string]string{"a.ndb": "abc\n", "a.ign2": "abc\n"}
	for _, c := range []struct{ name, info, want string }{
		{"another size", head + "a.ndb:5:" + sum("abc\n") + "\na.ign2:4:" + sum("abc\n") + "\n", "not correctly loaded"},
		{"another hash", head + "a.ndb:4:" + sum("x") + "\na.ign2:4:" + sum("abc\n") + "\n", "Invalid checksum for file a.ndb"},
		{"another hash of an early one", head + "a.ndb:4:" + sum("abc\n") + "\na.ign2:4:" + sum("x") + "\n", "Invalid checksum for file a.ign2"},
		{"unlisted", head + "a.ign2:4:" + sum("abc\n") + "\n", "File a.ndb not found in .info"},
		{"missing", head + "a.ndb:4:" + sum("abc\n") + "\na.ign2:4:" + sum("abc\n") + "\nb.ndb:0:" + sum("") + "\n", "File b.ndb not found in the archive"},
		{"listed twice", head + "a.ndb:4:" + sum("abc\n") + "\na.ndb:4:" + sum("abc\n") + "\n", "listed twice"},
		{"another version", strings.Replace(head, ":7:", ":8:", 1), "Corrupted CVD header"},
		{"no header", "a.ndb:4:" + sum("abc\n") + "\n", "header of the member list"},
		{"a path", head + "../a.ndb:4:" + sum("abc\n") + "\n", "Incorrect line"},
		{"a signature line", head + "DSIG:abc\n", "Incorrect line"},
	} {
		b := container(t, []string{"a.ndb", "a.ign2"}, data, c.info, false)
		if _, _, err := readAll(b, CUD, ReadOptions{}); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestOddTarsAreRefused(t *testing.T) {
	t.Parallel()
	b := container(t, []string{"a.ndb"}, map[string]string{"a.ndb": "abc\n"}, "", false)
	at := bytes.LastIndex(b, []byte("a.ndb"))
	for _, c := range []struct {
		name   string
		change func(b []byte)
		want   string
	}{
		{"a slash", func(b []byte) { b[at+1] = '/' }, "Slash separators are not allowed in CVD"},
		{"a directory", func(b []byte) { b[at+typeAt] = '5' }, "Directories are not supported in CVD"},
		{"a link", func(b []byte) { b[at+typeAt] = '2' }, "Unknown type flag"},
		{"a size that is none", func(b []byte) { b[at+sizeAt] = 'x' }, "Invalid size in header"},
		{"a size beyond the end", func(b []byte) { copy(b[at+sizeAt:], "00777777777") }, "not correctly loaded"},
		{"a binary size", func(b []byte) { b[at+sizeAt] = 0x80 }, "Invalid size in header"},
		{"a hidden name", func(b []byte) { b[at] = '.' }, "Unusable file name"},
	} {
		x := bytes.Clone(b)
		c.change(x)
		if _, _, err := readAll(x, CUD, ReadOptions{}); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestABombStaysSmall(t *testing.T) {
	// Not parallel: it looks at the memory of the process.
	var z bytes.Buffer
	head := "ClamAV-VDB:01 Jan 2026 00-00 +0000:7:1:90:X:X:me:1767225600"
	z.WriteString(head + strings.Repeat(" ", HeaderSize-len(head)))
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	tw := tar.NewWriter(w)
	const huge = 1 << 30
	if err := tw.WriteHeader(&tar.Header{Name: "x.info", Size: huge, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
		t.Fatal(err)
	}
	zero := make([]byte, 1<<20)
	for range 256 {
		_, _ = tw.Write(zero)
	}
	_ = w.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := readAll(z.Bytes(), CUD, ReadOptions{})
	runtime.ReadMemStats(&after)
	if !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
		t.Errorf("allocated %d bytes", grown)
	}
}

func TestAMemberThatUnpacksTooFarIsCutOff(t *testing.T) {
	t.Parallel()
	c := &cappedReader{r: zeros{}, left: 1000}
	n, err := io.Copy(io.Discard, c)
	if n != 1000 || !errors.Is(err, ErrMalformed) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
