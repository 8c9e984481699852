package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gclam/cvd"
	"gclam/engine"
)

const (
	engineLevel   = engine.FunctionalityLevel
	maxTestTarget = 16 << 20 // bytes of a file that signatures are tried on
)

// targets are the names of target types in --decode-sigs.
func targets() []string {
	return []string{"ANY FILE", "PE", "OLE2", "HTML", "MAIL", "GRAPHICS", "ELF", "NORMALIZED ASCII TEXT", "DISASM DATA", "MACHO", "PDF", "FLASH", "JAVA CLASS"}
}

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

var errDecode = errors.New("decode")

// decodeSigs explains the signatures on stdin.
func (t *tool) decodeSigs() int {
	sc := bufio.NewScanner(t.in.In)
	sc.Buffer(nil, maxLine)
	for sc.Scan() && sc.Text() != "" { // observed: an empty line ends it
		if t.decode(strings.TrimRight(sc.Text(), "\r"), nil) != nil {
			return 1
		}
	}
	return 0
}

// testSigs tries the signatures of a database on a file. Target types and offsets
// are not looked at, as in the reference.
func (t *tool) testSigs() int {
	if len(t.in.Args) == 0 {
		t.in.Errorf("--test-sigs requires two arguments")
		return 1
	}
	b, err := readLimited(t.in.Args[0], maxTestTarget)
	if err != nil {
		t.in.Errorf("testsigs: Can't open file %s", t.in.Args[0])
		return 1
	}
	target := &target{asRunes(b)}
	code := 0
	err = eachLine(t.in.Values.String("test-sigs"), func(l string) bool {
		if l == "" || l[0] == '#' {
			return true
		}
		if t.decode(l, target) != nil {
			code = 1
		}
		return code == 0
	})
	if err != nil {
		t.in.Errorf("testsigs: Can't open database %s", t.in.Values.String("test-sigs"))
		return 1
	}
	return code
}

// target is a file that signatures are tried on, one rune a byte.
type target struct{ text string }

// decode explains one signature, or tries it on a file.
func (t *tool) decode(line string, on *target) error {
	switch {
	case strings.Contains(line, ";"):
		return t.decodeLogical(line, on)
	case strings.Count(line, ":") >= 3:
		return t.decodeExtended(strings.Split(line, ":"), on)
	case strings.Contains(line, ":"):
		fmt.Fprintf(t.in.Out, "TOKENS COUNT: %d\n", strings.Count(line, ":")+1)
		t.in.Errorf("decodesig: Invalid or not supported signature format")
		return errDecode
	case strings.Contains(line, "="):
		name, body, _ := strings.Cut(line, "=")
		fmt.Fprintf(t.in.Out, "VIRUS NAME: %s\n", name)
		return t.body(body, on, "DECODED SIGNATURE:\n", "SUBSIG: ", "")
	}
	fmt.Fprintln(t.in.Out, "decodesig: Not supported signature format")
	return errDecode
}

// decodeExtended is for "NAME:TARGET:OFFSET:HEX[:MINFL[:MAXFL]]".
func (t *tool) decodeExtended(f []string, on *target) error {
	out := t.in.Out
	fmt.Fprintf(out, "VIRUS NAME: %s\n", f[0])
	if len(f) == 6 {
		fmt.Fprintf(out, "FUNCTIONALITY LEVEL: %s..%s\n", f[4], f[5])
	} else if len(f) == 5 {
		fmt.Fprintf(out, "FUNCTIONALITY LEVEL: >=%s\n", f[4])
	}
	i, err := strconv.ParseUint(f[1], 10, 8)
	if err != nil || int(i) >= len(targets()) {
		fmt.Fprint(out, "TARGET TYPE: ")
		t.in.Errorf("decodesig: Invalid target type")
		return errDecode
	}
	fmt.Fprintf(out, "TARGET TYPE: %s\nOFFSET: %s\n", targets()[i], f[2])
	return t.body(f[3], on, "DECODED SIGNATURE:\n", "SUBSIG: ", f[2])
}

// body explains or tries one pattern.
func (t *tool) body(pattern string, on *target, decoded, raw, offset string) error {
	ps, err := parsePattern(pattern)
	if err != nil {
		t.in.Errorf("Decoding failed %v", err)
		t.in.Errorf("Decoding failed")
		return errDecode
	}
	if on == nil {
		fmt.Fprintf(t.in.Out, "%s%s\n", decoded, describe(ps))
		return nil
	}
	fmt.Fprintf(t.in.Out, "%s%s\n", raw, pattern)
	re, err := matcher(ps)
	if err != nil {
		t.in.Errorf("testsigs: %v", err)
		return errDecode
	}
	at := offsets(re, on.text)
	slices.Reverse(at) // the reference tells the last first
	yes := "YES"
	if offset != "*" && offset != "" {
		yes = "YES/CHECK OFFSET"
	}
	switch len(at) {
	case 0:
		fmt.Fprintln(t.in.Out, "MATCH: ** NO **")
	case 1:
		fmt.Fprintf(t.in.Out, "MATCH: ** %s ** (1 match at offset: %d)\n", yes, at[0])
	default:
		list := bytes.Trim(fmt.Append(nil, at), "[]")
		fmt.Fprintf(t.in.Out, "MATCH: ** %s ** (%d matches at offsets: %s)\n", yes, len(at), list)
	}
	return nil
}

// decodeLogical is for "NAME;TDB;EXPRESSION;SUBSIG;…".
func (t *tool) decodeLogical(line string, on *target) error {
	f := strings.Split(line, ";")
	if len(f) < 4 {
		fmt.Fprintln(t.in.Out, "decodesig: Not supported signature format")
		return errDecode
	}
	fmt.Fprintf(t.in.Out, "VIRUS NAME: %s\nTDB: %s\nLOGICAL EXPRESSION: %s\n", f[0], f[1], f[2])
	for i, s := range f[3:] {
		fmt.Fprintf(t.in.Out, " * SUBSIG ID %d\n", i)
		offset, body := "ANY", s
		if o, rest, ok := strings.Cut(s, ":"); ok && rest != "" && rest[0] != ':' && !strings.HasPrefix(s, "/") {
			offset, body = o, rest
		}
		body, mods, _ := strings.Cut(body, "::")
		fmt.Fprintf(t.in.Out, " +-> OFFSET: %s\n +-> SIGMOD: %s\n", offset, modifiers(mods))
		if err := t.body(body, on, " +-> DECODED SUBSIGNATURE:\n", " +-> SUBSIG: ", offset); err != nil {
			return err
		}
	}
	return nil
}

func modifiers(s string) string {
	words := map[rune]string{'i': "NOCASE", 'f': "FULLWORD", 'w': "WIDE", 'a': "ASCII"}
	var out []string
	for _, r := range s {
		if w := words[r]; w != "" {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return "NONE"
	}
	return strings.Join(out, " ")
}
