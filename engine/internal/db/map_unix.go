//go:build unix

package db

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Map opens a compiled database file read-only and shares its pages between
// processes. Every section is checked against the checksum in the table of
// contents before use. The file must only ever be replaced by rename.
func Map(path string) (*DB, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() < headerSize || st.Size() != int64(int(st.Size())) {
		return nil, fmt.Errorf("%w: %d bytes", ErrImage, st.Size())
	}
	raw, err := unix.Mmap(int(f.Fd()), 0, int(st.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	d, err := Open(raw)
	if err != nil {
		_ = unix.Munmap(raw)
		return nil, err
	}
	d.unmap = func() error { return unix.Munmap(raw) }
	return d, nil
}
