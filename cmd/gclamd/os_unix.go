//go:build unix

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"gclam/clamd"
	"gclam/internal/logfmt"
)

// maxNoFile caps the descriptors that are counted on.
const maxNoFile = 1 << 20

// dropPrivileges becomes User if the daemon was started as root. The log and the
// pid file were opened before, with root's rights.
func (d *daemon) dropPrivileges() error {
	name := d.v.String("User")
	if name == "" || os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		d.log.Record(logfmt.Warning, "Can't get information about user "+name+".")
		_, _ = fmt.Fprintf(d.in.Err, "WARNING: Can't get information about user %s.\nERROR: Can't get information about user %s.\n", name, name)
		return errStart
	}
	uid, uerr := strconv.Atoi(u.Uid)
	gid, gerr := strconv.Atoi(u.Gid)
	if uerr != nil || gerr != nil {
		d.errorf("User %s has no numeric identity", name)
		return errStart
	}
	groups := []int{gid}
	if ids, err := u.GroupIds(); err == nil {
		groups = groups[:0]
		for _, s := range ids {
			if n, err := strconv.Atoi(s); err == nil {
				groups = append(groups, n)
			}
		}
	}
	if path := d.v.String("LogFile"); path != "" {
		if err := os.Lchown(path, uid, gid); err != nil {
			d.warnf("Can't change the owner of %s: %v", path, err)
		}
	}
	if err := becomeUser(uid, gid, groups); err != nil {
		d.errorf("Can't become user %s: %v", name, err)
		return errStart
	}
	return nil
}

// becomeUser changes the identity of every thread, for good.
func becomeUser(uid, gid int, groups []int) error {
	if err := syscall.Setgroups(groups); err != nil {
		return fmt.Errorf("setgroups: %w", err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return fmt.Errorf("setgid: %w", err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return fmt.Errorf("setuid: %w", err)
	}
	if uid != 0 && syscall.Setuid(0) == nil {
		return errors.New("root's rights could be taken back")
	}
	return nil
}

// setSocketGroup gives the local socket to LocalSocketGroup.
func (d *daemon) setSocketGroup(path string) error {
	name := d.v.String("LocalSocketGroup")
	if name == "" {
		return nil
	}
	gid, err := strconv.Atoi(name)
	if err != nil {
		g, lerr := user.LookupGroup(name)
		if lerr == nil {
			gid, err = strconv.Atoi(g.Gid)
		}
		if lerr != nil || err != nil {
			d.errorf("Unknown group %s", name)
			return errStart
		}
	}
	if err := os.Lchown(path, -1, gid); err != nil {
		d.errorf("Failed to change socket ownership to group %s", name)
		return errStart
	}
	return nil
}

// withUmask runs f under a file creation mask. It belongs to the whole process, so
// this is for the start only.
func withUmask(mask int, f func() error) error {
	old := unix.Umask(mask)
	defer unix.Umask(old)
	return f()
}

// setBacklog sets the length of a listener's queue, which Go takes from the system.
func setBacklog(l clamd.Listener, n int) {
	sc, ok := l.Listener.(syscall.Conn)
	if !ok || n <= 0 {
		return
	}
	if raw, err := sc.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = unix.Listen(int(fd), n) })
	}
}

// addressInUse tells whether a bind failed because the address is taken.
func addressInUse(err error) bool {
	var oe *net.OpError
	return errors.As(err, &oe) && errors.Is(err, syscall.EADDRINUSE)
}

// raiseNoFile raises the soft limit of descriptors to the hard one and returns it.
func raiseNoFile() int {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) != nil {
		return 1024
	}
	if r.Cur < r.Max {
		up := r
		up.Cur = min(r.Max, maxNoFile)
		if unix.Setrlimit(unix.RLIMIT_NOFILE, &up) == nil {
			r = up
		}
	}
	return int(min(r.Cur, maxNoFile))
}

// coreLimit returns the limit of core dumps as the log shows it.
func coreLimit() (string, bool) {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &r) != nil {
		return "", false
	}
	if uint64(r.Cur) == uint64(unix.RLIM_INFINITY) {
		return "unlimited", true
	}
	return strconv.FormatUint(uint64(r.Cur), 10), true
}

// writePIDFile writes the process's number for everybody to read. It never follows
// a link that somebody has put there.
func writePIDFile(path string) error {
	return withUmask(0o022, func() error {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|unix.O_NOFOLLOW, 0o644)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
		return errors.Join(err, f.Close())
	})
}
