package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gclamd": main})
}

// TestScripts runs the daemon as a user sees it. Sockets have short names in a
// directory of their own, because the scripts' directories are too deep for them.
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("starts daemons")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			dir, err := os.MkdirTemp("", "gclamd")
			if err != nil {
				return err
			}
			env.Defer(func() { stopLeftOver(filepath.Join(dir, "s")); _ = os.RemoveAll(dir) })
			env.Setenv("RUN", dir)
			return substitute(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"ask": ask, "gone": gone},
	})
}

// substitute replaces $WORK and $RUN in the scripts' configuration files.
func substitute(env *testscript.Env) error {
	files, err := filepath.Glob(filepath.Join(env.WorkDir, "*.conf"))
	if err != nil {
		return err
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		s := strings.NewReplacer("$WORK", env.WorkDir, "$RUN", env.Getenv("RUN")).Replace(string(b))
		if err := os.WriteFile(f, []byte(s), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ask sends a command, with Go's escapes, to $RUN/s and prints the answer.
func ask(ts *testscript.TestScript, neg bool, args []string) {
	text, err := strconv.Unquote(`"` + strings.Join(args, " ") + `"`)
	ts.Check(err)
	c, err := net.Dial("unix", filepath.Join(ts.Getenv("RUN"), "s"))
	if neg {
		if err == nil {
			ts.Fatalf("somebody listens")
		}
		return
	}
	ts.Check(err)
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	_, err = io.WriteString(c, text)
	ts.Check(err)
	b, err := io.ReadAll(c)
	ts.Check(err)
	_, _ = ts.Stdout().Write(b)
}

// gone waits until the file log ends with the daemon's last line. A daemon is nobody's
// child, so there is nothing to wait for but its traces.
func gone(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.HasSuffix(ts.ReadFile(args[0]), "Socket file removed.\n") {
			return
		}
	}
	ts.Fatalf("the daemon has not ended")
}

// stopLeftOver ends the daemon of a script that has failed.
func stopLeftOver(sock string) {
	if c, err := net.Dial("unix", sock); err == nil {
		_, _ = io.WriteString(c, "nSHUTDOWN\n")
		_, _ = io.ReadAll(c)
		_ = c.Close()
	}
}
