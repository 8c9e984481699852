//go:build !unix

package db

import "os"

// Map reads a compiled database file into memory: the fallback where mapping is
// not implemented.
func Map(path string) (*DB, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Open(raw)
}
