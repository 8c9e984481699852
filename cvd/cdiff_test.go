package cvd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// memDir is a Dir in memory.
type memDir map[string]*bytes.Buffer

type nopWriteCloser struct{ *bytes.Buffer }

func (nopWriteCloser) Close() error { return nil }

func (d memDir) Open(name string) (io.ReadCloser, error) {
	b, ok := d[name]
	if !ok {
		return nil, fmt.Errorf("open %s: %w", name, os.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(b.Bytes())), nil
}

func (d memDir) Create(name string) (io.WriteCloser, error) {
	d[name] = &bytes.Buffer{}
	return nopWriteCloser{d[name]}, nil
}

func (d memDir) Append(name string) (io.WriteCloser, error) {
	if d[name] == nil {
		return d.Create(name)
	}
	return nopWriteCloser{d[name]}, nil
}

func (d memDir) Rename(from, to string) error {
	d[to] = d[from]
	return d.Remove(from)
}

func (d memDir) Remove(name string) error {
	if d[name] == nil {
		return fmt.Errorf("remove %s: %w", name, os.ErrNotExist)
	}
	delete(d, name)
	return nil
}

func (d memDir) Names() ([]string, error) { return slices.Sorted(maps.Keys(d)), nil }

func (d memDir) String() string {
	var s strings.Builder
	for _, n := range slices.Sorted(maps.Keys(d)) {
		fmt.Fprintf(&s, "[%s]\n%s", n, d[n])
	}
	return s.String()
}

func dirOf(files map[string]string) memDir {
	d := memDir{}
	for n, s := range files {
		d[n] = bytes.NewBufferString(s)
	}
	return d
}

func TestTheVendorsPatchesLeadFromVersion1To6(t *testing.T) {
	t.Parallel()
	start := fixture(t, "test-1.cvd")
	dir := memDir{}
	if _, err := Unpack(bytes.NewReader(start), int64(len(start)), CVD, ReadOptions{}, dir); err != nil {
		t.Fatal(err)
	}
	for v := 2; v <= 6; v++ {
		c, err := OpenCdiff(fixture(t, fmt.Sprintf("test-%d.cdiff", v)), VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if c.Version != v {
			t.Errorf("version %d, want %d", c.Version, v)
		}
		if err := ApplyScript(c.Script, dir); err != nil {
			t.Fatal(err)
		}
		_, want, err := readAll(fixture(t, fmt.Sprintf("test-%d.cvd", v)), CVD, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, compress := range []bool{false, true} {
			var b bytes.Buffer
			if _, err := WriteCLD(&b, dir, "test", compress); err != nil {
				t.Fatal(err)
			}
			h, got, err := readAll(b.Bytes(), CLD, ReadOptions{})
			if err != nil || h.Version != v {
				t.Fatalf("version %d: %v, %v", v, h, err)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("version %d: members differ:\n%s\n%s", v, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.ndb": "one\ntwo two\nthree\n", "b.ndb": "x\n", "raw.ndb": "no end"}
	for _, c := range []struct{ name, script, want, fail string }{
		{name: "lines are added behind the last one", script: "OPEN b.ndb\nADD y z\nCLOSE\n", want: "x\ny z\n"},
		{name: "a comment is nothing", script: "# hello\nOPEN b.ndb\nCLOSE\n", want: "x\n"},
		{name: "an empty line is an unknown command", script: "\n", fail: "Unknown command"},
		{name: "ADD without a line adds nothing", script: "OPEN c.ndb\nADD\nCLOSE\n", want: "gone"},
		{name: "ADD of an empty line adds it", script: "OPEN c.ndb\nADD \nCLOSE\n", want: "[c.ndb]\n\n"},
		{name: "an empty prefix fits any line", script: "OPEN a.ndb\nDEL 2 \nCLOSE\n", want: "one\nthree\n"},
		{name: "a missing file is made by adding", script: "OPEN c.ndb\nADD new\nCLOSE\n", want: "new\n"},
		{name: "edits count lines of the old file", script: "OPEN a.ndb\nDEL 1 on\nXCHG 2 two zwei zwei\nDEL 3 three\nADD end\nCLOSE\n", want: "zwei zwei\nend\n"},
		{name: "edits may come out of order", script: "OPEN a.ndb\nXCHG 3 th 3\nDEL 1 one\nCLOSE\n", want: "two two\n3\n"},
		{name: "moved lines go to the other file", script: "MOVE a.ndb b.ndb 2 two 3 thr\n", want: "one\n"},
		{name: "a file goes away", script: "UNLINK a.ndb\n", want: "gone"},
		{name: "the line must begin as said", script: "OPEN a.ndb\nDEL 1 two\nCLOSE\n", fail: "does not begin"},
		{name: "a line behind the end", script: "OPEN a.ndb\nDEL 4 x\nCLOSE\n", fail: "No line 4"},
		{name: "of two edits of one line the last counts", script: "OPEN a.ndb\nDEL 1 one\nXCHG 1 one 1\nCLOSE\n", want: "[a.ndb]\n1\ntwo two\n"},
		{name: "edits need the file", script: "OPEN c.ndb\nDEL 1 x\nCLOSE\n", fail: "not exist"},
		{name: "the file has no last line end", script: "OPEN raw.ndb\nDEL 1 no\nCLOSE\n", fail: "No line end"},
		{name: "a file left open", script: "OPEN a.ndb\n", fail: "left open"},
		{name: "opened twice", script: "OPEN a.ndb\nOPEN b.ndb\n", fail: "already open"},
		{name: "nothing open", script: "ADD x\n", fail: "No open file"},
		{name: "a directory", script: "OPEN ../a.ndb\n", fail: "Forbidden"},
		{name: "a hidden file", script: "UNLINK .a\n", fail: "Forbidden"},
		{name: "a path in MOVE", script: "MOVE a.ndb /etc/passwd 1 one 1 one\n", fail: "Forbidden"},
		{name: "MOVE within an open file", script: "OPEN a.ndb\nMOVE a.ndb b.ndb 1 one 1 one\n", fail: "already open"},
		{name: "MOVE beyond the end", script: "MOVE a.ndb b.ndb 3 three 4 x\n", fail: "No line 4"},
		{name: "MOVE to a missing file", script: "MOVE a.ndb c.ndb 1 one 1 one\n", fail: "not exist"},
		{name: "an unknown command", script: "EXEC rm\n", fail: "Unknown command"},
		{name: "a missing parameter", script: "OPEN a.ndb\nXCHG 1 one\nCLOSE\n", fail: "Missing parameter"},
		{name: "line zero", script: "OPEN a.ndb\nDEL 0 one\nCLOSE\n", fail: "line number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := dirOf(files)
			err := ApplyScript([]byte(c.script), dir)
			if c.fail != "" {
				if err == nil || !strings.Contains(err.Error(), c.fail) {
					t.Errorf("got %v, want %q", err, c.fail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(dir.String()+"gone", c.want) || dir[scratch] != nil {
				t.Errorf("got %s, want %q", dir, c.want)
			}
		})
	}
}

func TestEveryAlteredByteOfAPatchIsRefused(t *testing.T) {
	t.Parallel()
	whole := fixture(t, "test-2.cdiff")
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 1 << (i % 7)
		if _, err := OpenCdiff(b, VerifyOptions{}); err == nil {
			t.Errorf("byte %d altered, accepted", i)
		}
	}
	for i := range 16 {
		_, err := OpenCdiff(whole[:len(whole)*i/16], VerifyOptions{})
		if i == 0 && !errors.Is(err, ErrEmptyCdiff) || err == nil {
			t.Errorf("%d/16: %v", i, err)
		}
	}
}
