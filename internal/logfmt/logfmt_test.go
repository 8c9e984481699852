package logfmt

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func clock() time.Time { return time.Date(2026, 11, 3, 4, 5, 6, 0, time.UTC) }

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func mustOpen(t *testing.T, o Options) *Logger {
	t.Helper()
	o.Now = clock
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestTargetsOfARecord(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		o              Options
		out, err, file string
	}{
		{
			name: "plain lines to stdout, the rest to stderr, all to the file",
			out:  "i\n", err: "WARNING: w\nERROR: e\n", file: "i\nWARNING: w\nERROR: e\n",
		},
		{
			name: "with time the word stands before it on terminals and behind it in files",
			o:    Options{Time: true},
			out:  "Tue Nov  3 04:05:06 2026 -> i\n", err: "WARNING: Tue Nov  3 04:05:06 2026 -> w\nERROR: Tue Nov  3 04:05:06 2026 -> e\n",
			file: "Tue Nov  3 04:05:06 2026 -> i\nTue Nov  3 04:05:06 2026 -> WARNING: w\nTue Nov  3 04:05:06 2026 -> ERROR: e\n",
		},
		{name: "quiet leaves errors", o: Options{Quiet: true}, err: "ERROR: e\n", file: "i\nWARNING: w\nERROR: e\n"},
		{name: "everything to stdout", o: Options{AllStdout: true}, out: "i\nWARNING: w\nERROR: e\n", file: "i\nWARNING: w\nERROR: e\n"},
		{name: "verbose", o: Options{Verbose: true}, out: "i\nd\n", err: "WARNING: w\nERROR: e\n", file: "i\nWARNING: w\nERROR: e\nd\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out, errs strings.Builder
			o := tt.o
			o.Path, o.Stdout, o.Stderr = filepath.Join(t.TempDir(), "x.log"), &out, &errs
			l := mustOpen(t, o)
			l.Infof("%s", "i")
			l.Warnf("w")
			l.Errorf("e")
			l.Debugf("d")
			got := []string{out.String(), errs.String(), read(t, o.Path)}
			if diff := cmp.Diff([]string{tt.out, tt.err, tt.file}, got); diff != "" {
				t.Errorf("stdout, stderr, file (-want +got)\n%s", diff)
			}
		})
	}
}

func TestNamesCannotForgeLines(t *testing.T) {
	t.Parallel()
	name := "a\nb: OK\r\x1b[2J\x7f\xff é"
	if got, want := FileLine(Info, name, clock(), false), `a\nb: OK\r\x1b[2J\x7f\xff é`+"\n"; got != want {
		t.Errorf("file line %q, want %q", got, want)
	}
	if got, want := ConsoleLine(Info, name, clock(), false), `a\nb: OK\r\x1b[2J\x7f`+"\xff é\n"; got != want {
		t.Errorf("console line %q, want %q", got, want)
	}
}

func TestRotationKeepsEveryLine(t *testing.T) {
	t.Parallel()
	for _, rotate := range []bool{true, false} {
		dir := t.TempDir()
		l := mustOpen(t, Options{Path: filepath.Join(dir, "c.log"), MaxSize: 10, Rotate: rotate})
		for i := range 6 {
			l.Infof("line %d", i)
		}
		var all string
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			all += read(t, f)
		}
		for i := range 6 {
			if !strings.Contains(all, fmt.Sprintf("line %d\n", i)) {
				t.Errorf("rotate %v: line %d is lost in %q", rotate, i, all)
			}
		}
		if len(files) < 3 {
			t.Errorf("rotate %v: files %q", rotate, files)
		}
		old := filepath.Join(dir, "c-20261103_040506.log")
		if got := strings.Contains(read(t, old), "Log size = 14, max = 10\nWARNING: Log size limit met"); got == rotate {
			t.Errorf("rotate %v: complaint is %v", rotate, got)
		}
	}
}

func TestReopenFollowsTheName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.log")
	l := mustOpen(t, Options{Path: path})
	l.Infof("one")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Skip("open files cannot be renamed here")
	}
	l.Infof("two")
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Infof("three")
	if got := read(t, path+".1") + "|" + read(t, path); got != "one\ntwo\n|three\n" {
		t.Errorf("got %q", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Unix rules")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "no", "x.log")
	_, err := Open(Options{Path: path})
	var oe *OpenError
	if !errors.As(err, &oe) || oe.Text != "Failed to open log file "+path+": No such file or directory" {
		t.Errorf("missing directory: %v", err)
	}
	link := filepath.Join(dir, "link.log")
	if err := os.Symlink(filepath.Join(dir, "target"), link); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Path: link}); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("symbolic link: %v", err)
	}
}

func TestNewLogIsNotForEverybody(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Unix modes")
	}
	path := filepath.Join(t.TempDir(), "x.log")
	mustOpen(t, Options{Path: path})
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm()&0o027 != 0 {
		t.Errorf("mode %v", st.Mode())
	}
}

func TestSlogHandler(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l := mustOpen(t, Options{Stdout: &out})
	lg := slog.New(l.Handler()).With("a", 1).WithGroup("g")
	lg.Warn("text", "k", "x y", slog.Group("h", "i", 2))
	lg.Debug("never")
	if got, want := out.String(), "WARNING: text a=1 g.k=\"x y\" g.h.i=2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	_, err := os.Open(filepath.Join(t.TempDir(), "x"))
	if got := Reason(err); got != "No such file or directory" {
		t.Errorf("got %q", got)
	}
	if got := Reason(errors.New("own words")); got != "own words" {
		t.Errorf("got %q", got)
	}
}

func TestANilLoggerIsSilent(t *testing.T) {
	t.Parallel()
	var l *Logger
	l.Infof("x")
	if err := errors.Join(l.Reopen(), l.Close()); err != nil {
		t.Error(err)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a\nb\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range []string{Escape(s), EscapeControl(s)} {
			if strings.ContainsFunc(e, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
				t.Fatalf("control character in %q", e)
			}
		}
	})
}
