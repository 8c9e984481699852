package tree

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names are the kinds as tests write them.
var names = map[Kind]string{
	File: "file", Denied: "denied", Failed: "failed", Excluded: "excluded", OtherDev: "otherdev", Special: "special",
	Link: "link", TooDeep: "toodeep", Directory: "dir", Unreadable: "unreadable", Pseudo: "pseudo",
}

// events walks and lists what came, sorted, without the root's path.
func events(t *testing.T, root, path string, o Options) []string {
	t.Helper()
	var out []string
	Walk(context.Background(), path, o, func(e Event) bool {
		out = append(out, names[e.Kind]+" "+strings.TrimPrefix(e.Path, root))
		if e.File != nil {
			if err := e.File.Close(); err != nil {
				t.Errorf("%s: %v", e.Path, err)
			}
		}
		return true
	})
	slices.Sort(out)
	return out
}

// makeTree makes files ("a/b"), directories ("a/") and links ("a -> b").
func makeTree(t *testing.T, entries ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, e := range entries {
		name, target, isLink := strings.Cut(e, " -> ")
		p := filepath.Join(root, name)
		err := os.MkdirAll(filepath.Dir(p), 0o755)
		switch {
		case err != nil:
		case isLink:
			err = os.Symlink(target, p)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(p, 0o755)
		default:
			err = os.WriteFile(p, []byte(name), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestWalk(t *testing.T) {
	t.Parallel()
	follow := Options{FollowFiles: true, FollowDirs: true}
	for _, tc := range []struct {
		name    string
		entries []string
		path    string
		opt     Options
		want    []string
	}{
		{"a file", []string{"a"}, "/a", Options{}, []string{"file /a"}},
		{"a missing file", nil, "/a", Options{}, []string{"failed /a"}},
		{"an empty directory", []string{"d/"}, "/d", Options{}, []string{"dir /d"}},
		{
			"a tree",
			[]string{"d/a", "d/e/b", "d/e/f/c"},
			"/d",
			Options{},
			[]string{"dir /d", "dir /d/e", "dir /d/e/f", "file /d/a", "file /d/e/b", "file /d/e/f/c"},
		},
		{
			"a depth limit",
			[]string{"d/a", "d/e/b", "d/e/f/c"},
			"/d",
			Options{MaxDepth: 1},
			[]string{"dir /d", "dir /d/e", "file /d/a", "file /d/e/b", "toodeep /d/e/f"},
		},
		{
			"excluded",
			[]string{"d/a", "d/skip/b", "d/skipped"},
			"/d",
			Options{Exclude: func(p string) bool { return strings.HasSuffix(p, "skip") }},
			[]string{"dir /d", "excluded /d/skip", "file /d/a", "file /d/skipped"},
		},
		{"links are not followed", []string{"a", "l -> a"}, "/l", Options{}, []string{"link /l"}},
		{"nor inside", []string{"d/a", "d/l -> a", "d/m -> .", "d/n -> nowhere"}, "/d", Options{}, []string{"dir /d", "file /d/a"}},
		{"unless wanted", []string{"a", "l -> a"}, "/l", follow, []string{"file /l"}},
		{"a dangling link", []string{"l -> nowhere"}, "/l", follow, []string{"link /l"}},
		{"a link to a directory", []string{"d/a", "l -> d"}, "/l", follow, []string{"dir /l", "file /l/a"}},
		{"a link to the directory above ends", []string{"d/e/up -> ..", "d/a"}, "/d", follow, []string{"dir /d", "dir /d/e", "file /d/a"}},
		{"a link to itself ends", []string{"d/self -> self", "d/here -> ."}, "/d", follow, []string{"dir /d"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := makeTree(t, tc.entries...)
			if diff := cmp.Diff(tc.want, events(t, root, root+tc.path, tc.opt)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestADirectoryIsEnteredOnceThroughLinks(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "d/", "x/a", "d/l -> ../x", "d/m -> ../x")
	got := events(t, root, root+"/d", Options{FollowFiles: true, FollowDirs: true})
	if len(got) != 3 || !strings.HasPrefix(got[2], "file ") {
		t.Errorf("got %q", got)
	}
}

func TestTrim(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"/a//": "/a", "/": "/", "///": "/", "": "", "//a/b": "//a/b"} {
		if got := Trim(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestAnEmptyPathDoesNotExist(t *testing.T) {
	t.Parallel()
	Walk(context.Background(), "", Options{}, func(e Event) bool {
		if e.Kind != Failed || !errors.Is(e.Err, syscall.ENOENT) {
			t.Errorf("%+v", e)
		}
		return true
	})
}

// TestPathsBeyondTheSystemsLimit: a tree of 900 levels with names of 60 bytes has a
// path of 55 KB, which no system call takes.
func TestPathsBeyondTheSystemsLimit(t *testing.T) {
	t.Parallel()
	const levels = 900
	top := t.TempDir()
	root, err := os.OpenRoot(top)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("n", 60)
	for range levels {
		if err := root.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := root.OpenRoot(name)
		_ = root.Close()
		if err != nil {
			t.Fatal(err)
		}
		root = next
	}
	if err := root.WriteFile("deepest", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	_ = root.Close()
	found, dirs := false, 0
	Walk(context.Background(), top, Options{}, func(e Event) bool {
		switch e.Kind {
		case Directory:
			dirs++
		case File:
			found = found || strings.HasSuffix(e.Path, "/deepest")
			_ = e.File.Close()
		default:
			t.Errorf("%s: %v", names[e.Kind], e.Err)
			return false
		}
		return true
	})
	if !found || dirs != levels+1 {
		t.Errorf("found: %v, directories: %d", found, dirs)
	}
}

func TestVisitAndContextEndAWalk(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "d/a", "d/b", "d/e/c")
	n := 0
	if Walk(context.Background(), root+"/d", Options{}, func(e Event) bool {
		if e.File != nil {
			_ = e.File.Close()
		}
		n++
		return n < 2
	}) || n != 2 {
		t.Errorf("%d events after visit said no", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if Walk(ctx, root+"/d", Options{}, func(Event) bool { cancel(); return true }) {
		t.Error("the walk went on after its context")
	}
}

func TestASwappedFileIsNotScanned(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "a", "b")
	w := walker{ctx: context.Background(), visit: func(e Event) bool {
		if e.Kind != Failed || !errors.Is(e.Err, errChanged) {
			t.Errorf("%s: %v", names[e.Kind], e.Err)
		}
		return true
	}}
	info, err := os.Lstat(root + "/a")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(root + "/b")
	w.opened(f, err, info, Event{Path: "a"})
	if _, err := openSame(root, info); !errors.Is(err, errChanged) {
		t.Errorf("a swapped directory: %v", err)
	}
}

func TestUnreadableFilesAreDenied(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	root := makeTree(t, "d/a", "d/e/")
	for name, mode := range map[string]fs.FileMode{"/d/a": 0, "/d/e": 0} {
		if err := os.Chmod(root+name, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(root+"/d/e", 0o755) })
	want := []string{"denied /d/a", "dir /d", "unreadable /d/e"}
	if diff := cmp.Diff(want, events(t, root, root+"/d", Options{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
