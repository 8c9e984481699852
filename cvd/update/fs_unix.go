//go:build unix

package update

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

func syncDir(d *os.File) error {
	err := d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil // file systems without such a thing
	}
	return err
}

// lock takes the database directory itself as the lock, so that nothing is left
// behind when the process dies.
func lock(dir string) (unlock func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := flock(d); err != nil {
		_ = d.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s", ErrLocked, dir)
		}
		return nil, err
	}
	return func() { _ = d.Close() }, nil
}
