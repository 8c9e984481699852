//go:build !unix

package engine

import "os"

// ownFile checks that the path exists; ownership is not modelled here.
func ownFile(path string) error {
	_, err := os.Lstat(path)
	return err
}
