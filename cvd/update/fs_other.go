//go:build !unix

package update

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func syncDir(*os.File) error { return nil }

// lock holds a file open that others cannot remove while it is (Windows).
func lock(dir string) (unlock func(), err error) {
	p := filepath.Join(dir, "freshclam.lock")
	if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrLocked, dir)
	}
	f, err := os.OpenFile(p, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrLocked, dir)
	}
	return func() { _ = f.Close(); _ = os.Remove(p) }, nil
}
