//go:build unix

package quarantine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const content = "infected"

// place makes a file in dir and returns it as a scan would have it.
func place(t *testing.T, dir, name string) *File {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return &File{F: f, Info: fi, Path: path, Real: path}
}

// realTemp is a temporary directory whose path has no links.
func realTemp(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t *testing.T, a Action, dir string) *Quarantine {
	t.Helper()
	q, err := Open(a, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func names(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func TestMoveNeverOverwrites(t *testing.T) {
	t.Parallel()
	src, dst := realTemp(t), realTemp(t)
	q := open(t, Move, dst)
	for i, want := range []string{"a", "a.001", "a.002"} {
		f := place(t, src, "a")
		msg, err := q.Act(f)
		if err != nil {
			t.Fatal(err)
		}
		if w := f.Path + ": moved to '" + filepath.Join(dst, want) + "'"; msg != w {
			t.Errorf("%d: message %q, want %q", i, msg, w)
		}
		if exists(f.Real) || read(t, filepath.Join(dst, want)) != content {
			t.Errorf("%d: not moved", i)
		}
	}
	if got := names(t, dst); got != "a a.001 a.002" {
		t.Errorf("destination holds %q", got)
	}
}

func TestMoveOfAFileThatIsAlreadyThereRenamesIt(t *testing.T) {
	t.Parallel()
	dst := realTemp(t)
	if _, err := open(t, Move, dst).Act(place(t, dst, "a")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dst); got != "a.001" {
		t.Errorf("destination holds %q", got)
	}
}

func TestCopyKeepsModeAndTime(t *testing.T) {
	t.Parallel()
	src, dst := realTemp(t), realTemp(t)
	path := filepath.Join(src, "a")
	place(t, src, "a")
	when := time.Date(2004, 5, 6, 7, 8, 9, 0, time.UTC)
	if err := errors.Join(os.Chmod(path, 0o604), os.Chtimes(path, when, when)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fi, _ := f.Stat()
	if _, err := open(t, Copy, dst).Act(&File{F: f, Info: fi, Path: "a", Real: path}); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(filepath.Join(dst, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o604 || !st.ModTime().Equal(when) || !exists(path) {
		t.Errorf("mode %v, time %v, original there %v", st.Mode(), st.ModTime(), exists(path))
	}
}

func TestRemoveLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	src := realTemp(t)
	f := place(t, src, "a")
	msg, err := open(t, Remove, "").Act(f)
	if err != nil || msg != f.Path+": Removed." {
		t.Fatalf("%q, %v", msg, err)
	}
	if got := names(t, src); got != "" {
		t.Errorf("directory holds %q", got)
	}
}

func TestMessagesTellTheRealPath(t *testing.T) {
	t.Parallel()
	src := realTemp(t)
	f := place(t, src, "a")
	f.Path = "./a"
	msg, err := open(t, Remove, "").Act(f)
	if want := "./a (real path: '" + f.Real + "'): Removed."; err != nil || msg != want {
		t.Errorf("%q, %v; want %q", msg, err, want)
	}
}

// Everything that may happen between scan and action: the file must stay.
func TestAFileThatIsNotTheScannedOneIsLeftAlone(t *testing.T) {
	t.Parallel()
	swap := func(t *testing.T, f *File) {
		if err := errors.Join(os.Rename(f.Real, f.Real+".old"), os.WriteFile(f.Real, []byte("precious"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		do   func(*testing.T, *File)
	}{
		{"replaced by another file", swap},
		{"replaced by a link to itself", func(t *testing.T, f *File) {
			if err := errors.Join(os.Rename(f.Real, f.Real+".old"), os.Symlink(f.Real+".old", f.Real)); err != nil {
				t.Fatal(err)
			}
		}},
		{"its directory replaced by a link", func(t *testing.T, f *File) {
			dir := filepath.Dir(f.Real)
			if err := errors.Join(os.Rename(dir, dir+".old"), os.Symlink(dir+".old", dir)); err != nil {
				t.Fatal(err)
			}
		}},
		{"written to", func(t *testing.T, f *File) {
			if err := os.WriteFile(f.Real, []byte("longer than before"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"gone", func(t *testing.T, f *File) {
			if err := os.Remove(f.Real); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, a := range []Action{Move, Copy, Remove} {
		for _, tt := range tests {
			t.Run(a.Verb()+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				dst, dir := realTemp(t), filepath.Join(realTemp(t), "d")
				if err := os.Mkdir(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				f := place(t, dir, "a")
				q := open(t, a, dst)
				tt.do(t, f)
				there := exists(f.Real)
				var ae *ActError
				if msg, err := q.Act(f); !errors.As(err, &ae) {
					t.Errorf("message %q, error %v", msg, err)
				}
				if exists(f.Real) != there {
					t.Error("something was removed")
				}
				if got := names(t, dst); got != "" {
					t.Errorf("destination holds %q", got)
				}
				if got := names(t, dir); strings.Contains(got, ".clamav") {
					t.Errorf("left behind: %q", got)
				}
			})
		}
	}
}

func TestOpenRefusesBadDestinations(t *testing.T) {
	t.Parallel()
	dir := realTemp(t)
	file := place(t, dir, "f").Real
	tests := []struct {
		name, dir, text string
		stdout          bool
	}{
		{"missing", dir + "/no", "action_setup: Failed to get realpath of " + dir + "/no", true},
		{"a file", file, "'" + file + "' doesn't exist or is not a directory", false},
	}
	for _, tt := range tests {
		_, err := Open(Move, tt.dir)
		var se *SetupError
		if !errors.As(err, &se) || se.Text != tt.text || se.Stdout != tt.stdout {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestMoveToAnotherFileSystemCopiesAndUnlinks(t *testing.T) {
	t.Parallel()
	src := realTemp(t)
	dst, err := os.MkdirTemp("/dev/shm", "quarantine")
	if err != nil {
		t.Skip("no second file system to move to")
	}
	t.Cleanup(func() { os.RemoveAll(dst) })
	f := place(t, src, "a")
	if os.Link(f.Real, filepath.Join(dst, "probe")) == nil {
		t.Skip("both directories are on one file system")
	}
	if _, err := open(t, Move, dst).Act(f); err != nil {
		t.Fatal(err)
	}
	if exists(f.Real) || read(t, filepath.Join(dst, "a")) != content {
		t.Error("not moved")
	}
	if got := names(t, src) + names(t, dst); got != "a" {
		t.Errorf("directories hold %q", got)
	}
}
