package main

import (
	"bufio"
	"errors"
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
	if _, err := os.Stat(path); err != nil {
		fmt.Fprintf(t.in.Out, "--list-sigs: Can't get status of %s\n", path)
		return 1
	}
	err := t.eachSignature(path, func(file string, n int, line string) error {
		name, ok := signatureName(file, n, line)
		if !ok {
			// On stdout, unlike other errors.
			fmt.Fprintf(t.in.Out, "ERROR: listdb: Malformed pattern line %d (file %s)\n", n, file)
			return errDecode
		}
		if name != "" {
			fmt.Fprintln(t.in.Out, name)
		}
		return nil
	})
	return t.listed("listdb", err)
}

func (t *tool) findSigs() int {
	re, err := regexp.CompilePOSIX(t.in.Values.String("find-sigs"))
	if err != nil {
		fmt.Fprintln(t.in.Out, "--find-sigs: Can't compile regex")
		return 1
	}
	dir := t.in.Values.String("DatabaseDirectory")
	if _, err := os.Stat(dir); err != nil {
		t.in.Errorf("listdir: Can't open directory %s", dir)
		return 1
	}
	err = t.eachSignature(dir, func(file string, _ int, line string) error {
		if re.MatchString(line) {
			fmt.Fprintf(t.in.Out, "[%s] %s\n", filepath.Base(file), line)
		}
		return nil
	})
	return t.listed("findsigs", err)
}

// listed turns an error into an exit code; errDecode has been reported.
func (t *tool) listed(what string, err error) int {
	if err == nil {
		return 0
	}
	if !errors.Is(err, errDecode) {
		t.in.Errorf("%s: %v", what, err)
	}
	return 1
}

// visitor is called for each signature line with the file and the line's number.
type visitor func(file string, n int, line string) error

// eachSignature goes through the lines of a file, of a container's members, or of
// all databases in a directory.
func (t *tool) eachSignature(path string, fn visitor) error {
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
			return err
		}
	}
	return nil
}

func (t *tool) fileSignatures(path string, fn visitor) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	kind := cvd.KindOf(path)
	if kind == cvd.None {
		return lines(f, path, fn)
	}
	st, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = cvd.Read(f, st.Size(), kind, cvd.ReadOptions{}, func(m cvd.Member, r io.Reader) error { return lines(r, m.Name, fn) })
	return err
}

func lines(r io.Reader, file string, fn visitor) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLine)
	for n := 1; sc.Scan(); n++ {
		if l := strings.TrimRight(sc.Text(), "\r"); l != "" && l[0] != '#' {
			if err := fn(file, n, l); err != nil {
				return err
			}
		}
	}
	return sc.Err()
}

// signatureName is the name in line n of a database, "" if lines of that kind have
// none; ok is false for a line that should have one.
func signatureName(file string, n int, line string) (name string, ok bool) {
	var found bool
	switch strings.ToLower(filepath.Ext(file)) {
	case ".hdb", ".hdu", ".hsb", ".hsu", ".mdb", ".mdu", ".msb", ".msu", ".imp":
		if f := strings.Split(line, ":"); len(f) > 2 {
			name, found = f[2], true
		}
	case ".ndb", ".ndu", ".sdb", ".cdb", ".zmd", ".rmd":
		name, _, found = strings.Cut(line, ":")
	case ".ldb", ".ldu":
		name, _, found = strings.Cut(line, ";")
	case ".db":
		name, _, found = strings.Cut(line, "=")
	case ".cbc":
		// Line 2 is the logical signature of a program that has one.
		if before, _, is := strings.Cut(line, ";"); is && n == 2 {
			name = before
		}
		return name, true
	case ".crb":
		return line, true
	default:
		return "", true
	}
	name, _, _ = strings.Cut(name, " (Clam)")
	return name, found
}
