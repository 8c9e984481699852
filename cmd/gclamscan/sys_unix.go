//go:build unix

package main

import (
	"os"
	"syscall"
)

// openFlags keep an open from blocking on a fifo, from following a link put there
// in the meantime, and from adopting a terminal.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW | syscall.O_NOCTTY | syscall.O_CLOEXEC

const noFollow = syscall.O_NOFOLLOW

// device returns the number of the device a file lies on.
func device(fi os.FileInfo) (uint64, bool) {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return uint64(st.Dev), true
}
