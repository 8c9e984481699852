//go:build unix

package clamd

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/sys/unix"
)

// sendFDs sends data with descriptors in one message.
func sendFDs(t *testing.T, c net.Conn, data string, files ...*os.File) {
	t.Helper()
	var fds []int
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	if _, _, err := c.(*net.UnixConn).WriteMsgUnix([]byte(data), unix.UnixRights(fds...), nil); err != nil {
		t.Fatal(err)
	}
}

func TestDescriptors(t *testing.T) {
	h := startServer(t, nil)
	open := func(name string, flag int) *os.File {
		f, err := os.OpenFile(filepath.Join(h.dir, name), flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	alpha, clean, dir := open("f/alpha", os.O_RDONLY), open("f/clean", os.O_RDONLY), open("d", os.O_RDONLY)
	wronly := open("f/alpha", os.O_WRONLY)
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pr.Close()
	defer pw.Close()
	if _, err := alpha.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err) // the offset must not matter
	}
	type step struct {
		data  string
		files []*os.File
	}
	for _, tc := range []struct {
		name  string
		steps []step
		want  string
	}{
		{"command, then byte and descriptor", []step{{"nFILDES\n", nil}, {"\x00", []*os.File{alpha}}}, `fd\[\d+\]: Test.Alpha FOUND\n`},
		{"everything in one message", []step{{"zFILDES\x00\x00", []*os.File{alpha}}}, `fd\[\d+\]: Test.Alpha FOUND\x00`},
		{"plain command", []step{{"FILDES\n", nil}, {"x", []*os.File{clean}}}, `fd\[\d+\]: OK\n`},
		{"no descriptor", []step{{"nFILDES\n", nil}, {"\x00", nil}}, `No file descriptor received\. ERROR\n`},
		{"two descriptors", []step{{"nFILDES\n", nil}, {"\x00", []*os.File{alpha, clean}}}, `No file descriptor received\. ERROR\n`},
		{"a pipe", []step{{"nFILDES\n", nil}, {"\x00", []*os.File{pr}}}, `fd\[\d+\]: Not a regular file ERROR\n`},
		{"a directory", []step{{"nFILDES\n", nil}, {"\x00", []*os.File{dir}}}, `fd\[\d+\]: Not a regular file ERROR\n`},
		{"a descriptor that cannot be read", []step{{"nFILDES\n", nil}, {"\x00", []*os.File{wronly}}}, `fd\[\d+\]: Can't read file ERROR\n`},
		{"a descriptor with PING", []step{{"nPING\n", []*os.File{alpha}}}, `PONG\n`},
		{"in a session", []step{
			{"nIDSESSION\n", nil}, {"nFILDES\n", nil}, {"\x00", []*os.File{clean}}, {"nFILDES\n", nil}, {"\x00", []*os.File{alpha}}, {"nEND\n", nil},
		}, `(1: fd\[\d+\]: OK\n2: fd\[\d+\]: Test.Alpha FOUND\n|2: fd\[\d+\]: Test.Alpha FOUND\n1: fd\[\d+\]: OK\n)`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h.t = t
			c := h.dial("unix")
			for _, s := range tc.steps {
				if s.files == nil {
					_, _ = io.WriteString(c, s.data)
				} else {
					sendFDs(t, c, s.data, s.files...)
				}
			}
			if got := h.rest(c); !regexp.MustCompile("^" + tc.want + "$").MatchString(got) {
				t.Errorf("got %q, want %s", got, tc.want)
			}
		})
	}
	h.t = t
}

func TestDescriptorsOverTCP(t *testing.T) {
	h := startServer(t, nil)
	if got := h.exchange("tcp", "nFILDES\n\x00"); got != "No file descriptor received. ERROR\n" {
		t.Errorf("got %q", got)
	}
}

func TestDescriptorsAreNotLeaked(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("needs /proc")
	}
	h := startServer(t, nil)
	f, err := os.Open(filepath.Join(h.dir, "f/clean"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := func() int {
		names, _ := os.ReadDir("/proc/self/fd")
		return len(names)
	}
	h.exchange("unix", "nSCAN @/d\n")
	before := count()
	for range 50 {
		c := h.dial("unix")
		for range 3 {
			sendFDs(t, c, "z", f, f)
		}
		sendFDs(t, c, "\x00", f)
		h.rest(c)
		_ = c.Close()
		h.exchange("unix", "nSCAN @/d\n")
	}
	h.stop()
	if after := count(); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
