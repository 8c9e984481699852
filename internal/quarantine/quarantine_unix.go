//go:build unix

package quarantine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"gclam/internal/logfmt"
)

// destination is the open quarantine directory.
type destination struct{ fd int }

func (d destination) close() error { return unix.Close(d.fd) }

// openDestination opens dir and makes sure that files can be made in it.
func openDestination(dir string) (destination, error) {
	fd, err := openDir(dir)
	if err != nil {
		return destination{}, &SetupError{fmt.Sprintf("action_setup: Failed to open %s: %s", dir, logfmt.Reason(err)), true}
	}
	lock := fmt.Sprintf(".clamav-quarantine-lock.%d.0", os.Getpid())
	f, err := unix.Openat(fd, lock, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err == nil {
		_ = unix.Close(f)
		err = unix.Unlinkat(fd, lock, 0)
	}
	if err != nil {
		_ = unix.Close(fd)
		return destination{}, &SetupError{fmt.Sprintf("action_setup: Failed to create quarantine lock file in %s: %s", dir, logfmt.Reason(err)), true}
	}
	return destination{fd}, nil
}

// openDir opens an absolute path one component after the other, following no link.
func openDir(path string) (int, error) {
	fd, err := unix.Open("/", dirFlags, 0)
	if err != nil {
		return -1, err
	}
	for c := range strings.SplitSeq(strings.Trim(filepath.Clean(path), "/"), "/") {
		if c == "" {
			continue
		}
		next, err := unix.Openat(fd, c, dirFlags, 0)
		_ = unix.Close(fd)
		if err != nil {
			return -1, err
		}
		fd = next
	}
	return fd, nil
}

// parent opens the file's directory and checks that the entry still is the file.
func parent(f *File) (fd int, base string, err error) {
	fd, err = openDir(filepath.Dir(f.Real))
	if err != nil {
		return -1, "", err
	}
	base = filepath.Base(f.Real)
	if err := sameEntry(fd, base, f); err != nil {
		_ = unix.Close(fd)
		return -1, "", err
	}
	return fd, base, nil
}

// sameEntry compares a directory entry with the scanned descriptor, and that with
// its state before the scan.
func sameEntry(dir int, name string, f *File) error {
	now, err := f.F.Stat()
	if err != nil {
		return err
	}
	if !unchanged(f.Info, now) {
		return ErrChanged
	}
	var entry, open unix.Stat_t
	if err := unix.Fstatat(dir, name, &entry, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	if err := unix.Fstat(int(f.F.Fd()), &open); err != nil {
		return err
	}
	if entry.Dev != open.Dev || entry.Ino != open.Ino {
		return ErrChanged
	}
	return nil
}

// move renames the file into the quarantine, or copies and unlinks it when that is
// another file system.
func (q *Quarantine) move(f *File) (string, error) {
	dir, base, err := parent(f)
	if err != nil {
		return "", &ActError{fmt.Sprintf("traverse_rename: Failed to open '%s': %s", f.Real, logfmt.Reason(err)), err}
	}
	defer unix.Close(dir)
	for i := range maxNames {
		name := target(base, i)
		err = renameNoReplace(dir, base, q.dest.fd, name)
		switch {
		case err == nil:
			if err = sameEntry(q.dest.fd, name, f); err != nil {
				// Somebody swapped the entry between check and rename: put it back.
				_ = renameNoReplace(q.dest.fd, name, dir, base)
				return "", &ActError{fmt.Sprintf("traverse_rename: '%s': %v", f.Real, err), err}
			}
			return name, nil
		case errors.Is(err, unix.EEXIST):
			continue
		case errors.Is(err, unix.EXDEV):
			return q.moveByCopy(f)
		}
		break
	}
	return "", &ActError{fmt.Sprintf("traverse_rename: Failed to rename '%s': %s", f.Real, logfmt.Reason(err)), err}
}

func (q *Quarantine) moveByCopy(f *File) (string, error) {
	name, err := q.copy(f)
	if err != nil {
		return "", err
	}
	if err := remove(f); err != nil {
		_ = unix.Unlinkat(q.dest.fd, name, 0)
		return "", err
	}
	return name, nil
}

// remove unlinks the file by way of a private directory: once it is in there nobody
// else can swap it, so the check before unlink holds.
func remove(f *File) error {
	dir, base, err := parent(f)
	if err != nil {
		return &ActError{fmt.Sprintf("traverse_unlink: Failed to open '%s': %s", f.Real, logfmt.Reason(err)), err}
	}
	defer unix.Close(dir)
	private := fmt.Sprintf(".clamav-unlink.%d.%d", os.Getpid(), f.F.Fd())
	if err := unix.Mkdirat(dir, private, 0o700); err != nil {
		return &ActError{fmt.Sprintf("traverse_unlink: Failed to create private unlink directory for '%s': %s", f.Real, logfmt.Reason(err)), err}
	}
	defer func() { _ = unix.Unlinkat(dir, private, unix.AT_REMOVEDIR) }()
	pfd, err := unix.Openat(dir, private, dirFlags, 0)
	if err == nil {
		defer unix.Close(pfd)
		err = unix.Renameat(dir, base, pfd, base)
	}
	if err != nil {
		return &ActError{fmt.Sprintf("traverse_unlink: Failed to unlink '%s': %s", f.Real, logfmt.Reason(err)), err}
	}
	err = sameEntry(pfd, base, f)
	if err == nil {
		err = unix.Unlinkat(pfd, base, 0)
	}
	if err != nil {
		_ = renameNoReplace(pfd, base, dir, base)
		return &ActError{fmt.Sprintf("traverse_unlink: Failed to unlink '%s': %s", f.Real, logfmt.Reason(err)), err}
	}
	return nil
}
