//go:build unix && !linux

package quarantine

import (
	"os"

	"golang.org/x/sys/unix"
)

const dirFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

func renameNoReplace(fromDir int, from string, toDir int, to string) error {
	return linkAndUnlink(fromDir, from, toDir, to)
}

// copyXattrs: not done here; each system has calls of its own.
func copyXattrs(_, _ *os.File) {}
