//go:build unix

package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

const (
	pollEvery = 5 * time.Millisecond
	patience  = 60 * time.Second
)

// scriptCommands are what scripts about the daemon need besides testscript's own.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"signal":   signalCommand,
		"waitfor":  waitFor,
		"waitgone": waitGone,
		"expand":   expand,
	}
}

// signalCommand is "signal NAME PIDFILE".
func signalCommand(ts *testscript.TestScript, _ bool, args []string) {
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(args[1])))
	ts.Check(err)
	sig := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "USR1": syscall.SIGUSR1, "TERM": syscall.SIGTERM}[args[0]]
	ts.Check(syscall.Kill(pid, sig))
}

// waitFor is "waitfor FILE TEXT": until the file holds the text.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, strings.Join(args, " "), func() bool {
		b, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && strings.Contains(string(b), args[1])
	})
}

// waitGone is "waitgone FILE": until the file is not there.
func waitGone(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, args[0], func() bool {
		_, err := os.Stat(ts.MkAbs(args[0]))
		return err != nil
	})
}

// poll waits for a process that is not our child.
func poll(ts *testscript.TestScript, what string, done func() bool) {
	for end := time.Now().Add(patience); !done(); time.Sleep(pollEvery) {
		if time.Now().After(end) {
			ts.Fatalf("waited in vain for %s", what)
		}
	}
}

// expand is "expand FILE": replaces $NAME in the file.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	s := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(s), 0o600))
}

// endDaemon ends what a failed script has left running.
func endDaemon(pidFile string) {
	b, err := os.ReadFile(pidFile)
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
}
