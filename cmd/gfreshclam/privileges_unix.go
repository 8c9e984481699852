//go:build unix

package main

import (
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

func isRoot() bool { return os.Geteuid() == 0 }

func lookUser(name string) (identity, error) {
	var id identity
	u, err := user.Lookup(name)
	if err != nil && !isName(name) {
		u, err = user.LookupId(name)
	}
	if err != nil {
		return id, errNoUser
	}
	if id.uid, err = strconv.Atoi(u.Uid); err != nil {
		return id, err
	}
	if id.gid, err = strconv.Atoi(u.Gid); err != nil {
		return id, err
	}
	gs, err := u.GroupIds()
	if err != nil {
		gs = []string{u.Gid}
	}
	for _, g := range gs {
		if n, err := strconv.Atoi(g); err == nil {
			id.groups = append(id.groups, n)
		}
	}
	return id, nil
}

// become drops to a user for good, in every thread of the process.
func become(id identity) error {
	if id.uid == 0 {
		return nil
	}
	if err := syscall.Setgroups(id.groups); err != nil {
		return err
	}
	if err := syscall.Setgid(id.gid); err != nil {
		return err
	}
	return syscall.Setuid(id.uid)
}

// giveLog lets the daemon's user reopen the log after rotation.
func giveLog(path, owner string) {
	if !isRoot() || owner == "" {
		return
	}
	st, err := os.Lstat(path)
	if err != nil || !st.Mode().IsRegular() {
		return
	}
	if id, err := lookUser(owner); err == nil {
		_ = os.Lchown(path, id.uid, id.gid)
	}
}

// canWrite asks whether files can be made in a directory, without making one.
func canWrite(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }
