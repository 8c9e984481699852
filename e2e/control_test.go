//go:build unix

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// contribSite installs contrib/daemontools with settings for a directory.
func contribSite(t *testing.T) (s *services, dir string, ctl func(want int, args ...string) string) {
	t.Helper()
	needRoot(t)
	dir = workDir(t)
	user := qmailUser()
	db := filepath.Join(dir, "db")
	eicarDatabase(t, db)
	giveTo(t, db, user)
	giveTo(t, filepath.Join(dir, "updatelog"), user)

	m := newMirror(t)
	m.put("mine.hdb", "44d88612fea8a8f36de82e1278abb02f:68:Mine.EICAR\n")
	write(t, filepath.Join(dir, "clamd.conf"), fmt.Sprintf("LocalSocket %[1]s/run/s\nDatabaseDirectory %[1]s/db\nTemporaryDirectory %[1]s/run\n", dir))
	write(t, filepath.Join(dir, "freshclam.conf"), m.config(db)+fmt.Sprintf("DatabaseCustomURL %s/mine.hdb\nNotifyClamd %s/clamd.conf\n", m.URL, dir))

	contrib := filepath.Join(repository(), "contrib", "daemontools")
	for _, name := range []string{"gclamd", "gfreshclam"} {
		copyFile(t, filepath.Join(contrib, name, "run"), filepath.Join(dir, "service", name, "run"))
		copyFile(t, filepath.Join(contrib, name, "log", "run"), filepath.Join(dir, "service", name, "log", "run"))
		write(t, filepath.Join(dir, "service", name, "log", "conf"), fmt.Sprintf("LOG_DIR=%s/log/%s\nLOG_USER=%s\n", dir, name, user))
	}
	write(t, filepath.Join(dir, "service", "gclamd", "conf"), fmt.Sprintf(
		"GCLAMD=%s\nGCLAMD_ARGS='-c %[2]s/clamd.conf'\nGCLAMD_USER=%[3]s\nGCLAMD_RUNDIR=%[2]s/run\n", ourProgram(t, "gclamd"), dir, user))
	write(t, filepath.Join(dir, "service", "gfreshclam", "conf"), fmt.Sprintf(
		"GFRESHCLAM=%s\nGFRESHCLAM_ARGS='--config-file=%[2]s/freshclam.conf --no-dns --update-db=custom -l %[2]s/updatelog/log'\nGFRESHCLAM_USER=%[3]s\n", ourProgram(t, "gfreshclam"), dir, user))

	s = superviseServices(t, dir, "")
	return s, dir, func(want int, args ...string) string {
		t.Helper()
		cmd := exec.Command(filepath.Join(contrib, "gclamctl"), args...)
		cmd.Env = append(os.Environ(), "SVDIR="+s.dir, "GCLAMDSCAN="+ourProgram(t, "gclamdscan"), "GCLAMDSCAN_ARGS=-c "+dir+"/clamd.conf")
		r := runCommand(t, cmd)
		if r.exit != want {
			t.Errorf("gclamctl %v: want exit %d, got %v", args, want, r)
		}
		return r.stdout + r.stderr
	}
}

