//go:build unix

package main

import (
	"os"
	"syscall"
)

// ignoredSignals have no effect on the daemon.
func ignoredSignals() []os.Signal {
	return []os.Signal{syscall.SIGPIPE, syscall.SIGUSR1, syscall.SIGALRM}
}

// reloadSignals make it read its databases again.
func reloadSignals() []os.Signal { return []os.Signal{syscall.SIGUSR2} }
