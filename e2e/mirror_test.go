//go:build unix

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// mirror is a database server on the loopback interface.
type mirror struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	files    map[string][]byte
	requests []string
	pace     time.Duration // between the parts of an answer
}

func newMirror(t *testing.T) *mirror {
	t.Helper()
	m := &mirror{t: t, files: map[string][]byte{}}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

// ServeHTTP serves the files as they are.
func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	m.mu.Lock()
	data, ok := m.files[name]
	m.requests = append(m.requests, name)
	pace := m.pace
	m.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Header.Get("Range") != "" {
		all := len(data)
		data = data[:min(all, 512)] // the only range that an updater asks for
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(data)-1, all))
		w.WriteHeader(http.StatusPartialContent)
	}
	for len(data) > 0 {
		n := min(len(data), 2048)
		if _, err := w.Write(data[:n]); err != nil {
			return
		}
		data = data[n:]
		if pace > 0 {
			_ = http.NewResponseController(w).Flush()
			time.Sleep(pace) // a slow line, so that a kill can hit a download
		}
	}
}

// fixture is the path of a signed database or patch.
func fixture(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(sharedCases(t, "fixtures"), name)
}

// serve puts a fixture under a name.
func (m *mirror) serve(name, of string) {
	m.t.Helper()
	m.put(name, read(m.t, fixture(m.t, of)))
}

// put serves data under a name.
func (m *mirror) put(name, data string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = []byte(data)
}

// damage changes one byte in the middle of a file.
func (m *mirror) damage(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data := append([]byte(nil), m.files[name]...)
	data[len(data)/2+300] ^= 1
	m.files[name] = data
}

// config is a freshclam.conf for this server.
func (m *mirror) config(db string) string {
	return fmt.Sprintf("DatabaseMirror %s\nDatabaseDirectory %s\nMaxAttempts 1\n", m.URL, db)
}
