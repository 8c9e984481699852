package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	as := func(n int64) memoryLimit { return memoryLimit{"RLIMIT_AS", n * mib, n*mib - runtimeReserve} }
	data := func(n int64) memoryLimit { return memoryLimit{"RLIMIT_DATA", n * mib, n * mib} }
	for _, tc := range []struct {
		name      string
		limits    []memoryLimit
		databases int64
		heap      int64 // MiB; 0: no plan
		perScan   int64 // MiB
		err       string
	}{
		{"no limits", nil, 0, 0, 0, ""},
		{"softlimit -d", []memoryLimit{data(400)}, 100 * mib, 340, 24, ""},
		{"the tighter one counts", []memoryLimit{data(4000), as(1104)}, 100 * mib, 340, 24, ""},
		{"plenty", []memoryLimit{data(8000)}, 0, 6800, 256, ""},
		{"the least for a scan", []memoryLimit{data(200)}, 150 * mib, 170, 16, ""},
		{"too little", []memoryLimit{data(100)}, 100 * mib, 0, 0, "softlimit -d 155189248"},
	} {
		p, err := plan(tc.limits, tc.databases, 10)
		switch {
		case tc.err != "":
			if err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%s: %v", tc.name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", tc.name, err)
		case tc.heap == 0:
			if p != nil {
				t.Errorf("%s: %+v", tc.name, p)
			}
		case p.heap/mib != tc.heap || p.perScan/mib != tc.perScan:
			t.Errorf("%s: heap %d, scans %d MiB", tc.name, p.heap/mib, p.perScan/mib)
		}
	}
}

func TestCgroupLimit(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{"a/memory.max": "max\n", "a/b/memory.high": "5000\n", "a/b/memory.max": "9000\n"} {
		p := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if l, ok := cgroupLimit(root, []byte("0::/a/b/c\n")); !ok || l.bytes != 5000 {
		t.Errorf("got %+v, %v", l, ok)
	}
	if l, ok := cgroupLimit(root, []byte("9:memory:/x\n0::/\n")); ok {
		t.Errorf("without a limit: %+v", l)
	}
}

func TestSnapshotSeesDatabasesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.ndb", "x")
	before := look(dir)
	write("freshclam.dat", "x")
	write("tmp.part", "x")
	if diff := cmp.Diff(before, look(dir), cmp.AllowUnexported(fileState{})); diff != "" {
		t.Errorf("other files count:\n%s", diff)
	}
	write("b.cvd", "x")
	if len(look(dir)) != 2 {
		t.Error("a new container does not count")
	}
	write("a.ndb", "xy")
	if look(dir)["a.ndb"] == before["a.ndb"] {
		t.Error("a changed file does not count")
	}
	if look(filepath.Join(dir, "nope")) != nil {
		t.Error("a missing directory looks like an empty one")
	}
}

func TestEventCommand(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ command, virus, want string }{
		{"mail %v", "Win.Trojan.X-1.UNOFFICIAL", "mail Win.Trojan.X-1.UNOFFICIAL"},
		{"mail %v", "$(rm -r /);`x`\n", "mail __rm_-r_/___x__"},
		{"log %f", "V", "log " + noFileName},
		{"none", "V", "none"},
	} {
		if got := eventCommand(tc.command, tc.virus); got != tc.want {
			t.Errorf("%q with %q: %q", tc.command, tc.virus, got)
		}
	}
}

func TestSignalsBeforeTheServiceAreKept(t *testing.T) {
	t.Parallel()
	s := &signals{}
	s.dispatch(os.Interrupt)
	ended := false
	s.onEnd(func() { ended = true })
	if !ended {
		t.Error("the request to end was lost")
	}
}
