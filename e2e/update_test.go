//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// updater is gfreshclam with a server, a database directory and a running gclamd.
type updater struct {
	*mirror
	db, conf string
	daemon   *server
}

func newUpdater(t *testing.T) *updater {
	t.Helper()
	dir := workDir(t)
	u := &updater{mirror: newMirror(t), db: filepath.Join(dir, "db"), conf: filepath.Join(dir, "freshclam.conf")}
	eicarDatabase(t, u.db)
	u.daemon = newServer(t, dir, u.db)
	u.daemon.start(t, ourProgram(t, "gclamd"))
	owner := ""
	if os.Getuid() == 0 {
		owner = "DatabaseOwner root\n"
	}
	write(t, u.conf, u.config(u.db)+owner+fmt.Sprintf("NotifyClamd %s\n", u.daemon.confs["server"]))
	return u
}

func (u *updater) update(t *testing.T) result {
	t.Helper()
	return run(t, nil, ourProgram(t, "gfreshclam"), "--config-file="+u.conf, "--no-dns", "--update-db=test")
}

// databases are the files of the directory that hold the test database.
func databases(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "test.c*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		all[i] = filepath.Base(p)
	}
	return all
}

func TestGfreshclamUpdatesAndNotifiesTheDaemon(t *testing.T) {
	u := newUpdater(t)
	reloads := func() int { return strings.Count(read(t, u.daemon.log), "Database correctly reloaded") }
	step := func(what string, wantExit int, wantOut, wantFile string) {
		t.Helper()
		before := reloads()
		r := u.update(t)
		if r.exit != wantExit || !strings.Contains(r.stdout+r.stderr, wantOut) {
			t.Fatalf("%s: want exit %d and %q, got %v", what, wantExit, wantOut, r)
		}
		if got := strings.Join(databases(t, u.db), " "); got != wantFile {
			t.Errorf("%s: the directory has %q, want %q", what, got, wantFile)
		}
		if notified := strings.Contains(r.stdout, "Clamd successfully notified about the update."); notified != strings.Contains(wantOut, "updated (") {
			t.Errorf("%s: notified is %v: %v", what, notified, r)
		} else if notified {
			eventually(t, "gclamd has reloaded", func() bool { return reloads() > before })
		}
	}

	u.serve("test.cvd", "test-1.cvd")
	step("first download", 0, "test.cvd updated (version: 1, ", "test.cvd")
	step("nothing new", 0, "test.cvd database is up-to-date (version: 1, ", "test.cvd")

	u.serve("test.cvd", "test-3.cvd")
	u.serve("test-2.cdiff", "test-2.cdiff")
	u.serve("test-3.cdiff", "test-3.cdiff")
	step("two patches", 0, "test.cld updated (version: 3, ", "test.cld")

	kept := read(t, filepath.Join(u.db, "test.cld"))
	u.serve("test.cvd", "test-6.cvd")
	u.damage("test.cvd")
	for i := 4; i <= 6; i++ { // damaged patches, too
		u.serve(fmt.Sprintf("test-%d.cdiff", i), fmt.Sprintf("test-%d.cdiff", i))
		u.damage(fmt.Sprintf("test-%d.cdiff", i))
	}
	step("damaged patches and database", 7, "ERROR: Verification: Can't verify database integrity", "test.cld")
	if read(t, filepath.Join(u.db, "test.cld")) != kept {
		t.Error("a refused database has changed the old one")
	}
	if left, _ := filepath.Glob(filepath.Join(u.db, "tmp*")); len(left) != 0 {
		t.Errorf("refused downloads were left behind: %v", left)
	}
	if got := u.daemon.ask("PING"); got != "PONG" {
		t.Errorf("gclamd answers %q", got)
	}

	u.serve("test.cvd", "test-6.cvd")
	step("a good database again", 0, "updated (version: 6, sigs: 14, ", "test.cvd")
	step("nothing new again", 0, "database is up-to-date (version: 6, ", "test.cvd")
}
