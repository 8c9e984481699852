package main

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"gclam/cvd/update"
)

const (
	exitPrefix  = "EXIT_"
	hookTimeout = 10 * time.Minute // a stuck command must not stop updates for ever
)

// hooks runs the administrator's commands after a single run, and returns the
// exit status, which EXIT_N instead of a command sets.
func (a *app) hooks(rep update.Report, err error, code int) int {
	name := ""
	switch {
	case err != nil:
		name = "OnErrorExecute"
	case len(rep.Updated) > 0:
		name = "OnUpdateExecute"
	}
	if name != "" {
		if n, ok := exitCode(a.v.String(name)); ok {
			code = n
		} else {
			a.execute(a.v.String(name), "")
		}
	}
	if rep.Recommended != "" {
		if n, ok := exitCode(a.v.String("OnOutdatedExecute")); ok {
			return n
		}
		a.execute(a.v.String("OnOutdatedExecute"), rep.Recommended)
	}
	return code
}

// exitCode reads "EXIT_N".
func exitCode(s string) (int, bool) {
	rest, ok := strings.CutPrefix(s, exitPrefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(rest, 10, 8)
	return int(n), err == nil
}

// execute runs a command by the shell, as system(3) does, with "%v" replaced by
// the recommended version. Its exit status does not matter.
func (a *app) execute(command, version string) {
	if command == "" {
		return
	}
	// The version comes from DNS: nothing but digits and dots may reach a shell.
	if strings.Trim(version, "0123456789.") != "" {
		version = ""
	}
	command = strings.ReplaceAll(command, "%v", version)
	ctx, cancel := context.WithTimeout(context.Background(), hookTimeout)
	defer cancel()
	cmd := shell(ctx, command)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		a.log.Debugf("%s: %v", command, err)
	}
}

func shell(ctx context.Context, command string) *exec.Cmd {
	if os.PathSeparator == '\\' {
		return exec.CommandContext(ctx, "cmd", "/C", command)
	}
	return exec.CommandContext(ctx, "/bin/sh", "-c", command)
}
