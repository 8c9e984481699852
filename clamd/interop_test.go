package clamd

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// realClamdscan returns ClamAV's own client, or skips.
func realClamdscan(t *testing.T) string {
	t.Helper()
	p, err := exec.LookPath("clamdscan")
	if err != nil {
		t.Skip("ClamAV's clamdscan is not installed")
	}
	return p
}

func TestClamAVsClient(t *testing.T) {
	prog := realClamdscan(t)
	h := startServer(t, nil)
	_, port, _ := strings.Cut(h.tcp, ":")
	local := filepath.Join(h.dir, "local.conf")
	tcp := filepath.Join(h.dir, "tcp.conf")
	for name, text := range map[string]string{
		local: "LocalSocket " + h.sock + "\n",
		tcp:   "TCPSocket " + port + "\nTCPAddr 127.0.0.1\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	alpha, clean, dir := filepath.Join(h.dir, "f/alpha"), filepath.Join(h.dir, "f/clean"), filepath.Join(h.dir, "d")
	for _, tc := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"path", []string{alpha, clean}, 1, []string{alpha + ": Test.Alpha FOUND", clean + ": OK"}},
		{"clean path", []string{clean}, 0, []string{clean + ": OK"}},
		{"directory", []string{dir}, 1, []string{"/d/a/alpha: Test.Alpha FOUND", "/d/b/beta: Test.Beta FOUND"}},
		{"multiscan", []string{"-m", dir}, 1, []string{"/d/a/alpha: Test.Alpha FOUND", "/d/b/beta: Test.Beta FOUND"}},
		{"descriptors", []string{"--fdpass", alpha, clean}, 1, []string{alpha + ": Test.Alpha FOUND", clean + ": OK"}},
		{"descriptors in a session", []string{"--fdpass", "-m", dir}, 1, []string{"/d/a/alpha: Test.Alpha FOUND", "/d/b/beta: Test.Beta FOUND"}},
		{"streams", []string{"--stream", alpha, clean}, 1, []string{alpha + ": Test.Alpha FOUND", clean + ": OK"}},
		{"streams in a session", []string{"--stream", "-m", dir}, 1, []string{"/d/a/alpha: Test.Alpha FOUND", "/d/b/beta: Test.Beta FOUND"}},
		{"all matches", []string{"-z", filepath.Join(h.dir, "f/both")}, 1, []string{"Test.Alpha FOUND", "Test.Beta FOUND"}},
		{"ping", []string{"--ping", "1"}, 0, []string{"PONG"}},
		{"version", []string{"--version"}, 0, []string{"ClamAV 1.4.6"}},
		{"reload", []string{"--reload"}, 0, nil},
	} {
		for _, conf := range []string{local, tcp} {
			t.Run(tc.name+"/"+filepath.Base(conf), func(t *testing.T) {
				cmd := exec.Command(prog, append([]string{"-c", conf, "--no-summary"}, tc.args...)...)
				out, err := cmd.CombinedOutput()
				var ee *exec.ExitError
				code := 0
				if errors.As(err, &ee) {
					code = ee.ExitCode()
				} else if err != nil {
					t.Fatal(err)
				}
				if code != tc.code {
					t.Errorf("exit code %d, want %d; output %q", code, tc.code, out)
				}
				for _, w := range tc.want {
					if !strings.Contains(string(out), w) {
						t.Errorf("%q lacks %q", out, w)
					}
				}
			})
		}
	}
}

func TestPyclamd(t *testing.T) {
	python := ""
	for _, p := range []string{"/usr/bin/python3", "python3"} { // the system's own has its packages
		if python == "" && exec.Command(p, "-c", "import pyclamd").Run() == nil {
			python = p
		}
	}
	if python == "" {
		t.Skip("python3 with pyclamd is not installed")
	}
	h := startServer(t, nil)
	_, port, _ := strings.Cut(h.tcp, ":")
	script := fmt.Sprintf(`
import pyclamd
d = %q
for c in (pyclamd.ClamdUnixSocket(d + "/s"), pyclamd.ClamdNetworkSocket("127.0.0.1", %s)):
    assert c.ping(), "ping"
    assert c.version().startswith("ClamAV 1.4.6"), c.version()
    assert "POOLS" in c.stats(), c.stats()
    assert c.scan_file(d + "/f/clean") is None
    assert c.scan_file(d + "/f/alpha") == {d + "/f/alpha": ("FOUND", "Test.Alpha")}, c.scan_file(d + "/f/alpha")
    found = {d + "/d/a/alpha": ("FOUND", "Test.Alpha"), d + "/d/b/beta": ("FOUND", "Test.Beta")}
    assert c.contscan_file(d + "/d") == found, c.contscan_file(d + "/d")
    assert c.multiscan_file(d + "/d") == found, c.multiscan_file(d + "/d")
    assert c.scan_stream(b"x MARKER-ALPHA") == {"stream": ("FOUND", "Test.Alpha")}
    assert c.scan_stream(b"clean") is None
    assert c.reload() == "RELOADING", c.reload()
    assert "ERROR" in c.scan_file(d + "/nope")[d + "/nope"][0]
`, h.dir, port)
	if out, err := exec.Command(python, "-c", script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
