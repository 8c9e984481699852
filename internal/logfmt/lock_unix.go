//go:build unix

package logfmt

import (
	"os"

	"golang.org/x/sys/unix"
)

// noFollow refuses a log that is a symbolic link: who can plant one could have the
// daemon append to any file.
const noFollow = unix.O_NOFOLLOW | unix.O_NOCTTY

// lockFile takes the write lock of the whole file, as the reference does, so that
// both kinds of programs exclude each other.
func lockFile(f *os.File) error {
	return unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
}
