//go:build unix

package quarantine

import "golang.org/x/sys/unix"

// linkAndUnlink is a rename that fails if the target exists: link does.
func linkAndUnlink(fromDir int, from string, toDir int, to string) error {
	if err := unix.Linkat(fromDir, from, toDir, to, 0); err != nil {
		return err
	}
	return unix.Unlinkat(fromDir, from, 0)
}
