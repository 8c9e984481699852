//go:build unix

package main

import (
	"os"
	"syscall"
)

func endSignals() []os.Signal { return []os.Signal{syscall.SIGTERM, syscall.SIGINT} }

func wakeSignals() []os.Signal {
	return []os.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGALRM}
}

func isReopen(s os.Signal) bool { return s == syscall.SIGHUP }
