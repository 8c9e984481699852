//go:build unix

package engine

import (
	"fmt"
	"os"
	"syscall"
)

// ownFile refuses a path that another user could have prepared: it must belong
// to us or to root and not be writable by others.
func ownFile(path string) error {
	st, err := os.Lstat(path)
	if err != nil {
		return err
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if sys.Uid != uint32(os.Geteuid()) && sys.Uid != 0 {
		return fmt.Errorf("%s belongs to user %d", path, sys.Uid)
	}
	if st.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is writable by others", path)
	}
	return nil
}
