//go:build unix

package tree

import (
	"io/fs"
	"syscall"
)

// openFlags keep an open from following a link that was put in place meanwhile,
// and from waiting for the other end of a FIFO.
const (
	openFlags       = syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_CLOEXEC
	openFlagsFollow = syscall.O_NONBLOCK | syscall.O_CLOEXEC
)

// fileID names a file on this machine.
type fileID struct{ dev, ino uint64 }

// identity returns the file's identity.
func identity(info fs.FileInfo) (fileID, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}, false
	}
	return fileID{uint64(st.Dev), uint64(st.Ino)}, true
}

// device returns the number of the file's file system.
func device(info fs.FileInfo) (uint64, bool) {
	id, ok := identity(info)
	return id.dev, ok
}
