package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"freshclam": main}) }

// TestScripts runs the program as users do. Each script has a web server for the
// directory www as $URL, an address where nobody listens as $NOBODY, and a clamd
// that answers RELOAD on the socket $WORK/clamd.sock.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", Cmds: scriptCommands(),
		Setup: func(e *testscript.Env) error {
			s := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(e.WorkDir, "www"))))
			e.Defer(s.Close)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			nobody := l.Addr().String()
			_ = l.Close()
			if err := answerReload(e, filepath.Join(e.WorkDir, "clamd.sock")); err != nil {
				return err
			}
			e.Defer(func() { endDaemon(filepath.Join(e.WorkDir, "freshclam.pid")) })
			e.Setenv("URL", s.URL)
			e.Setenv("NOBODY", "http://"+nobody)
			e.Setenv("TZ", "UTC")
			return os.Mkdir(filepath.Join(e.WorkDir, "db"), 0o755)
		},
	})
}

func answerReload(e *testscript.Env, path string) error {
	l, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	e.Defer(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 16)
			n, _ := c.Read(b)
			if string(b[:n]) == "RELOAD" {
				_, _ = c.Write([]byte("RELOADING\n"))
			} else {
				_, _ = c.Write([]byte("UNKNOWN COMMAND\n"))
			}
			_ = c.Close()
		}
	}()
	return nil
}
