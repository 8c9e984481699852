package update

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var errCrash = errors.New("crash")

// crashFS is the real file system until its n-th operation that changes
// something; that one happens by half, and nothing happens after it, as if the
// process had died. It also watches that only synced files are published.
type crashFS struct {
	OSFS
	t    testing.TB
	dir  string
	mu   sync.Mutex
	left int // operations until the crash; negative for no crash
	done int
	dead bool
	soft map[string]bool // files with data that is not on disk
}

func newCrashFS(t testing.TB, dir string, n int) *crashFS {
	return &crashFS{t: t, dir: dir, left: n, soft: map[string]bool{}}
}

// step counts an operation. last means that it is the one to be cut short.
func (c *crashFS) step() (last bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return false, errCrash
	}
	c.done++
	if c.left == 0 {
		c.dead = true
		return true, nil
	}
	c.left--
	return false, nil
}

// whole is for operations that cannot happen by half: the crash is before them.
func (c *crashFS) whole() error {
	last, err := c.step()
	if last {
		return errCrash
	}
	return err
}

func (c *crashFS) Open(path string) (File, error) {
	c.mu.Lock()
	dead := c.dead
	c.mu.Unlock()
	if dead {
		return nil, errCrash
	}
	return c.OSFS.Open(path)
}

func (c *crashFS) Create(path string) (File, error) { return c.writing(path, c.OSFS.Create) }
func (c *crashFS) Append(path string) (File, error) { return c.writing(path, c.OSFS.Append) }

func (c *crashFS) writing(path string, open func(string) (File, error)) (File, error) {
	if err := c.whole(); err != nil {
		return nil, err
	}
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.soft[path] = true
	c.mu.Unlock()
	return &crashFile{f, c, path}, nil
}

func (c *crashFS) Mkdir(path string) error {
	if err := c.whole(); err != nil {
		return err
	}
	return c.OSFS.Mkdir(path)
}

func (c *crashFS) Rename(from, to string) error {
	if err := c.whole(); err != nil {
		return err
	}
	c.mu.Lock()
	soft := c.soft[from]
	c.soft[to] = soft
	delete(c.soft, from)
	c.mu.Unlock()
	if soft && filepath.Dir(to) == c.dir {
		c.t.Errorf("%s published before it was synced", filepath.Base(to))
	}
	return c.OSFS.Rename(from, to)
}

func (c *crashFS) Remove(path string) error {
	if err := c.whole(); err != nil {
		return err
	}
	return c.OSFS.Remove(path)
}

// RemoveAll by half removes one file.
func (c *crashFS) RemoveAll(path string) error {
	last, err := c.step()
	if err != nil {
		return err
	}
	if !last {
		return c.OSFS.RemoveAll(path)
	}
	if es, err := os.ReadDir(path); err == nil && len(es) > 0 {
		_ = os.Remove(filepath.Join(path, es[0].Name()))
	}
	return errCrash
}

func (c *crashFS) SyncDir(string) error { return c.whole() }

func (c *crashFS) ReadDir(path string) ([]fs.DirEntry, error) {
	c.mu.Lock()
	dead := c.dead
	c.mu.Unlock()
	if dead {
		return nil, errCrash
	}
	return c.OSFS.ReadDir(path)
}

type crashFile struct {
	File
	c    *crashFS
	path string
}

func (f *crashFile) Write(p []byte) (int, error) {
	last, err := f.c.step()
	if err != nil {
		return 0, err
	}
	f.c.mu.Lock()
	f.c.soft[f.path] = true
	f.c.mu.Unlock()
	if last {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, errCrash
	}
	return f.File.Write(p)
}

func (f *crashFile) Sync() error {
	if err := f.c.whole(); err != nil {
		return err
	}
	f.c.mu.Lock()
	f.c.soft[f.path] = false
	f.c.mu.Unlock()
	return nil // the machine itself does not crash here
}

func TestACrashAnywhereLeavesAWholeDatabase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		local  map[string]string
		remote map[string]string
		before []string // acceptable after the crash, besides the result
		after  []string
	}{
		{
			"patches on a .cvd",
			map[string]string{"test.cvd": "test-4.cvd"},
			map[string]string{"test.cvd": "test-6.cvd", "test-5.cdiff": "test-5.cdiff", "test-6.cdiff": "test-6.cdiff"},
			[]string{"test.cvd 4"},
			[]string{"test.cld 6"},
		},
		{
			"a whole .cvd over a .cld",
			map[string]string{"test.cld": "test-3.cvd"},
			map[string]string{"test.cvd": "test-6.cvd"},
			[]string{"test.cld 3"},
			[]string{"test.cvd 6"},
		},
		{"the first download", nil, map[string]string{"test.cvd": "test-6.cvd"}, nil, []string{"test.cvd 6"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMirror(t)
			for n, f := range c.remote {
				m.set(n, fixture(t, f))
			}
			for n := 0; ; n++ {
				b := newBench(t)
				b.m, b.c.Servers = m, []string{m.URL}
				for name, f := range c.local {
					b.put(name, f)
				}
				cfs := newCrashFS(t, b.c.Dir, n)
				b.c.FS = cfs
				_, err := b.run()
				if !cfs.dead {
					if err != nil {
						t.Fatal(err)
					}
					t.Logf("%d operations", cfs.done)
					return
				}
				checkAfterCrash(t, b, n, c.before, c.after)
				b.c.FS = newCrashFS(t, b.c.Dir, -1)
				if _, err := b.run(); err != nil {
					t.Fatalf("crash at %d, next run: %v", n, err)
				}
				if got := b.databases(); !slices.Equal(got, c.after) {
					t.Fatalf("crash at %d, after the next run: %q", n, got)
				}
			}
		})
	}
}

// checkAfterCrash accepts the old database, the new one, or both, each whole.
func checkAfterCrash(t *testing.T, b *bench, n int, before, after []string) {
	t.Helper()
	var got []string
	for _, d := range b.databases() {
		if !strings.HasPrefix(d, tempPrefix) {
			got = append(got, d)
		}
	}
	both := slices.Sorted(slices.Values(slices.Concat(before, after)))
	if !slices.Equal(got, before) && !slices.Equal(got, after) && !slices.Equal(got, both) {
		t.Fatalf("crash at %d leaves %q", n, got)
	}
}

func TestACancelledRunLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.put("test.cvd", "test-4.cvd")
	b.serve("test.cvd", "test-6.cvd")
	ctx, cancel := context.WithCancel(context.Background())
	b.c.Test = func(ctx context.Context, _ string) error { cancel(); return ctx.Err() }
	b.c.NoScripts = true
	u, err := New(b.c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Run(ctx); err == nil {
		t.Error("no error")
	}
	if got := b.databases(); !slices.Equal(got, []string{"test.cvd 4"}) {
		t.Errorf("left %q", got)
	}
}
