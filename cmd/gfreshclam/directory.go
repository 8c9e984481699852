package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gclam/internal/logfmt"
)

// makeDirectory makes a missing database directory and gives it to its owner.
func (a *app) makeDirectory() error {
	dir := a.v.String("DatabaseDirectory")
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	a.say("Creating missing database directory: %s", dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if user := a.v.String("DatabaseOwner"); user != "" && isRoot() {
		if id, err := lookUser(user); err == nil && os.Chown(dir, id.uid, id.gid) == nil {
			a.say("Assigned ownership of database directory to user %q.", user)
		}
	}
	return nil
}

// checkWritable tells early, in the reference's words, when the directory cannot
// be written.
func (a *app) checkWritable() bool {
	dir := a.path("DatabaseDirectory")
	err := canWrite(dir)
	if err == nil {
		return true
	}
	a.log.Errorf("Can't create freshclam.dat in %s", dir)
	a.log.Infof("Hint: The database directory must be writable for UID %d or GID %d", os.Getuid(), os.Getgid())
	a.log.Debugf("%v", err)
	a.in.Errorf("initialize: libfreshclam init failed.")
	return false
}

// writePid writes PidFile of a daemon, which happens before privileges are
// dropped: only root can write where such files live.
func (a *app) writePid() error {
	path := a.path("PidFile")
	if path == "" || !a.v.Bool("daemon") {
		return nil
	}
	// A temporary name and a rename: a symbolic link planted under the name is
	// replaced, not followed.
	f, err := os.CreateTemp(filepath.Dir(path), ".freshclam-pid-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(strconv.Itoa(os.Getpid()) + "\n")
	if err == nil {
		err = f.Chmod(0o644)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	a.pidFile = path
	return nil
}

// dropPrivileges becomes DatabaseOwner when started as root.
func (a *app) dropPrivileges() int {
	user := a.v.String("DatabaseOwner")
	if user == "" || !isRoot() {
		return 0
	}
	id, err := lookUser(user)
	if err != nil {
		a.log.Warnf("Can't get information about user %s.", user)
		a.log.Errorf("Can't get information about user %s.", user)
		a.log.Errorf("Failed to switch to %s user.", user)
		return a.initFailed()
	}
	if err := become(id); err != nil {
		a.log.Errorf("Failed to switch to %s user: %s", user, logfmt.Reason(err))
		return a.initFailed()
	}
	return 0
}

// identity is a user as the kernel knows it.
type identity struct {
	uid, gid int
	groups   []int
}

// isName tells names from numbers for messages.
func isName(s string) bool { return strings.Trim(s, "0123456789") != "" }
