package logfmt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// fileMode is the mode of a new log: scanned names are not for everybody.
const fileMode = 0o640

// maxAside bounds the search for a free name when several rotations fall into one
// second. The reference overwrites the earlier file then.
const maxAside = 1000

// file is an open log file.
type file struct {
	path string
	f    *os.File
	size int64
}

func openFile(path string, lock bool) (*file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|noFollow, fileMode)
	if err != nil {
		return nil, &OpenError{fmt.Sprintf("Failed to open log file %s: %s", path, Reason(err)), err}
	}
	st, err := f.Stat()
	if err == nil && lock {
		if err = lockFile(f); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			f.Close()
			return nil, &OpenError{fmt.Sprintf("Failed to lock the log file %s: %s", path, Reason(err)), err}
		}
		err = nil
	}
	if err != nil {
		f.Close()
		return nil, &OpenError{fmt.Sprintf("Failed to open log file %s: %s", path, Reason(err)), err}
	}
	return &file{path: path, f: f, size: st.Size()}, nil
}

func (f *file) write(line string) {
	n, _ := f.f.WriteString(line)
	f.size += int64(n)
}

// setAside renames the file to NAME-YYYYMMDD_HHMMSS.log, NAME being the path
// without its last four characters.
func (f *file) setAside(now time.Time) error {
	base := f.path
	if len(base) > 4 {
		base = base[:len(base)-4]
	}
	base += now.Format("-20060102_150405")
	for i := range maxAside {
		to := base + ".log"
		if i > 0 {
			to = fmt.Sprintf("%s-%d.log", base, i)
		}
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return os.Rename(f.path, to)
		}
	}
	return fs.ErrExist
}

func (f *file) reopen(lock bool) error {
	next, err := openFile(f.path, lock)
	if err != nil {
		return err
	}
	_ = f.f.Close()
	*f = *next
	if lock {
		// Closing any descriptor of a file drops the process's locks on it, and
		// the old one may have been the same file.
		_ = lockFile(f.f)
	}
	return nil
}
