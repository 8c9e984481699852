//go:build unix

package e2e

import (
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// server is a clamd, theirs or ours.
type server struct {
	*process
	dir    string
	socket string
	addr   string            // TCP
	confs  map[string]string // "unix", "tcp": configuration files for clients
	log    string
}

// freePort returns a TCP port that was free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// newServer writes the configuration of a daemon in dir, whose databases are in db.
func newServer(t *testing.T, dir, db string, options ...string) *server {
	t.Helper()
	port := freePort(t)
	s := &server{
		dir: dir, socket: filepath.Join(dir, "s"), addr: fmt.Sprintf("127.0.0.1:%d", port),
		log: filepath.Join(dir, "clamd.log"), confs: map[string]string{},
	}
	unix := fmt.Sprintf("LocalSocket %s\n", s.socket)
	tcp := fmt.Sprintf("TCPSocket %d\nTCPAddr 127.0.0.1\n", port)
	common := fmt.Sprintf("Foreground yes\nLogFile %s\nDatabaseDirectory %s\nTemporaryDirectory %s\n", s.log, db, dir) + strings.Join(options, "\n") + "\n"
	for name, text := range map[string]string{"server": unix + tcp + common, "unix": unix, "tcp": tcp} {
		s.confs[name] = filepath.Join(dir, name+".conf")
		write(t, s.confs[name], text)
	}
	return s
}

// start runs the daemon and waits until it answers.
func (s *server) start(t *testing.T, program string) {
	t.Helper()
	s.begin(t, program)
	eventually(t, program+" answers", func() bool {
		if !s.running() {
			t.Fatalf("%s ended: %s", program, s.output())
		}
		return s.ask("PING") == "PONG"
	})
}

// begin runs the daemon and does not wait.
func (s *server) begin(t *testing.T, program string) {
	t.Helper()
	s.process = start(t, filepath.Join(s.dir, "out"), program, "-c", s.confs["server"])
}

// ask sends one command over the Unix socket and returns the answer, "" on failure.
func (s *server) ask(command string) string { return askSocket(s.socket, command) }

func askSocket(socket, command string) string {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(commandTimeout))
	if _, err := io.WriteString(c, "z"+command+"\x00"); err != nil {
		return ""
	}
	b, err := io.ReadAll(c)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(b), "\x00\n")
}

// startServer starts a daemon with the EICAR database.
func startServer(t *testing.T, program string, options ...string) *server {
	t.Helper()
	dir := workDir(t)
	db := filepath.Join(dir, "db")
	eicarDatabase(t, db)
	s := newServer(t, dir, db, options...)
	s.start(t, program)
	return s
}
