package clamd

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseReply(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		want       Reply
	}{
		{"clean", "/a: OK", Reply{Name: "/a", Status: OK, Text: "/a: OK"}},
		{"found", "/a: Win.X-1 FOUND", Reply{Name: "/a", Virus: "Win.X-1", Status: Found, Text: "/a: Win.X-1 FOUND"}},
		{"the end of the line counts", "/x: y FOUND: OK", Reply{Name: "/x: y FOUND", Status: OK, Text: "/x: y FOUND: OK"}},
		{"colons in the name", "/a: b: V FOUND", Reply{Name: "/a: b", Virus: "V", Status: Found, Text: "/a: b: V FOUND"}},
		{"digest and size", "/a: V(0123456789abcdef0123456789abcdef:5) FOUND", Reply{Name: "/a", Virus: "V", Status: Found, Text: "/a: V FOUND"}},
		{"brackets of another kind", "/a: V(x) FOUND", Reply{Name: "/a", Virus: "V(x)", Status: Found, Text: "/a: V(x) FOUND"}},
		{"error", "/a: Access denied. ERROR", Reply{Name: "/a", Text: "/a: Access denied. ERROR"}},
		{"anything else is a failure", "what", Reply{Text: "what"}},
		{"nothing is a failure", "", Reply{}},
		{"OK alone is a failure", "OK", Reply{Text: "OK"}},
		{"FOUND alone is a failure", " FOUND", Reply{Text: " FOUND"}},
	} {
		if diff := cmp.Diff(tc.want, ParseReply(tc.text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tc.name, diff)
		}
	}
}

// client connects a Client to the harness.
func (h *harness) client(network string) *Client {
	h.t.Helper()
	return NewClient(h.dial(network))
}

func TestClient(t *testing.T) {
	h := startServer(t, nil)
	if err := h.client("unix").Ping(); err != nil {
		t.Errorf("Ping: %v", err)
	}
	if v, err := h.client("tcp").Version(); err != nil || v != "ClamAV 1.4.6" {
		t.Errorf("Version: %q, %v", v, err)
	}
	if err := h.client("unix").Reload(); err != nil {
		t.Errorf("Reload: %v", err)
	}
	if r, err := h.client("tcp").ScanStream(strings.NewReader("x"+markerA), 0); err != nil || r.Virus != "Test.Alpha" {
		t.Errorf("ScanStream: %+v, %v", r, err)
	}
	if r, err := h.client("tcp").ScanStream(strings.NewReader("x"+markerA), 3); err != nil || r.Status != OK {
		t.Errorf("ScanStream of the beginning: %+v, %v", r, err)
	}
	var got []string
	if err := h.client("unix").ScanPath("CONTSCAN", filepath.Join(h.dir, "d"), func(r Reply) {
		got = append(got, strings.TrimPrefix(r.Text, h.dir))
	}); err != nil {
		t.Errorf("ScanPath: %v", err)
	}
	slices.Sort(got)
	if want := []string{"/d/a/alpha: Test.Alpha FOUND", "/d/b/beta: Test.Beta FOUND"}; !slices.Equal(got, want) {
		t.Errorf("ScanPath: %q", got)
	}
}

func TestClientPassesFiles(t *testing.T) {
	h := startServer(t, nil)
	f, err := os.Open(filepath.Join(h.dir, "f/alpha"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c := h.client("unix")
	if !c.Local() {
		t.Skip("descriptors cannot be passed here")
	}
	if r, err := c.ScanFile(f); err != nil || r.Virus != "Test.Alpha" {
		t.Errorf("ScanFile: %+v, %v", r, err)
	}
	if _, err := h.client("tcp").ScanFile(f); err == nil {
		t.Error("ScanFile over TCP succeeded")
	}
}

func TestClientSession(t *testing.T) {
	h := startServer(t, nil)
	s, err := h.client("unix").Session()
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]Status{}
	for i := range 20 {
		text, status := "clean", OK
		if i%3 == 0 {
			text, status = markerB, Found
		}
		id, err := s.SendStream(strings.NewReader(text), 0)
		if err != nil {
			t.Fatal(err)
		}
		want[id] = status
	}
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	got := map[int]Status{}
	for {
		id, r, err := s.Receive()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got[id] = r.Status
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// answer is a daemon that says one thing and closes.
func answer(t *testing.T, text string) *Client {
	t.Helper()
	a, b := net.Pipe()
	go func() {
		buf := make([]byte, 4096)
		_, _ = b.Read(buf)
		_, _ = io.WriteString(b, text)
		_ = b.Close()
	}()
	t.Cleanup(func() { _ = a.Close() })
	return NewClient(a)
}

func TestClientAgainstBadDaemons(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, answer string
		want         error
	}{
		{"nothing", "", ErrCommunication},
		{"an old daemon", "UNKNOWN COMMAND\x00", ErrUnknownCommand},
		{"no terminator", "PONG", ErrCommunication},
		{"another word", "GNOP\x00", ErrParse},
		{"an endless reply", strings.Repeat("x", 2*maxReply), ErrOverlong},
	} {
		if err := answer(t, tc.answer).Ping(); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	s, err := answer(t, "x: OK\x00").Session()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Receive(); !errors.Is(err, ErrBogusID) {
		t.Errorf("a reply without a number: %v", err)
	}
}

func TestAStreamThatCannotBeReadIsNotScanned(t *testing.T) {
	h := startServer(t, nil)
	_, err := h.client("unix").ScanStream(io.MultiReader(strings.NewReader("abc"), badReader{}), 0)
	if err == nil || !strings.Contains(err.Error(), "bad disk") {
		t.Errorf("got %v", err)
	}
}

// badReader fails.
type badReader struct{}

func (badReader) Read([]byte) (int, error) { return 0, errors.New("bad disk") }

func TestDialReportsAMissingDaemon(t *testing.T) {
	t.Parallel()
	if _, err := Dial(context.Background(), "unix", "/nonexistent/socket"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestFindConfig(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "clamd.conf"), filepath.Join(dir, "clamav.conf")
	if got := findConfig([]string{a, b}); got != a {
		t.Errorf("without any file: %s", got)
	}
	if err := os.WriteFile(b, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := findConfig([]string{a, b}); got != b {
		t.Errorf("with the old name only: %s", got)
	}
}
