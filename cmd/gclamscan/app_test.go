package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine"
	"gclam/internal/cli"
)

// fake is a database whose scans end as its contents say.
type fake struct {
	fail error // of loads with paths
	scan func(name string) (engine.Result, error)
}

func (f *fake) load(_ context.Context, paths []string, _ engine.LoadOptions, _ engine.Options) (database, error) {
	if len(paths) > 0 && f.fail != nil {
		return nil, f.fail
	}
	return f, nil
}

func (f *fake) Scan(_ context.Context, _ io.ReaderAt, _ int64, o engine.ObjectInfo) (engine.Result, error) {
	return f.scan(o.Name)
}

func (f *fake) ScanReader(_ context.Context, r io.Reader, o engine.ObjectInfo) (engine.Result, error) {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return engine.Result{}, err
	}
	return f.scan(o.Name)
}

func (f *fake) Signatures() int { return 7 }

func (f *fake) Close() error { return nil }

// byName finds what the file is called: "bad" is infected, "broken" cannot be read.
func byName(name string) (engine.Result, error) {
	var r engine.Result
	if strings.Contains(name, "bad") {
		r = engine.Result{Verdict: engine.Infected, Matches: []engine.Match{{Name: "A"}, {Name: "B"}}}
	}
	if strings.Contains(name, "broken") {
		return r, io.ErrUnexpectedEOF
	}
	return r, nil
}

func execute(l loader, stdin string, argv ...string) (code int, out, errs string) {
	var o, e strings.Builder
	c := command()
	c.Run = func(ctx context.Context, in *cli.Invocation) int { return run(ctx, in, l) }
	code = c.Execute(context.Background(), append([]string{"P"}, argv...), cli.Streams{In: strings.NewReader(stdin), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

func TestScanErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, n := range []string{"good", "bad", "broken", "bad-and-broken"} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := func(n string) string { return filepath.Join(dir, n) }
	tests := []struct {
		name      string
		argv      []string
		code      int
		out, errs string
	}{
		{"a scan that fails is an error and never OK", []string{p("broken")}, 2, p("broken") + ": Can't read file ERROR\n", ""},
		{"what was found before the failure counts", []string{p("bad-and-broken")}, 1, p("bad-and-broken") + ": A FOUND\n", ""},
		{"infection wins over errors", []string{p("broken"), p("bad")}, 1, p("broken") + ": Can't read file ERROR\n" + p("bad") + ": A FOUND\n", ""},
		{"-i hides errors, not the exit code", []string{"-i", p("broken")}, 2, "", ""},
		{"only the first match without -z", []string{"-z", p("bad")}, 1, p("bad") + ": A FOUND\n" + p("bad") + ": B FOUND\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := execute(&fake{scan: byName}, "", append([]string{"--no-summary"}, tt.argv...)...)
			if code != tt.code {
				t.Errorf("code %d, want %d", code, tt.code)
			}
			if diff := cmp.Diff([]string{tt.out, tt.errs}, []string{out, errs}); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestWithoutDatabaseTheBuiltInOneServes(t *testing.T) {
	t.Parallel()
	l := &fake{fail: engine.ErrNoDatabase, scan: byName}
	code, out, errs := execute(l, "x", "--no-summary", "-")
	if code != 0 || out != "stdin: OK\n" {
		t.Errorf("code %d, stdout %q", code, out)
	}
	if strings.Count(errs, "\n") != 1 || !strings.HasPrefix(errs, "WARNING: ") || !strings.Contains(errs, "gfreshclam") {
		t.Errorf("stderr %q", errs)
	}
	code, _, errs = execute(l, "x", "-d", "dir", "--no-summary", "-")
	if code != 2 || errs != "ERROR: Can't open file or directory\n" {
		t.Errorf("with -d: code %d, stderr %q", code, errs)
	}
}

func TestAPanicOfTheEngineIsExitCodeTwo(t *testing.T) {
	t.Parallel()
	code, _, errs := execute(&fake{scan: func(string) (engine.Result, error) { panic("boom") }}, "x", "-")
	if code != 2 || !strings.HasPrefix(errs, "ERROR: Internal error: boom\n") {
		t.Errorf("code %d, stderr %q", code, errs)
	}
}

func TestDatabaseText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want string
	}{
		{&engine.DatabaseError{Path: "x", Text: "Malformed database"}, "Malformed database"},
		{engine.ErrBadSignature, "Can't verify database integrity"},
		{engine.ErrNoDatabase, "Can't open file or directory"},
		{os.ErrNotExist, "Can't get file status"},
		{engine.ErrTooOld, "Virus database is older than 3 days!"},
		{errors.New("other"), "other"},
	}
	for _, tt := range tests {
		if got := databaseText(tt.err, 3*24*3600e9); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestSummaryOfACopyThatFailed(t *testing.T) {
	t.Parallel()
	src, dst := t.TempDir(), t.TempDir()
	path := filepath.Join(src, "bad")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &fake{scan: func(name string) (engine.Result, error) {
		if err := errors.Join(os.Rename(name, name+".old"), os.WriteFile(name, []byte("precious"), 0o600)); err != nil {
			t.Error(err)
		}
		return byName(name)
	}}
	code, out, errs := execute(l, "", "--copy="+dst, path)
	if code != 1 || !strings.Contains(out, "\nNot moved: 1\n") || errs != "ERROR: Can't copy file '"+path+"'\n" {
		t.Errorf("code %d, stdout %q, stderr %q", code, out, errs)
	}
}

func TestListPaths(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3000)
	dir := t.TempDir()
	list := filepath.Join(dir, "list")
	if err := os.WriteFile(list, []byte("a\r\n\n"+long+"\nb"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, errs := execute(&fake{scan: byName}, "", "-f", list, "--no-summary")
	for _, want := range []string{"a: No such file", "\n: No such file", "WARNING: \n: Can't access file", "b: No such file"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(errs, strings.Repeat("x", maxListLine+2)) {
		t.Error("a path longer than the limit got through")
	}
}

func TestBarsAreDrawnAsTheReferenceDoes(t *testing.T) {
	t.Parallel()
	var w strings.Builder
	b := &bars{w: &w, full: map[string]bool{}}
	b.report("load", 1, 4)
	b.report("load", 4, 4)
	b.finish(4)
	want := "\r\x1b[?7lLoading:      0s, ETA:   0s [======>                  ]        1/4 sigs    \x1b[?7h" +
		"\r\x1b[?7lLoading:      0s, ETA:   0s [========================>]        4/4 sigs    \x1b[?7h\n" +
		"\r\x1b[?7lCompiling:    0s, ETA:   0s [========================>]        1/1 tasks    \x1b[?7h\n\n"
	if diff := cmp.Diff(want, w.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func FuzzFileList(f *testing.F) {
	f.Add("a\n\nb\r\n-\n")
	f.Fuzz(func(t *testing.T, in string) {
		list := filepath.Join(t.TempDir(), "list")
		if err := os.WriteFile(list, []byte(in), 0o600); err != nil {
			t.Skip()
		}
		// Paths that exist would be scanned; the fake reads nothing.
		if code, _, _ := execute(&fake{scan: byName}, "", "-f", list, "--no-summary", "--max-dir-recursion=0"); code != 0 && code != 2 {
			t.Fatalf("code %d", code)
		}
	})
}
