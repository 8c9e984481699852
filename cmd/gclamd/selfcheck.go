package main

import (
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gclam/cvd"
)

// snapshot is what a database directory looked like when it was last read.
type snapshot struct {
	mu    sync.Mutex
	files map[string]fileState // nil: unknown
}

// fileState is what tells one version of a file from another.
type fileState struct {
	size int64
	time time.Time
}

// take remembers the present state of path, a directory or a single file.
func (s *snapshot) take(path string) {
	now := look(path)
	s.mu.Lock()
	s.files = now
	s.mu.Unlock()
}

// look lists the database files at path; nil if it cannot be read.
func look(path string) map[string]fileState {
	st, err := os.Stat(path)
	if err != nil {
		return nil
	}
	out := make(map[string]fileState)
	if !st.IsDir() {
		out[path] = fileState{st.Size(), st.ModTime()}
		return out
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if !cvd.IsDatabase(e.Name()) && ext != ".cvd" && ext != ".cld" && ext != ".cud" {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			out[e.Name()] = fileState{info.Size(), info.ModTime()}
		}
	}
	return out
}

// checkDatabase tells whether the databases changed since they were read.
func (d *daemon) checkDatabase() bool {
	now := look(d.v.String("DatabaseDirectory"))
	d.check.mu.Lock()
	before := d.check.files
	d.check.mu.Unlock()
	switch {
	case d.v.Bool("embedded-db"):
		return false
	case before == nil:
		d.infof("No stats for Database check - forcing reload")
		return true
	case maps.Equal(before, now):
		d.infof("SelfCheck: Database status OK.")
		return false
	}
	d.infof("SelfCheck: Database modification detected. Forcing reload.")
	return true
}
