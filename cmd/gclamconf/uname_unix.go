//go:build unix

package main

import (
	"bytes"
	"strings"

	"golang.org/x/sys/unix"
)

// uname is system, release, version and machine in one line.
func uname() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	var parts []string
	for _, f := range [][]byte{u.Sysname[:], u.Release[:], u.Version[:], u.Machine[:]} {
		f, _, _ = bytes.Cut(f, []byte{0})
		parts = append(parts, string(f))
	}
	return strings.Join(parts, " ")
}
