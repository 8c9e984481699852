//go:build unix

package e2e

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPyclamdGetsTheSameFromGclamdAsFromClamd(t *testing.T) {
	python := theirProgram(t, "python3")
	if r := run(t, nil, python, "-c", "import pyclamd"); r.exit != 0 {
		missing(t, "python3-pyclamd")
	}
	script := filepath.Join(repository(), "e2e", "testdata", "pyclamd_check.py")
	tree := scannedTree(t)
	report := func(program string) (string, int) {
		s := startServer(t, program)
		host, port, _ := net.SplitHostPort(s.addr)
		r := run(t, nil, python, script, s.socket, host, port, tree)
		if r.exit != 0 {
			t.Fatalf("pyclamd against %s: %v", program, r)
		}
		return r.stdout, s.wait(t) // the script ends with SHUTDOWN
	}
	want, wantExit := report(theirProgram(t, "clamd"))
	got, exit := report(ourProgram(t, "gclamd"))
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("(-clamd +gclamd):\n%s", diff)
	}
	if exit != wantExit {
		t.Errorf("gclamd's exit code after SHUTDOWN is %d, clamd's %d", exit, wantExit)
	}
	if !strings.Contains(want, "FOUND") {
		t.Errorf("pyclamd found nothing at all:\n%s", want)
	}
}
