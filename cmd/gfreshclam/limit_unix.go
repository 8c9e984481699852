//go:build unix

package main

import "golang.org/x/sys/unix"

const childCPUSeconds = 1800

// limitChild bounds what a hostile database could do in the child: no core file,
// no endless loop. Memory is bounded by whatever the parent runs under.
func limitChild() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: childCPUSeconds, Max: childCPUSeconds})
}
