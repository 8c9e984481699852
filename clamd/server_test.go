package clamd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Markers that fakeScanner knows.
const (
	markerA = "MARKER-ALPHA"
	markerB = "MARKER-BETA"
	panicMe = "MARKER-PANIC"
	blockMe = "MARKER-BLOCK"
	stickMe = "MARKER-STICK"
)

// fakeScanner finds markers, panics on one, and blocks on another until released
// or cancelled.
type fakeScanner struct {
	release chan struct{} // closed: blocked scans end
	started chan string   // names of blocked scans
	ended   chan error    // how blocked scans ended
}

func newFake() *fakeScanner {
	return &fakeScanner{release: make(chan struct{}), started: make(chan string, 100), ended: make(chan error, 100)}
}

func (f *fakeScanner) Scan(ctx context.Context, o Object) (Result, error) {
	data := o.Data
	if o.File != nil {
		var err error
		if data, err = io.ReadAll(io.NewSectionReader(o.File, 0, 1<<30)); err != nil {
			return Result{}, err
		}
	}
	switch {
	case bytes.Contains(data, []byte(panicMe)):
		panic("scanner bug")
	case bytes.Contains(data, []byte(stickMe)):
		<-f.release // whatever the context says
	case bytes.Contains(data, []byte(blockMe)):
		f.started <- o.Name
		select {
		case <-f.release:
			f.ended <- nil
		case <-ctx.Done():
			f.ended <- context.Cause(ctx)
			return Result{}, ctx.Err()
		}
	}
	var r Result
	for _, m := range []struct{ marker, name string }{{markerA, "Test.Alpha"}, {markerB, "Test.Beta"}} {
		if bytes.Contains(data, []byte(m.marker)) {
			r.Matches = append(r.Matches, Match{Name: m.name, MD5: "0123456789abcdef0123456789abcdef", Size: int64(len(data))})
			if !o.AllMatch {
				break
			}
		}
	}
	return r, nil
}

// harness is a server on a Unix and a TCP socket.
type harness struct {
	t    *testing.T
	srv  *Server
	fake *fakeScanner
	dir  string
	sock string
	tcp  string
	done chan error

	mu  sync.Mutex
	log []string
}

// startServer starts a server with the fields that set changes.
func startServer(t *testing.T, set func(*Server)) *harness {
	t.Helper()
	h := &harness{t: t, fake: newFake(), done: make(chan error, 1)}
	dir, err := os.MkdirTemp("", "clamd") // t.TempDir is too long for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	h.dir, h.sock = dir, filepath.Join(dir, "s")
	h.srv = &Server{
		Scanner: h.fake, TempDir: dir, Legacy: true, MaxThreads: 4,
		Version: func() string { return "ClamAV 1.4.6" },
		Log:     h.logLine,
	}
	if set != nil {
		set(h.srv)
	}
	local, err := net.Listen("unix", h.sock)
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.tcp = tcp.Addr().String()
	go func() {
		h.done <- h.srv.Serve(context.Background(), Listener{Listener: local, Local: true}, Listener{Listener: tcp})
	}()
	t.Cleanup(func() {
		h.stop()
		_ = os.RemoveAll(dir)
	})
	h.tree()
	h.exchange("unix", "nPING\n") // Serve has begun
	return h
}

// stop ends the server and reports one that does not.
func (h *harness) stop() {
	select {
	case <-h.fake.release:
	default:
		close(h.fake.release)
	}
	h.srv.Shutdown()
	select {
	case err := <-h.done:
		if err != nil {
			h.t.Errorf("Serve: %v", err)
		}
		h.done <- nil
	case <-time.After(20 * time.Second):
		h.t.Error("the server does not end")
	}
}

func (h *harness) logLine(l Level, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.log = append(h.log, fmt.Sprintf("%d %s", l, text))
}

// logged tells whether a log line contains text.
func (h *harness) logged(text string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Contains(strings.ReplaceAll(strings.Join(h.log, "\n"), h.dir, "@"), text)
}

// tree makes the files that dialogues name; "@" stands for its root.
func (h *harness) tree() {
	for name, data := range map[string]string{
		"f/clean": "nothing", "f/alpha": "x " + markerA, "f/both": markerA + markerB, "f/empty": "", "f/panic": panicMe,
		"f/sp ace": markerA, "f/new\nline": markerA, "c/one": "1", "c/sub/two": "2", "d/a/alpha": markerA, "d/b/beta": markerB,
		"d/top": "3", "x/skipme/alpha": markerA, "x/keep": "ok", "one/alpha": markerA, "deep/1/2/3/4/alpha": markerA,
	} {
		p := filepath.Join(h.dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			h.t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(data), 0o644); err != nil {
			h.t.Fatal(err)
		}
	}
	for _, l := range [][2]string{{"alpha", "f/link"}, {"nowhere", "f/dangling"}, {"d", "linkd"}} {
		if err := os.Symlink(l[0], filepath.Join(h.dir, l[1])); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(h.dir, "e"), 0o755); err != nil {
		h.t.Fatal(err)
	}
}

// dial connects; network is "unix" or "tcp".
func (h *harness) dial(network string) net.Conn {
	h.t.Helper()
	addr := h.sock
	if network == "tcp" {
		addr = h.tcp
	}
	c, err := net.Dial(network, addr)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	h.t.Cleanup(func() { _ = c.Close() })
	return c
}

// exchange sends data and returns everything until the server closes.
func (h *harness) exchange(network, data string) string {
	h.t.Helper()
	c := h.dial(network)
	defer func() { _ = c.Close() }()
	_, _ = io.WriteString(c, strings.ReplaceAll(data, "@", h.dir))
	return h.rest(c)
}

// rest reads to the end.
func (h *harness) rest(c net.Conn) string {
	h.t.Helper()
	b, err := io.ReadAll(c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		h.t.Errorf("not closed; got %q", b)
	}
	return strings.ReplaceAll(string(b), h.dir, "@")
}

// until reads up to and including the first suffix.
func (h *harness) until(c net.Conn, suffix string) string {
	h.t.Helper()
	var b []byte
	for one := make([]byte, 1); !bytes.HasSuffix(b, []byte(suffix)); {
		if _, err := c.Read(one); err != nil {
			h.t.Fatalf("waiting for %q: %v after %q", suffix, err, b)
		}
		b = append(b, one[0])
	}
	return string(b)
}

// chunk returns an INSTREAM chunk.
func chunk(s string) string {
	n := len(s)
	return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + s
}
