//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// memoryLimits returns the limits that are in force.
func memoryLimits() []memoryLimit {
	var out []memoryLimit
	for _, l := range []struct {
		name    string
		kind    int
		reserve int64
	}{{"RLIMIT_AS", unix.RLIMIT_AS, runtimeReserve}, {"RLIMIT_DATA", unix.RLIMIT_DATA, 0}} {
		var r unix.Rlimit
		// RLIM_INFINITY differs between systems, but is always beyond 2^62.
		if unix.Getrlimit(l.kind, &r) == nil && uint64(r.Cur) < 1<<62 {
			out = append(out, memoryLimit{l.name, int64(r.Cur), int64(r.Cur) - l.reserve})
		}
	}
	if self, err := os.ReadFile("/proc/self/cgroup"); err == nil {
		if l, ok := cgroupLimit("/sys/fs/cgroup", self); ok {
			out = append(out, l)
		}
	}
	return out
}
