//go:build unix

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" && os.Getenv("GCLAM_BIN") == "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// built is where our programs are: GCLAM_BIN, or a directory made once.
var built struct {
	sync.Once
	dir string
	err error
}

// ourProgram returns the path of one of our programs.
func ourProgram(t *testing.T, name string) string {
	t.Helper()
	built.Do(func() {
		if built.dir = os.Getenv("GCLAM_BIN"); built.dir != "" {
			return
		}
		if built.dir, built.err = os.MkdirTemp("", "gclam-bin"); built.err != nil {
			return
		}
		if built.err = os.Chmod(built.dir, 0o755); built.err != nil { // services run as other users
			return
		}
		cmd := exec.Command("make", "-s", "build", "BIN="+built.dir)
		cmd.Dir = repository()
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatalf("building our programs: %v", built.err)
	}
	return filepath.Join(built.dir, name)
}

// repository is the root of the source tree.
func repository() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(file))
}

// missing skips the test, or fails it where everything has to be there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("GCLAM_E2E_STRICT") == "1" {
		t.Fatalf("%s is missing (e2e/setup.sh installs it)", what)
	}
	t.Skipf("%s is missing (e2e/setup.sh installs it)", what)
}

// theirProgram returns the path of a program of the Debian packages.
func theirProgram(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"/usr/bin", "/usr/sbin", "/bin", "/sbin"} {
		if p := filepath.Join(dir, name); isExecutable(p) {
			return p
		}
	}
	missing(t, name)
	return ""
}

func isExecutable(p string) bool {
	st, err := os.Stat(p)
	return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
}

// sharedCases returns a path among the conformance tables, which are not part of
// the repository: they stand beside it.
func sharedCases(t *testing.T, name string) string {
	t.Helper()
	p := filepath.Join(repository(), "..", "shared", "spec", "cases", name)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("the conformance tables are not beside the repository: %v", err)
	}
	return p
}

// workDir makes a directory with a short name (socket paths have 107 bytes at
// most) that every user may enter.
func workDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ge")
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path string, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeScript(t *testing.T, path, text string) {
	t.Helper()
	write(t, path, text)
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// copyFile copies a program or a file with its mode.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	st, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, read(t, from))
	if err := os.Chmod(to, st.Mode().Perm()|0o600); err != nil {
		t.Fatal(err)
	}
}

// eicar is the test string, which no file of this repository holds in the clear.
func eicar() string {
	return `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + "EICAR-STANDARD" + `-ANTIVIRUS-TEST-FILE!$H+H*`
}

// eicarDatabase writes the database of the mail cases: a body signature at offset
// 0 and a hash.
func eicarDatabase(t *testing.T, dir string) {
	t.Helper()
	write(t, filepath.Join(dir, "test.ndb"), fmt.Sprintf("Eicar-Test-Signature:0:0:%x\n", eicar()))
	write(t, filepath.Join(dir, "test.hdb"), "44d88612fea8a8f36de82e1278abb02f:68:Win.Test.EICAR_HDB-1\n")
}

// result is what a program left behind.
type result struct {
	exit           int
	stdout, stderr string
}

func (r result) String() string {
	return fmt.Sprintf("exit %d\n--- stdout\n%s--- stderr\n%s", r.exit, r.stdout, r.stderr)
}

const commandTimeout = 2 * time.Minute

// run runs a program to its end, with stdin if that is not nil.
func run(t *testing.T, stdin *os.File, name string, args ...string) result {
	t.Helper()
	cmd := exec.Command(name, args...)
	if stdin != nil {
		cmd.Stdin = stdin
	}
	return runCommand(t, cmd)
}

func runCommand(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(commandTimeout, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	if ee := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ee) {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// eventually polls until cond holds, for what other processes do in their own time.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(commandTimeout); !cond(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// process is a program that runs in the background until the test ends.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	out  string // file with what it printed
}

// start starts a program in a process group of its own, which is killed at the end.
func start(t *testing.T, outFile, name string, args ...string) *process {
	t.Helper()
	f, err := os.OpenFile(outFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := &process{cmd: exec.Command(name, args...), done: make(chan struct{}), out: outFile}
	p.cmd.Stdout, p.cmd.Stderr = f, f
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the whole group at once.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// stop sends SIGTERM and returns the exit code, -1 if a signal ended it.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return p.wait(t)
}

func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(commandTimeout):
		t.Fatalf("%v does not end", p.cmd.Args)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// output is what it printed so far.
func (p *process) output() string {
	b, _ := os.ReadFile(p.out)
	return strings.TrimSpace(string(b))
}
