//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// canDetach: a daemon leaves the terminal by itself.
const canDetach = true

// detachedEnv marks the background process; descriptor 3 is then the pipe on
// which it tells that it has started.
const detachedEnv = "GFRESHCLAM_DETACHED"

const readyDescriptor = 3

func isDetached() bool { return os.Getenv(detachedEnv) != "" }

// detach starts this program again in a session of its own, and waits until that
// has opened its log and given up its privileges, so that what goes wrong until
// then is still seen by whoever started it.
func (a *app) detach() int {
	self, err := os.Executable()
	if err != nil {
		a.in.Errorf("Can't daemonize: %v", err)
		return codeInit
	}
	r, w, err := os.Pipe()
	if err != nil {
		a.in.Errorf("Can't daemonize: %v", err)
		return codeInit
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), detachedEnv+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		a.in.Errorf("Can't daemonize: %v", err)
		return codeInit
	}
	if b, _ := io.ReadAll(io.LimitReader(r, 1)); len(b) == 1 {
		return 0
	}
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// ready lets the starting process go, and leaves its terminal.
func ready() {
	if !isDetached() {
		return
	}
	_ = os.Unsetenv(detachedEnv) // commands that we start are not detached by it
	if null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
		for fd := range 3 {
			_ = unix.Dup2(int(null.Fd()), fd)
		}
		_ = null.Close()
	}
	_ = os.Chdir("/")
	pipe := os.NewFile(readyDescriptor, "ready")
	_, _ = pipe.Write([]byte{1})
	_ = pipe.Close()
}
