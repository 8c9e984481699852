//go:build !unix

package quarantine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gclam/internal/logfmt"
)

// destination is the open quarantine directory.
type destination struct{ root *os.Root }

func (d destination) close() error { return d.root.Close() }

func openDestination(dir string) (destination, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return destination{}, &SetupError{fmt.Sprintf("action_setup: Failed to open %s: %s", dir, logfmt.Reason(err)), true}
	}
	return destination{root}, nil
}

// check compares the path with the scanned descriptor.
func check(f *File) error {
	now, err := os.Lstat(f.Real)
	if err != nil {
		return err
	}
	if !unchanged(f.Info, now) {
		return ErrChanged
	}
	return nil
}

func remove(f *File) error {
	err := check(f)
	if err == nil {
		_ = f.F.Close() // an open file cannot be removed here
		err = os.Remove(f.Real)
	}
	if err != nil {
		return &ActError{fmt.Sprintf("traverse_unlink: Failed to unlink '%s': %s", f.Real, logfmt.Reason(err)), err}
	}
	return nil
}

func (q *Quarantine) move(f *File) (string, error) {
	name, err := q.copy(f)
	if err != nil {
		return "", err
	}
	if err := remove(f); err != nil {
		_ = q.dest.root.Remove(name)
		return "", err
	}
	return name, nil
}

func (q *Quarantine) copy(f *File) (string, error) {
	err := check(f)
	for i := 0; err == nil && i < maxNames; i++ {
		name := target(filepath.Base(f.Real), i)
		var out *os.File
		out, err = q.dest.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			err = nil
			continue
		}
		if err != nil {
			break
		}
		_, err = io.Copy(out, io.NewSectionReader(f.F, 0, f.Info.Size()))
		if cerr := out.Close(); err == nil {
			err = cerr
		}
		if err == nil {
			return name, nil
		}
		_ = q.dest.root.Remove(name)
	}
	if err == nil {
		err = fs.ErrExist
	}
	return "", &ActError{fmt.Sprintf("filecopy: Failed to copy '%s': %s", f.Real, logfmt.Reason(err)), err}
}
