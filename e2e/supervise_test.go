//go:build unix

package e2e

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Under the real daemontools: with the run script, the configuration and the names
// of the HowTo of 2004, and with the services and the control script of contrib.

// services is a directory that svscan watches.
type services struct{ dir string }

// superviseServices starts svscan for dir/service. The command runs it, so that it
// can prepare the ground.
func superviseServices(t *testing.T, dir, prepare string) *services {
	t.Helper()
	for _, p := range []string{"svc", "svstat", "svok", "supervise", "multilog", "setuidgid"} {
		theirProgram(t, p)
	}
	s := &services{filepath.Join(dir, "service")}
	script := prepare + "\nexec " + theirProgram(t, "svscan") + " " + s.dir
	start(t, filepath.Join(dir, "svscan.out"), theirProgram(t, "unshare"), "--mount", "--propagation", "private", "/bin/sh", "-ec", script)
	return s
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		missing(t, "root, who starts services,")
	}
}

// qmailUser is the user of the HowTo's daemon.
func qmailUser() string {
	if _, err := user.Lookup("qscand"); err == nil {
		return "qscand"
	}
	return "nobody"
}

// giveTo makes dir belong to name.
func giveTo(t *testing.T, dir, name string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
}

func (s *services) svc(t *testing.T, flag, name string) {
	t.Helper()
	if r := run(t, nil, theirProgram(t, "svc"), flag, filepath.Join(s.dir, name)); r.exit != 0 || r.stderr != "" {
		t.Fatalf("svc %s %s: %v", flag, name, r)
	}
}

var upWithPid = regexp.MustCompile(`: up \(pid (\d+)\)`)

