//go:build !unix

package main

import "os"

const (
	openFlags = 0
	noFollow  = 0
)

func device(os.FileInfo) (uint64, bool) { return 0, false }
