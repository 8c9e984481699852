package update

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gclam/cvd"
)

// mirror is a local server of databases that records requests.
type mirror struct {
	*httptest.Server
	mu       sync.Mutex
	files    map[string][]byte
	rules    map[string]int               // path, or path + " range", to status
	header   map[string]map[string]string // of rules
	modified time.Time
	log      []string
}

func newMirror(t testing.TB) *mirror {
	m := &mirror{files: map[string][]byte{}, rules: map[string]int{}, header: map[string]map[string]string{}}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, what := r.URL.Path, r.URL.Path
	if r.Header.Get("Range") != "" {
		key, what = key+" range", what+" range"
	}
	if r.Header.Get("If-Modified-Since") != "" {
		what += " ims"
	}
	status := 200
	if s, ok := m.rules[r.URL.Path]; ok {
		status, key = s, r.URL.Path
	}
	if s, ok := m.rules[key]; ok {
		status = s
	}
	body, ok := m.files[strings.TrimPrefix(r.URL.Path, "/")]
	if status == 200 && !ok {
		status = 404
	}
	if since, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && status == 200 && !m.modified.IsZero() && !m.modified.After(since) {
		status = 304
	}
	if status == 200 && r.Header.Get("Range") != "" {
		status, body = 206, body[:min(len(body), probeSize)]
	}
	m.log = append(m.log, fmt.Sprintf("%s -> %d", what, status))
	for k, v := range m.header[key] {
		w.Header().Set(k, v)
	}
	w.WriteHeader(status)
	if status == 200 || status == 206 {
		_, _ = w.Write(body)
	}
}

// requests returns and forgets what was asked.
func (m *mirror) requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.log
	m.log = nil
	return out
}

func (m *mirror) set(name string, b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = b
}

// fixture returns a genuinely signed file of the conformance data, and skips the
// test where there is none.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "spec", "cases", "fixtures", name))
	if err != nil {
		t.Skipf("conformance data not available: %v", err)
	}
	return b
}

// texts is a resolver that knows some records.
type texts map[string]string

func (r texts) LookupTXT(_ context.Context, name string) ([]string, error) {
	if s, ok := r[name]; ok {
		return []string{s}, nil
	}
	return nil, errors.New("no such name")
}

// bench is one updater with its directory, server and log.
type bench struct {
	t   testing.TB
	m   *mirror
	c   Config
	mu  sync.Mutex
	log []string
}

func newBench(t testing.TB) *bench {
	b := &bench{t: t, m: newMirror(t)}
	dir := t.TempDir()
	b.c = Config{
		Dir: dir, FS: newCrashFS(t, dir, -1), Databases: []string{"test"}, Servers: []string{b.m.URL}, MaxAttempts: 1, RetryDelay: -1,
		Level: 216, Version: "1.4.6", Resolver: texts{},
		Log: func(l Level, s string) {
			if l == Debug {
				return
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			b.log = append(b.log, [...]string{"", "WARNING: ", "ERROR: "}[l]+strings.ReplaceAll(s, b.m.URL, "URL"))
		},
	}
	return b
}

// put places a fixture in the database directory.
func (b *bench) put(name, fix string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.c.Dir, name), fixture(b.t, fix), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// serve makes the server offer a fixture.
func (b *bench) serve(name, fix string) { b.t.Helper(); b.m.set(name, fixture(b.t, fix)) }

func (b *bench) run() (Report, error) {
	b.t.Helper()
	b.log = nil
	u, err := New(b.c)
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Run(context.Background())
}

// databases lists what the directory holds: "test.cld 6". Anything that is no
// whole database is listed by name only, freshclam.dat not at all.
func (b *bench) databases() []string {
	b.t.Helper()
	es, err := os.ReadDir(b.c.Dir)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		if e.Name() == stateName {
			continue
		}
		out = append(out, describe(filepath.Join(b.c.Dir, e.Name())))
	}
	return out
}

func describe(path string) string {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return name
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return name
	}
	h, err := cvd.Read(f, st.Size(), cvd.KindOf(name), cvd.ReadOptions{}, dropMember)
	if err != nil {
		return name
	}
	return fmt.Sprintf("%s %d", name, h.Version)
}

func (b *bench) logged(s string) bool {
	return slices.ContainsFunc(b.log, func(l string) bool { return strings.Contains(l, s) })
}
