package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gclam/cvd"
	"gclam/engine"
)

const engineLevel = engine.FunctionalityLevel

func (t *tool) listSigs() int {
	path := t.in.Values.String("list-sigs")
	err := t.eachSignature(path, func(file, line string) {
		if n := signatureName(file, line); n != "" {
			fmt.Fprintln(t.in.Out, n)
		}
	})
	if err != nil {
		t.in.Errorf("--list-sigs: Can't get status of %s", path)
		return 1
	}
	return 0
}

func (t *tool) findSigs() int {
	re, err := regexp.CompilePOSIX(t.in.Values.String("find-sigs"))
	if err != nil {
		t.in.Errorf("--find-sigs: Can't compile regex")
		return 1
	}
	dir := t.in.Values.String("DatabaseDirectory")
	err = t.eachSignature(dir, func(file, line string) {
		if re.MatchString(line) {
			fmt.Fprintf(t.in.Out, "[%s] %s\n", file, line)
		}
	})
	if err != nil {
		t.in.Errorf("--find-sigs: Can't get status of %s", dir)
		return 1
	}
	return 0
}

// eachSignature goes through the lines of a file, of a container's members, or of
// all databases in a directory.
func (t *tool) eachSignature(path string, fn func(file, line string)) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !st.IsDir() {
		return t.fileSignatures(path, fn)
	}
	es, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range es {
		if !e.Type().IsRegular() || !cvd.IsDatabase(e.Name()) && cvd.KindOf(e.Name()) == cvd.None {
			continue
		}
		if err := t.fileSignatures(filepath.Join(path, e.Name()), fn); err != nil {
			t.in.Errorf("%v", err)
		}
	}
	return nil
}

func (t *tool) fileSignatures(path string, fn func(file, line string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	kind := cvd.KindOf(path)
	if kind == cvd.None {
		return lines(f, filepath.Base(path), fn)
	}
	st, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = cvd.Read(f, st.Size(), kind, cvd.ReadOptions{}, func(m cvd.Member, r io.Reader) error { return lines(r, m.Name, fn) })
	return err
}

func lines(r io.Reader, file string, fn func(file, line string)) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLine)
	for sc.Scan() {
		if l := strings.TrimRight(sc.Text(), "\r"); l != "" && l[0] != '#' {
			fn(file, l)
		}
	}
	return sc.Err()
}

// signatureName is the name in a line of a database, "" if lines of that kind have
// none.
func signatureName(file, line string) string {
	switch filepath.Ext(file) {
	case ".hdb", ".hdu", ".hsb", ".hsu", ".mdb", ".mdu", ".msb", ".msu", ".imp":
		if f := strings.Split(line, ":"); len(f) > 2 {
			return f[2]
		}
	case ".ndb", ".ndu", ".sdb", ".cdb", ".idb", ".zmd", ".rmd":
		name, _, _ := strings.Cut(line, ":")
		return name
	case ".ldb", ".ldu":
		name, _, _ := strings.Cut(line, ";")
		return name
	case ".db":
		name, _, _ := strings.Cut(line, "=")
		return name
	}
	return ""
}