// pid is what svstat tells: 0 if the service is down.
func (s *services) pid(t *testing.T, name string) int {
	t.Helper()
	r := run(t, nil, theirProgram(t, "svstat"), filepath.Join(s.dir, name))
	if m := upWithPid.FindStringSubmatch(r.stdout); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

// comesUp waits until the service runs in another process than old and answers.
func (s *services) comesUp(t *testing.T, name string, old int, answers func() bool) int {
	t.Helper()
	pid := 0
	eventually(t, name+" runs and answers", func() bool {
		pid = s.pid(t, name)
		return pid != 0 && pid != old && answers()
	})
	return pid
}

func (s *services) goesDown(t *testing.T, name string) {
	t.Helper()
	eventually(t, name+" is down", func() bool { return s.pid(t, name) == 0 })
}

func fileHas(path, text string) func() bool {
	return func() bool {
		b, _ := os.ReadFile(path)
		return strings.Contains(string(b), text)
	}
}

// howToConfig is a configuration of 2004: bare option names, names that are gone.
const howToConfig = `LogTime
LogVerbose
PidFile @/run/clamd.pid
DataDirectory @/db
LocalSocket @/run/clamd
FixStaleSocket
StreamSaveToDisk
StreamMaxLength 10M
MaxThreads 10
ThreadTimeout 500
MaxDirectoryRecursion 15
User qscand
Foreground
ScanMail
ScanArchive
ScanRAR
ArchiveMaxFileSize 10M
ArchiveMaxRecursion 5
ArchiveMaxFiles 1000
ArchiveLimitMemoryUsage
`

// howToRun is the HowTo's way to start the daemon: it refuses if another one runs,
// removes the "lock file", and becomes clamd without any argument.
const howToRun = `#!/bin/sh
path_to_clamd=/usr/local/sbin/clamd
lockfile=@/run/clamd
found=$(ps -ax -o args | grep -cE "^${path_to_clamd}\$")
if [ "$found" -gt 0 ]; then
	echo "Error: $found clamd process(es) already running!"
	exit 1
fi
rm -f "$lockfile"
exec setuidgid qscand $path_to_clamd 2>&1
`

const howToLogRun = "#!/bin/sh\nexec multilog t @/log\n"

// howToSite builds a machine as the HowTo leaves it, in a mount namespace of its
// own: programs in /usr/local/sbin, the configuration in /usr/local/etc.
func howToSite(t *testing.T) (*services, string) {
	t.Helper()
	needRoot(t)
	theirProgram(t, "ps")
	dir, qscand := workDir(t), qmailUser()
	at := strings.NewReplacer("@", dir, "qscand", qscand).Replace
	eicarDatabase(t, filepath.Join(dir, "db"))
	giveTo(t, filepath.Join(dir, "run"), qscand)
	copyFile(t, ourProgram(t, "gclamd"), filepath.Join(dir, "sbin", "clamd"))
	write(t, filepath.Join(dir, "etc", "clamav.conf"), at(howToConfig))
	service := filepath.Join(dir, "service", "clamd")
	writeScript(t, filepath.Join(service, "run"), at(howToRun))
	writeScript(t, filepath.Join(service, "log", "run"), at(howToLogRun))
	s := superviseServices(t, dir, fmt.Sprintf(`
		mkdir -p /etc/clamav
		mount -t tmpfs tmpfs /etc/clamav
		mount --bind %[1]s/etc /usr/local/etc
		mount --bind %[1]s/sbin /usr/local/sbin
		for f in /etc/clamd.conf /etc/clamav.conf; do [ ! -e $f ] || mount --bind /dev/null $f; done`, dir))
	return s, dir
}

func TestTheHowToOf2004RunsUnderSupervise(t *testing.T) {
	t.Parallel()
	s, dir := howToSite(t)
	socket, conf, log := filepath.Join(dir, "run", "clamd"), filepath.Join(dir, "etc", "clamav.conf"), filepath.Join(dir, "log", "current")
	answers := func() bool { return askSocket(socket, "PING") == "PONG" }
	infected, clean := filepath.Join(dir, "in", "eicar.com"), filepath.Join(dir, "in", "clean.txt")
	write(t, infected, eicar())
	write(t, clean, "clean\n")
	scan := func(want int, path string) {
		t.Helper()
		if r := run(t, nil, ourProgram(t, "gclamdscan"), "-c", conf, path); r.exit != want {
			t.Errorf("gclamdscan %s: want exit %d, got %v", path, want, r)
		}
	}

	first := s.comesUp(t, "clamd", 0, answers)
	scan(1, infected)
	scan(0, clean)
	if n := strings.Count(run(t, nil, theirProgram(t, "ps"), "-o", "args=", "--ppid", strconv.Itoa(first)).stdout, "\n"); n != 0 {
		t.Errorf("the daemon has %d child processes", n)
	}
	if args := strings.TrimSpace(run(t, nil, theirProgram(t, "ps"), "-o", "user:32=,args=", "-p", strconv.Itoa(first)).stdout); strings.Join(strings.Fields(args), " ") != qmailUser()+" /usr/local/sbin/clamd" {
		t.Errorf("the process list shows %q", args)
	}

	s.svc(t, "-h", "clamd")
	eventually(t, "the log tells of SIGHUP", fileHas(log, "re-opening log file"))
	if got := s.pid(t, "clamd"); got != first || !answers() {
		t.Errorf("after svc -h the process is %d, before it was %d", got, first)
	}

	s.svc(t, "-t", "clamd")
	second := s.comesUp(t, "clamd", first, answers)
	eventually(t, "the log tells of the end", fileHas(log, "--- Stopped at "))

	s.svc(t, "-d", "clamd")
	s.goesDown(t, "clamd")
	if _, err := os.Lstat(socket); err == nil {
		t.Error("the socket is still there after svc -d")
	}
	scan(2, clean)

	s.svc(t, "-u", "clamd")
	third := s.comesUp(t, "clamd", second, answers)

	if err := syscall.Kill(third, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.comesUp(t, "clamd", third, answers)
	scan(1, infected)

	for line := range strings.Lines(read(t, log)) {
		if !multilogLine.MatchString(line) {
			t.Errorf("multilog wrote %q", line)
		}
		if strings.Contains(line, "already running") {
			t.Errorf("the run script refused: %s", line)
		}
	}
}

// multilogLine is a time stamp and one event.
var multilogLine = regexp.MustCompile(`^@[0-9a-f]{24} .*\n$`)