func TestTheControlScriptSteersBothServices(t *testing.T) {
	t.Parallel()
	s, dir, ctl := contribSite(t)
	answers := func() bool { return askSocket(filepath.Join(dir, "run", "s"), "PING") == "PONG" }
	always := func() bool { return true }
	s.comesUp(t, "gclamd", 0, answers)
	s.comesUp(t, "gfreshclam", 0, always)
	eventually(t, "gfreshclam has updated", fileHas(filepath.Join(dir, "updatelog", "log"), "mine.hdb updated (version: custom database"))
	eventually(t, "multilog has gfreshclam's lines", fileHas(filepath.Join(dir, "log", "gfreshclam", "current"), "mine.hdb updated (version: custom database"))

	ctl(0, "ping")
	if out := ctl(0, "stat"); strings.Count(out, ": up (pid ") != 4 {
		t.Errorf("stat: %s", out)
	}
	log := filepath.Join(dir, "log", "gclamd", "current")
	ctl(0, "hup", "gclamd")
	eventually(t, "the log tells of SIGHUP", fileHas(log, "re-opening log file"))
	ctl(0, "reload")
	eventually(t, "the log tells of the reload", fileHas(log, "Database correctly reloaded"))

	ctl(0, "stop", "gclamd")
	if answers() || s.pid(t, "gclamd") != 0 {
		t.Error("gclamd answers after stop")
	}
	ctl(1, "ping")
	if out := ctl(0, "stat", "gclamd"); !strings.Contains(out, "gclamd: down ") {
		t.Errorf("stat of a stopped service: %s", out)
	}
	ctl(0, "start")
	if !answers() {
		t.Error("gclamd does not answer after start")
	}
	daemon := s.pid(t, "gclamd")
	ctl(0, "restart", "gclamd")
	if got := s.pid(t, "gclamd"); got == daemon || !answers() {
		t.Errorf("restart: process %d, before %d", got, daemon)
	}
	updates := filepath.Join(dir, "updatelog", "log")
	ctl(0, "update")
	eventually(t, "gfreshclam looks again", fileHas(updates, "Received signal: wake up"))
	ctl(0, "stop")
	eventually(t, "gfreshclam tells of its end", fileHas(updates, "Update process terminated"))

	if out := ctl(2, "wrong"); !strings.Contains(out, "usage: ") {
		t.Errorf("a wrong command: %s", out)
	}
	ctl(2, "start", "cron")
	ctl(2)
	ctl(0, "help")
}

// TestFreshclamDaemonLineOf2004 runs "freshclam -d -c 6 -l LOG", the HowTo's line,
// as a service: the configuration keeps it in the foreground.
func TestFreshclamDaemonLineOf2004RunsUnderSupervise(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir, user := workDir(t), qmailUser()
	db := filepath.Join(dir, "db")
	giveTo(t, db, user)
	giveTo(t, filepath.Join(dir, "log"), user)
	m := newMirror(t)
	// The server has no database at all: every round fails, and the daemon goes on.
	write(t, filepath.Join(dir, "etc", "freshclam.conf"), m.config(db)+"DatabaseOwner "+user+"\nForeground yes\nDNSDatabaseInfo localhost.invalid\n")
	copyFile(t, ourProgram(t, "gfreshclam"), filepath.Join(dir, "bin", "freshclam"))
	log := filepath.Join(dir, "log", "clam-update.log")
	writeScript(t, filepath.Join(dir, "service", "freshclam", "run"), fmt.Sprintf("#!/bin/sh\nexec /usr/local/bin/freshclam -d -c 6 -l %s 2>&1\n", log))
	s := superviseServices(t, dir, fmt.Sprintf(`
		mkdir -p /etc/clamav
		mount --bind %[1]s/etc /etc/clamav
		mount --bind %[1]s/bin /usr/local/bin`, dir))

	always := func() bool { return true }
	first := s.comesUp(t, "freshclam", 0, always)
	eventually(t, "the log tells of an update process", fileHas(log, "ClamAV update process started at "))
	s.svc(t, "-h", "freshclam")
	eventually(t, "the log tells of SIGHUP", fileHas(log, "re-opening log file"))
	if got := s.pid(t, "freshclam"); got != first {
		t.Errorf("after svc -h the process is %d, before it was %d", got, first)
	}
	s.svc(t, "-t", "freshclam")
	second := s.comesUp(t, "freshclam", first, always)
	eventually(t, "the log tells of the end", fileHas(log, "Update process terminated"))
	if err := syscall.Kill(second, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	third := s.comesUp(t, "freshclam", second, always)
	starts := func() int { return strings.Count(read(t, log), "ClamAV update process started at ") }
	eventually(t, "the third process checks, too", func() bool { return starts() >= 3 })
	s.svc(t, "-d", "freshclam")
	s.goesDown(t, "freshclam")
	if third == 0 {
		t.Error("no third process")
	}
}
