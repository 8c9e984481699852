package backend

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gclam/clamd"
	"gclam/engine"
)

// newBackend returns an open backend over a directory with one signature.
func newBackend(t *testing.T) (b *Backend, dir string, lines *[]string) {
	t.Helper()
	dir = t.TempDir()
	writeSignature(t, dir, "a.ndb", "Test.Alpha", "MARKER-ALPHA")
	lines = new([]string)
	var mu sync.Mutex
	b = &Backend{
		Directory: dir,
		Load: func(ctx context.Context) (*engine.Engine, error) {
			return engine.Load(ctx, dir, engine.LoadOptions{})
		},
		Log: func(l clamd.Level, text string) {
			mu.Lock()
			defer mu.Unlock()
			*lines = append(*lines, fmt.Sprintf("%d %s", l, strings.ReplaceAll(text, dir, "@")))
		},
	}
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b, dir, lines
}

// writeSignature writes a database with one body signature.
func writeSignature(t *testing.T, dir, file, name, body string) {
	t.Helper()
	line := name + ":0:*:" + hex.EncodeToString([]byte(body)) + "\n"
	if err := os.WriteFile(filepath.Join(dir, file), []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
}

// found returns the names of what a scan of text finds.
func found(t *testing.T, b *Backend, o clamd.Object) string {
	t.Helper()
	res, err := b.Scan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range res.Matches {
		names = append(names, m.Name)
	}
	return strings.Join(names, " ")
}

func TestScan(t *testing.T) {
	b, dir, _ := newBackend(t)
	path := filepath.Join(dir, "object")
	if err := os.WriteFile(path, []byte("x MARKER-ALPHA"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const alpha = "Test.Alpha.UNOFFICIAL"
	for _, tc := range []struct {
		name string
		obj  clamd.Object
		want string
	}{
		{"bytes", clamd.Object{Data: []byte("x MARKER-ALPHA")}, alpha},
		{"clean bytes", clamd.Object{Data: []byte("x")}, ""},
		{"nothing", clamd.Object{}, ""},
		{"a file", clamd.Object{File: f}, alpha},
		{"all matches", clamd.Object{File: f, AllMatch: true}, alpha},
		{"without unpacking", clamd.Object{File: f, Raw: true}, alpha},
	} {
		if got := found(t, b, tc.obj); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestAnUnreadableFileIsAnError(t *testing.T) {
	b, dir, _ := newBackend(t)
	f, err := os.OpenFile(filepath.Join(dir, "w"), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("MARKER-ALPHA"); err != nil {
		t.Fatal(err)
	}
	_, err = b.Scan(t.Context(), clamd.Object{File: f})
	var se *clamd.ScanError
	if !errors.As(err, &se) || se.Text != "Can't read file" {
		t.Errorf("got %v", err)
	}
}

func TestReload(t *testing.T) {
	b, dir, lines := newBackend(t)
	writeSignature(t, dir, "b.ndb", "Test.Beta", "MARKER-BETA")
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := found(t, b, clamd.Object{Data: []byte("MARKER-BETA")}); got != "Test.Beta.UNOFFICIAL" {
		t.Errorf("after the reload: %q", got)
	}
	want := "[1 Reading databases from @ 1 Database correctly reloaded (2 signatures) 1 Activating the newly loaded database...]"
	if got := fmt.Sprint(*lines); got != want {
		t.Errorf("log %s", got)
	}
	if n := b.Signatures(); n != 2 {
		t.Errorf("%d signatures", n)
	}
}

func TestABadDatabaseDoesNotReplaceAGoodOne(t *testing.T) {
	b, dir, lines := newBackend(t)
	if err := os.WriteFile(filepath.Join(dir, "bad.ndb"), []byte("this is : no signature\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.Reload(t.Context()); err == nil {
		t.Error("no error")
	}
	if got := found(t, b, clamd.Object{Data: []byte("MARKER-ALPHA")}); got != "Test.Alpha.UNOFFICIAL" {
		t.Errorf("after the reload: %q", got)
	}
	want := "[1 Reading databases from @ 3 reload_th: Database load failed: Malformed database 2 Database reload failed, keeping the previous instance]"
	if got := fmt.Sprint(*lines); got != want {
		t.Errorf("log %s", got)
	}
}

func TestScansDuringReloads(t *testing.T) {
	b, _, _ := newBackend(t)
	var scans sync.WaitGroup
	for range 4 {
		scans.Go(func() {
			for range 50 {
				res, err := b.Scan(context.Background(), clamd.Object{Data: []byte("MARKER-ALPHA")})
				if err != nil || len(res.Matches) != 1 {
					t.Errorf("%+v, %v", res, err)
					return
				}
			}
		})
	}
	for range 5 {
		if err := b.Reload(t.Context()); err != nil {
			t.Error(err)
		}
	}
	scans.Wait()
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"Malformed database":              fmt.Errorf("x: %w", &engine.DatabaseError{Text: "Malformed database"}),
		"Can't verify database integrity": engine.ErrBadSignature,
		"Can't open file or directory":    engine.ErrNoDatabase,
		"other":                           errors.New("other"),
	} {
		if got := ErrorText(err); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
}
