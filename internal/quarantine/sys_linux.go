package quarantine

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// dirFlags open a directory for use in *at calls; O_PATH needs no permission to read.
const dirFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

// Limits of copied extended attributes; the kernel's own are 64 KiB each.
const (
	maxXattrList = 64 << 10
	maxXattr     = 64 << 10
)

// renameNoReplace renames without ever replacing an existing entry.
func renameNoReplace(fromDir int, from string, toDir int, to string) error {
	err := unix.Renameat2(fromDir, from, toDir, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return linkAndUnlink(fromDir, from, toDir, to)
	}
	return err
}

// copyXattrs copies what can be copied.
func copyXattrs(to, from *os.File) {
	list := make([]byte, maxXattrList)
	n, err := unix.Flistxattr(int(from.Fd()), list)
	if err != nil {
		return
	}
	value := make([]byte, maxXattr)
	for name := range strings.SplitSeq(strings.TrimRight(string(list[:n]), "\x00"), "\x00") {
		if name == "" {
			continue
		}
		if m, err := unix.Fgetxattr(int(from.Fd()), name, value); err == nil {
			_ = unix.Fsetxattr(int(to.Fd()), name, value[:m], 0)
		}
	}
}
