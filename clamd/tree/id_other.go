//go:build !unix

package tree

import "io/fs"

// openFlags has nothing to add here: opens do not block on named objects.
const (
	openFlags       = 0
	openFlagsFollow = 0
)

// fileID is not available here.
type fileID struct{}

// identity is not available here.
func identity(fs.FileInfo) (fileID, bool) { return fileID{}, false }

// device is not available here.
func device(fs.FileInfo) (uint64, bool) { return 0, false }
