package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gclam/clamd"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gclamdscan": main})
}

// TestItLinksNoEngine keeps the client small: it is started once a message.
func TestItLinksNoEngine(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		switch dep = strings.TrimSpace(dep); {
		case strings.HasPrefix(dep, "gclam/engine"), strings.HasPrefix(dep, "gclam/cvd"),
			strings.HasPrefix(dep, "gclam/internal/scanopt"), strings.HasPrefix(dep, "github.com/klauspost"),
			strings.HasPrefix(dep, "crypto"), dep == "net/http": // crypto alone brings 32 MiB of zeroed memory
			t.Errorf("links %s", dep)
		}
	}
}

// marker is what the scripts' daemon finds.
const marker = "THIS IS THE TEST"

// finder is the scanner of that daemon.
type finder struct{}

func (finder) Scan(_ context.Context, o clamd.Object) (clamd.Result, error) {
	data := o.Data
	if o.File != nil {
		var err error
		if data, err = io.ReadAll(io.NewSectionReader(o.File, 0, 1<<20)); err != nil {
			return clamd.Result{}, err
		}
	}
	var r clamd.Result
	if bytes.Contains(data, []byte(marker)) {
		r.Matches = []clamd.Match{{Name: "Test.Alpha"}}
	}
	return r, nil
}

// TestScripts runs the program against a daemon in this process. $WORK/clamd.conf
// names it; $WORK/down.conf names one that is not there.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: func(env *testscript.Env) error {
		dir, err := os.MkdirTemp("", "gclamdscan")
		if err != nil {
			return err
		}
		l, err := net.Listen("unix", filepath.Join(dir, "s"))
		if err != nil {
			return err
		}
		srv := &clamd.Server{Scanner: finder{}, Version: func() string { return "ClamAV 1.4.6/27000/x" }, TempDir: dir}
		done := make(chan error, 1)
		go func() { done <- srv.Serve(context.Background(), clamd.Listener{Listener: l, Local: true}) }()
		env.Defer(func() { _ = l.Close(); srv.Shutdown(); <-done; _ = os.RemoveAll(dir) })
		for name, text := range map[string]string{
			"clamd.conf": "LocalSocket " + dir + "/s\n",
			"tcp.conf":   "TCPSocket 1\nTCPAddr 127.0.0.1\n",
			"down.conf":  "LocalSocket " + dir + "/nobody\n",
			"limit.conf": "LocalSocket " + dir + "/s\nStreamMaxLength 5\n",
		} {
			if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(text), 0o644); err != nil {
				return err
			}
		}
		return nil
	}})
}

func TestDeniedPath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/a/b: Access denied. ERROR":                                    "/a/b",
		"/a: b: File path check failure: Permission denied. ERROR":      "/a: b",
		"/a: File path check failure: No such file or directory. ERROR": "",
		"/a: OK":                    "",
		"/a: Can't read file ERROR": "",
		"/a: Access denied. ERROR: File path check failure: something. ERROR": "",
	} {
		if got := deniedPath(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAbsoluteResolvesDotDotInTheFileSystem(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"a/b", "c"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "a/b"), filepath.Join(dir, "c/link")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	t.Chdir(dir)
	for in, want := range map[string]string{
		"a/x":           "a/x",
		"./a//x":        "a/x",
		"a/../c":        "c",
		"c/link/../x":   "a/x", // behind the link, not c/x
		"c/link":        "c/link",
		"c/link/..":     "a",
		"nope/../c/x":   "c/x",
		dir + "/a/b/..": "a",
	} {
		if got := absolute(in); got != filepath.Join(dir, want) {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
