//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// Go cannot fork a running program, so the daemon is a second start of it in a
// session of its own; the first one waits until it is ready. In the foreground
// nothing of this happens: the process that was started is the daemon.

// detachMark in the environment tells the second start what it is; its value is the
// number of the descriptor on which it reports.
const detachMark = "GCLAMD_READY_FD"

// readyFD is the first descriptor after the standard streams.
const readyFD = 3

// detached tells whether this is the second start.
func detached() bool { return os.Getenv(detachMark) != "" }

// detach starts the daemon in the background and waits until it serves or ends. It
// is done unless this process is the daemon.
func (d *daemon) detach() (code int, done bool) {
	if d.v.Bool("Foreground") || detached() {
		return 0, false
	}
	self, err := os.Executable()
	if err != nil {
		d.in.Errorf("Can't find the program: %v", err)
		return exitStart, true
	}
	r, w, err := os.Pipe()
	if err != nil {
		d.in.Errorf("pipe: %v", err)
		return exitStart, true
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Args[0] = os.Args[0] // the process list shows what was called
	cmd.Env = append(os.Environ(), detachMark+"=3")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		d.in.Errorf("Can't start the daemon: %v", err)
		return exitStart, true
	}
	_ = w.Close()
	if n, _ := io.ReadFull(r, make([]byte, 1)); n == 1 {
		return exitOK, true
	}
	return exitCode(cmd.Wait()), true
}

// exitCode is the code with which the daemon ended before it was ready.
func exitCode(err error) int {
	var ee *exec.ExitError
	if errors.As(err, &ee) && ee.ExitCode() >= 0 {
		return ee.ExitCode()
	}
	if err != nil {
		return exitStart
	}
	return exitOK
}

// signalReady lets go of the terminal and the directory of the start, and reports
// to the waiting first start. With --debug both are kept.
func signalReady(debug bool) {
	if !detached() {
		return
	}
	_ = os.Unsetenv(detachMark)
	if !debug {
		leaveTerminal()
	}
	_, _ = unix.Write(readyFD, []byte{1})
	_ = unix.Close(readyFD)
}

// leaveTerminal connects the standard streams to nothing and goes to the root.
func leaveTerminal() {
	if null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
		for fd := range 3 {
			_ = dup2(int(null.Fd()), fd)
		}
		_ = null.Close()
	}
	_ = os.Chdir("/")
}
