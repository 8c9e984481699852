//go:build unix

package quarantine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"gclam/internal/logfmt"
)

// copy writes what was scanned to a new file in the quarantine, checks it, and
// gives it the original's owner, mode, times and extended attributes.
func (q *Quarantine) copy(f *File) (string, error) {
	dir, base, err := parent(f)
	if err != nil {
		return "", &ActError{fmt.Sprintf("filecopy: Failed to open '%s': %s", f.Real, logfmt.Reason(err)), err}
	}
	_ = unix.Close(dir)
	for i := range maxNames {
		name := target(base, i)
		var fd int
		fd, err = unix.Openat(q.dest.fd, name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		if errors.Is(err, unix.EEXIST) {
			continue
		}
		if err != nil {
			break
		}
		out := os.NewFile(uintptr(fd), name)
		err = fill(out, f)
		if cerr := out.Close(); err == nil {
			err = cerr
		}
		if err == nil {
			return name, nil
		}
		_ = unix.Unlinkat(q.dest.fd, name, 0)
		break
	}
	return "", &ActError{fmt.Sprintf("filecopy: Failed to copy '%s': %s", f.Real, logfmt.Reason(err)), err}
}

// fill copies contents and attributes of f to out, and reads it back.
func fill(out *os.File, f *File) error {
	size := f.Info.Size()
	n, err := io.Copy(out, io.NewSectionReader(f.F, 0, size))
	if err != nil {
		return err
	}
	same, err := sameContents(out, f.F, n)
	if err != nil {
		return err
	}
	now, err := f.F.Stat()
	if err != nil {
		return err
	}
	if n != size || !same || !unchanged(f.Info, now) {
		return ErrChanged
	}
	return attributes(out, f)
}

// sameContents compares the first n bytes. A digest would do, but package crypto
// brings 32 MiB of zeroed memory into every program that links it, and clients run
// under tight limits.
func sameContents(a, b io.ReaderAt, n int64) (bool, error) {
	var x, y [32 << 10]byte
	for off := int64(0); off < n; {
		want := min(int64(len(x)), n-off)
		if _, err := io.ReadFull(io.NewSectionReader(a, off, want), x[:want]); err != nil {
			return false, err
		}
		if _, err := io.ReadFull(io.NewSectionReader(b, off, want), y[:want]); err != nil {
			return false, err
		}
		if !bytes.Equal(x[:want], y[:want]) {
			return false, nil
		}
		off += want
	}
	return true, nil
}

// attributes gives out the original's owner (root only), mode without set-id bits,
// extended attributes and times. Only the mode must succeed.
func attributes(out *os.File, f *File) error {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.F.Fd()), &st); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		_ = out.Chown(int(st.Uid), int(st.Gid))
	}
	if err := out.Chmod(f.Info.Mode().Perm()); err != nil {
		return err
	}
	copyXattrs(out, f.F)
	setTimes(out, f.Info)
	return nil
}

// setTimes sets the modification time; the time of access becomes the same, for the
// scan has changed the original's anyway.
func setTimes(out *os.File, fi os.FileInfo) {
	tv := unix.NsecToTimeval(fi.ModTime().UnixNano())
	_ = unix.Futimes(int(out.Fd()), []unix.Timeval{tv, tv})
}
