package engine

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bigDatabase writes a database above cacheThreshold.
func bigDatabase(t *testing.T, dir, marker string) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "Cache.Marker:0:*:%x\n", marker)
	for i := 0; b.Len() < cacheThreshold+1000; i++ {
		fmt.Fprintf(&b, "Cache.Filler-%d:0:*:%016x%016x\n", i, i*7919, i*104729+1)
	}
	if err := os.WriteFile(filepath.Join(dir, "big.ndb"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// loadCached loads dir with a cache and returns what was logged.
func loadCached(t *testing.T, dir, cache string) (e *Engine, log string) {
	t.Helper()
	var b bytes.Buffer
	e, err := Load(context.Background(), dir, LoadOptions{Cache: cache, Logger: slog.New(slog.NewTextHandler(&b, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e, b.String()
}

func finds(t *testing.T, e *Engine, text string) bool {
	t.Helper()
	s, err := e.NewScanner(Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.ScanBytes(context.Background(), []byte(text), ObjectInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return res.Infected()
}

func images(t *testing.T, cache string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(cache, "*.img"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheSecondLoadMapsTheImageOfTheFirst(t *testing.T) {
	dir, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	bigDatabase(t, dir, "first marker")
	first, _ := loadCached(t, dir, cache)
	if n := len(images(t, cache)); n != 1 {
		t.Fatalf("%d images after the first load, want 1", n)
	}
	second, _ := loadCached(t, dir, cache)
	if _, mapped := second.MemoryUsage(); mapped == 0 {
		t.Error("the second load did not map the image")
	}
	if first.Signatures() != second.Signatures() || !finds(t, second, "xx first marker xx") {
		t.Error("the mapped database differs from the compiled one")
	}
}

func TestAChangedSourceIsCompiledAnew(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	bigDatabase(t, dir, "old marker")
	loadCached(t, dir, cache)
	bigDatabase(t, dir, "new marker!")
	e, _ := loadCached(t, dir, cache)
	if finds(t, e, "xx old marker xx") || !finds(t, e, "xx new marker! xx") {
		t.Error("the old image was used for the new source")
	}
}

func TestADamagedImageIsReportedAndRebuilt(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"cut":       func(b []byte) []byte { return b[:len(b)/2] },
		"empty":     func([]byte) []byte { return nil },
		"flipped":   func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"foreign":   func([]byte) []byte { return []byte("this is not an image of ours at all, but a text") },
		"old":       func(b []byte) []byte { b[8]++; return b },
		"all zeros": func(b []byte) []byte { clear(b); return b },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, cache := t.TempDir(), t.TempDir()
			bigDatabase(t, dir, "some marker")
			e, _ := loadCached(t, dir, cache)
			_ = e.Close()
			img := images(t, cache)[0]
			b, err := os.ReadFile(img)
			if err != nil {
				t.Fatal(err)
			}
			// Replaced, not rewritten: the image may still be mapped.
			if err := os.Remove(img); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(img, damage(b), 0o644); err != nil {
				t.Fatal(err)
			}
			e, log := loadCached(t, dir, cache)
			if !strings.Contains(log, "compiling anew") {
				t.Errorf("nothing was said about the damage: %q", log)
			}
			if !finds(t, e, "xx some marker xx") {
				t.Error("the database does not work after the rebuild")
			}
			if _, log := loadCached(t, dir, cache); strings.Contains(log, "compiling anew") {
				t.Error("the image was not repaired")
			}
		})
	}
}

func TestAnImageOfAnotherSourceIsNotTrusted(t *testing.T) {
	a, b, cache := t.TempDir(), t.TempDir(), t.TempDir()
	bigDatabase(t, a, "marker of a")
	bigDatabase(t, b, "marker of b")
	loadCached(t, a, cache)
	imgA := images(t, cache)[0]
	loadCached(t, b, cache)
	var imgB string
	for _, i := range images(t, cache) {
		if i != imgA {
			imgB = i
		}
	}
	data, err := os.ReadFile(imgA)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(imgB); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(imgB, data, 0o644); err != nil {
		t.Fatal(err)
	}
	e, log := loadCached(t, b, cache)
	if finds(t, e, "xx marker of a xx") || !finds(t, e, "xx marker of b xx") {
		t.Error("the image of another source was used")
	}
	if !strings.Contains(log, "other sources") {
		t.Errorf("nothing was said about it: %q", log)
	}
}

func TestWithoutAWritableCacheTheDatabaseIsUsedFromMemory(t *testing.T) {
	dir := t.TempDir()
	bigDatabase(t, dir, "memory marker")
	e, log := loadCached(t, dir, filepath.Join(dir, "big.ndb", "nowhere"))
	if !finds(t, e, "xx memory marker xx") {
		t.Error("the database does not work")
	}
	if !strings.Contains(log, "not kept") {
		t.Errorf("nothing was said about the cache: %q", log)
	}
}

func TestAnEngineClosedDuringAScanStaysUsableForIt(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	bigDatabase(t, dir, "late marker")
	loadCached(t, dir, cache)
	e, _ := loadCached(t, dir, cache)
	s, err := e.NewScanner(Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := closingReader{strings.NewReader("xx late marker xx, and more text behind it"), e}
	res, err := s.ScanReader(context.Background(), r, ObjectInfo{})
	if err == nil || res.Infected() {
		// The reader closes the engine before the scan proper begins.
		t.Errorf("a scan begun after Close gave %v, %v", res.Verdict, err)
	}
	if _, err := s.ScanBytes(context.Background(), []byte("anything at all"), ObjectInfo{}); err == nil {
		t.Error("a scan after Close did not fail")
	}
}

// closingReader closes an engine when it is read.
type closingReader struct {
	*strings.Reader
	e *Engine
}

func (r closingReader) Read(p []byte) (int, error) {
	_ = r.e.Close()
	return r.Reader.Read(p)
}
