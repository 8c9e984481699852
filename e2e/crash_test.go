//go:build unix

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A power cut or kill -9 may come at any moment: the next start has to work without
// anybody's help.

const crashRounds = 20

// crashMoments returns random times after a start, up to longest.
func crashMoments(t *testing.T, longest time.Duration) func() time.Duration {
	t.Helper()
	seed := uint64(envInt("GCLAM_SEED", int(rand.Uint32())))
	t.Logf("random moments: seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	return func() time.Duration { return time.Duration(r.Int64N(int64(longest))) }
}

func TestGclamdStartsAgainAfterKill(t *testing.T) {
	t.Parallel()
	dir, program := workDir(t), ourProgram(t, "gclamd")
	db := filepath.Join(dir, "db")
	eicarDatabase(t, db)
	bigDatabase(t, db)
	cache := filepath.Join(dir, "cache")
	s := newServer(t, dir, db, "PidFile "+filepath.Join(dir, "pid"), "CacheDirectory "+cache)
	infected := filepath.Join(dir, "in", "eicar.com")
	write(t, infected, eicar())

	// How long a start takes decides how far the moments spread: half of them
	// fall into the start, half into the work after it.
	begin := time.Now()
	s.start(t, program)
	moment := crashMoments(t, 2*time.Since(begin)+50*time.Millisecond)
	s.kill()
	for round := range crashRounds {
		// Another database each time, so that its compiled form is written anew.
		write(t, filepath.Join(db, "round.hdb"), fmt.Sprintf("%032x:%d:Round\n", round, round+1))
		s.begin(t, program)
		done := make(chan struct{})
		go func() { // keeps it at work: scans and reloads
			defer close(done)
			for s.running() {
				s.ask("RELOAD")
				s.ask("CONTSCAN " + filepath.Dir(infected))
			}
		}()
		time.Sleep(moment())
		s.kill()
		<-done

		s.start(t, program)
		if got := s.ask("SCAN " + infected); !strings.HasSuffix(got, " FOUND") {
			t.Fatalf("round %d: after the crash SCAN answers %q", round, got)
		}
		if round%2 == 0 {
			s.kill()
			continue
		}
		if code := s.stop(t); code != 0 {
			t.Fatalf("round %d: exit code %d after SIGTERM: %s", round, code, s.output())
		}
	}
	noLeftovers(t, dir, "clamd.log", "db", "in", "out", "cache", "*.conf")
	if kept, _ := filepath.Glob(filepath.Join(cache, "*.img")); len(kept) == 0 || len(kept) > 5 {
		t.Errorf("the cache holds %d images", len(kept))
	}
}

// bigDatabase writes so many signatures that their compiled form is kept on disk.
func bigDatabase(t *testing.T, dir string) {
	t.Helper()
	var b strings.Builder
	for i := range 40000 {
		fmt.Fprintf(&b, "%032x:%d:Filler-%d\n", i*7919+1, 1000+i, i)
	}
	write(t, filepath.Join(dir, "filler.hdb"), b.String())
}

func TestGfreshclamUpdatesAfterKill(t *testing.T) {
	t.Parallel()
	dir, program := workDir(t), ourProgram(t, "gfreshclam")
	m := newMirror(t)
	m.pace = 2 * time.Millisecond
	db := filepath.Join(dir, "db")
	write(t, filepath.Join(db, "mine.hdb"), "44d88612fea8a8f36de82e1278abb02f:68:Win.Test.EICAR_HDB-1\n")
	conf := filepath.Join(dir, "freshclam.conf")
	owner := ""
	if os.Getuid() == 0 {
		owner = "DatabaseOwner root\n"
	}
	write(t, conf, m.config(db)+owner)
	args := []string{"--config-file=" + conf, "--no-dns", "--update-db=test"}
	for i := 2; i <= 6; i++ {
		m.serve(fmt.Sprintf("test-%d.cdiff", i), fmt.Sprintf("test-%d.cdiff", i))
	}

	m.serve("test.cvd", "test-1.cvd")
	begin := time.Now()
	if r := run(t, nil, program, args...); r.exit != 0 {
		t.Fatalf("the first update: %v", r)
	}
	moment := crashMoments(t, time.Since(begin)*3/2)
	for round := range crashRounds {
		// Old and new version alternate between the first download and patches.
		have, want := 1+round%5, 6
		for _, old := range databases(t, db) {
			if err := os.Remove(filepath.Join(db, old)); err != nil {
				t.Fatal(err)
			}
		}
		if round%3 != 0 {
			copyFile(t, fixture(t, fmt.Sprintf("test-%d.cvd", have)), filepath.Join(db, "test.cvd"))
		}
		m.serve("test.cvd", fmt.Sprintf("test-%d.cvd", want))

		p := start(t, filepath.Join(dir, "out"), program, args...)
		time.Sleep(moment())
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done

		// What is there now can be scanned with, and the next update works.
		if r := run(t, nil, ourProgram(t, "gclamscan"), "-d", db, conf); r.exit != 0 {
			t.Fatalf("round %d: the databases after the crash: %v", round, r)
		}
		r := run(t, nil, program, args...)
		if r.exit != 0 || !strings.Contains(r.stdout, fmt.Sprintf("(version: %d, ", want)) {
			t.Fatalf("round %d: the update after the crash: %v", round, r)
		}
		if got := databases(t, db); len(got) != 1 {
			t.Fatalf("round %d: the directory holds %v", round, got)
		}
	}
	noLeftovers(t, db, "test.cvd", "test.cld", "mine.hdb", "freshclam.dat", "*.lock", ".*lock*")
}

// noLeftovers checks that dir holds nothing else than files of these patterns.
func noLeftovers(t *testing.T, dir string, patterns ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		known := false
		for _, p := range patterns {
			ok, _ := filepath.Match(p, e.Name())
			known = known || ok
		}
		if !known {
			t.Errorf("the crashes left %s behind", e.Name())
		}
	}
}
