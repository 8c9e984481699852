package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gclam/cvd"
	"gclam/internal/logfmt"
)

// runCdiff applies an update to the unpacked database in the current directory.
func (t *tool) runCdiff() int {
	d, err := cvd.OpenDir(".")
	if err != nil {
		t.in.Errorf("rundiff: %v", err)
		return 1
	}
	defer func() { _ = d.Close() }()
	return t.apply(t.in.Values.String("run-cdiff"), d)
}

// apply applies an update and checks what came out.
func (t *tool) apply(path string, d *cvd.OSDir) int {
	if !strings.HasSuffix(path, ".cdiff") && !strings.HasSuffix(path, ".script") {
		t.in.Errorf("rundiff: Incorrect file name (no .cdiff/.script extension)")
		return 1
	}
	b, err := readLimited(path, cvd.MaxCdiff)
	if err != nil {
		t.in.Errorf("rundiff: Can't open file %s", path)
		return 1
	}
	script, err := cvd.OpenScript(path, b)
	if err == nil {
		err = cvd.ApplyScript(script, d)
	}
	if err != nil {
		t.libError(scriptText(err) + "\n")
		return 1
	}
	return t.checkResult(path, d)
}

// scriptText is what the reference says about a script that failed.
func scriptText(err error) string {
	var s *cvd.ScriptError
	var e *cvd.Error
	switch {
	case errors.As(err, &s) && errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("processing: IO error: %s (os error 2) on line %d: %s", logfmt.Reason(s.Err), s.Line, s.Command)
	case errors.As(err, &s):
		return fmt.Sprintf("processing: %v on line %d: %s", s.Err, s.Line, s.Command)
	case errors.As(err, &e):
		return e.Detail
	}
	return err.Error()
}

// checkResult compares the files with the list, which the update changed too.
func (t *tool) checkResult(path string, d cvd.Dir) int {
	name, _, ok := diffName(path)
	if !ok {
		t.in.Errorf("verifydiff: Invalid diff name")
		return 1
	}
	err := cvd.CheckUnpacked(d, name, cvd.CVD)
	if errors.Is(err, fs.ErrNotExist) {
		t.in.Errorf("verifydiff: Can't open %s.info", name)
		return 1
	}
	if err != nil {
		t.in.Errorf("verifydiff: %v", err)
		return 1
	}
	return 0
}

// diffName takes "daily-27001.cdiff" apart.
func diffName(path string) (name string, version int, ok bool) {
	base := filepath.Base(path)
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".cdiff"), ".script")
	name, num, ok := strings.Cut(base, "-")
	version, err := strconv.Atoi(num)
	return name, version, ok && err == nil && name != ""
}

// verifyCdiff applies an update to a copy of a container.
func (t *tool) verifyCdiff() int {
	diff := t.in.Values.String("verify-cdiff")
	if len(t.in.Args) == 0 {
		t.in.Errorf("--verify-cdiff requires two arguments")
		return 1
	}
	base := t.in.Args[0]
	if _, err := os.Stat(base); err != nil {
		fmt.Fprintf(t.in.Out, "--verify-cdiff: Can't get status of %s\n", base)
		return 1
	}
	return t.verifyApplies(diff, base)
}

// verifyApplies tells whether an update leads from a container to what its list
// says.
func (t *tool) verifyApplies(diff, base string) int {
	code := t.inTemp(base, func(d *cvd.OSDir) int {
		code := t.apply(diff, d)
		if code != 0 {
			t.in.Errorf("verifydiff: Can't apply %s", diff)
		}
		return code
	})
	if code == 0 {
		fmt.Fprintf(t.in.Out, "Verification: %s correctly applies to %s\n", diff, base)
	}
	return code
}

