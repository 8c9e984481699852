//go:build unix

package tree

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestSpecialFilesAreNeverOpened(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "d/a")
	if err := unix.Mkfifo(filepath.Join(root, "d/fifo"), 0o644); err != nil {
		t.Skipf("no FIFOs here: %v", err)
	}
	for path, want := range map[string][]string{
		"/d":      {"dir /d", "file /d/a", "special /d/fifo"},
		"/d/fifo": {"special /d/fifo"},
	} {
		if diff := cmp.Diff(want, events(t, root, root+path, Options{})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", path, diff)
		}
	}
}

func TestProcIsPassedOver(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here")
	}
	if got := events(t, "", "/proc/self/status", Options{}); got[0] != "pseudo /proc/self/status" {
		t.Errorf("got %q", got)
	}
	if got := events(t, "", "/proc/self/fdinfo", Options{}); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}
