package softlimit

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestKept(t *testing.T) {
	t.Parallel()
	const unlimited = ^uint64(0)
	for _, tc := range []struct {
		name     string
		as, data uint64
		want     int64
		ok       bool
	}{
		{"entry did not run", 0, 0, 0, false},
		{"no limits", unlimited, unlimited, 0, false},
		{"softlimit -a", 100 << 20, unlimited, 94371840, true},
		{"softlimit -d", unlimited, 100 << 20, 94371840, true},
		{"the smaller one", 200 << 20, 100 << 20, 94371840, true},
		{"too small to live with", 1 << 20, 0, least, true},
	} {
		if got, ok := kept(tc.as, tc.data); got != tc.want || ok != tc.ok {
			t.Errorf("%s: %d, %v", tc.name, got, ok)
		}
	}
}

// TestAProgramStartsUnderSoftlimit links the client as it is to be linked and runs
// it with 12 MB of address space, as a mail host does.
func TestAProgramStartsUnderSoftlimit(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("there is no entry for this system")
	}
	if testing.Short() {
		t.Skip("builds a program")
	}
	prog := filepath.Join(t.TempDir(), "gclamdscan")
	build := exec.Command("go", "build", "-ldflags=-E=gclam/internal/softlimit.entry", "-o", prog, "gclam/cmd/gclamdscan")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, limit := range []string{"ulimit -S -v 12000", "ulimit -S -d 4000", "ulimit -S -v 12000; ulimit -S -d 4000", "true"} {
		out, err := exec.Command("sh", "-c", limit+`; exec "$0" --help`, prog).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--config-file") {
			t.Errorf("%s: %v\n%.300s", limit, err, out)
		}
	}
}