// inTemp unpacks a container into a temporary directory for fn.
func (t *tool) inTemp(path string, fn func(*cvd.OSDir) int) int {
	temp, err := os.MkdirTemp(t.in.Values.String("TemporaryDirectory"), "gsigtool-")
	if err != nil {
		t.in.Errorf("Can't create a temporary directory: %v", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(temp) }()
	if code := t.unpackTo(path, temp); code != 0 {
		return code
	}
	d, err := cvd.OpenDir(temp)
	if err != nil {
		t.in.Errorf("%v", err)
		return 1
	}
	defer func() { _ = d.Close() }()
	return fn(d)
}

// compare prints the commands that lead from one file to another.
func (t *tool) compare() int {
	if len(t.in.Args) == 0 {
		t.in.Errorf("makediff: --compare requires two arguments")
		return 1
	}
	if err := compareFiles(t.in.Out, t.in.Values.String("compare"), t.in.Args[0]); err != nil {
		t.in.Errorf("compare: %v", err)
		return 1
	}
	return 0
}

func compareFiles(w io.Writer, before, after string) error {
	a, closeA, err := openOrEmpty(before)
	if err != nil {
		return err
	}
	defer closeA()
	b, closeB, err := openOrEmpty(after)
	if err != nil {
		return err
	}
	defer closeB()
	return cvd.CompareFiles(w, filepath.Base(after), a, b)
}

// openOrEmpty opens a file; one that does not exist is empty, as for an update that
// creates or removes it.
func openOrEmpty(path string) (io.Reader, func(), error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return strings.NewReader(""), func() {}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close() }, nil
}

// diff writes NAME-VERSION.script, which leads from one container to the next.
// Only the vendor can sign it.
func (t *tool) diff() int {
	if len(t.in.Args) == 0 {
		t.in.Errorf("makediff: --diff requires two arguments")
		return 1
	}
	before, after := t.in.Values.String("diff"), t.in.Args[0]
	from, err := t.header(before)
	if err != nil {
		t.in.Errorf("makediff: Can't read CVD header from %s", before)
		return 1
	}
	to, err := t.header(after)
	if err != nil {
		t.in.Errorf("makediff: Can't read CVD header from %s", after)
		return 1
	}
	if from.Version != to.Version-1 {
		t.in.Errorf("makediff: The old CVD must be %d", to.Version-1)
		return 1
	}
	name := fmt.Sprintf("%s-%d.script", cvd.DatabaseName(filepath.Base(after)), to.Version)
	if code := t.writeDiff(name, before, after); code != 0 {
		return code
	}
	fmt.Fprintf(t.in.Out, "Generated diff file %s\n", name)
	if code := t.verifyApplies(name, before); code != 0 {
		_ = os.Rename(name, name+".broken")
		t.in.Errorf("Generated file is incorrect, renamed to %s.broken", name)
		return code
	}
	return 0
}

// header reads the header of a container.
func (t *tool) header(path string) (cvd.Header, error) {
	c, err := t.open(path)
	if err != nil {
		return cvd.Header{}, err
	}
	return c.header, c.Close()
}

// writeDiff writes the commands that lead from one container to another.
func (t *tool) writeDiff(name, before, after string) int {
	return t.inTemp(before, func(a *cvd.OSDir) int {
		return t.inTemp(after, func(b *cvd.OSDir) int {
			script, err := makeScript(a, b)
			if err == nil {
				err = os.WriteFile(name, script, 0o644)
			}
			if err != nil {
				t.in.Errorf("makediff: %v", err)
				return 1
			}
			return 0
		})
	})
}

// makeScript compares two unpacked containers.
func makeScript(a, b *cvd.OSDir) ([]byte, error) {
	olds, err := a.Names()
	if err != nil {
		return nil, err
	}
	news, err := b.Names()
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	for _, n := range news {
		var before io.Reader = strings.NewReader("")
		if slices.Contains(olds, n) {
			f, err := a.Open(n)
			if err != nil {
				return nil, err
			}
			defer func() { _ = f.Close() }()
			before = f
		}
		f, err := b.Open(n)
		if err != nil {
			return nil, err
		}
		err = cvd.CompareFiles(&out, n, before, f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
	}
	for _, n := range olds {
		if !slices.Contains(news, n) {
			fmt.Fprintf(&out, "UNLINK %s\n", n)
		}
	}
	return []byte(out.String()), nil
}

// readLimited reads a file of at most limit bytes.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return b, err
}
