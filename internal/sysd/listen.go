package sysd

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// firstFD is the number of the first descriptor that is handed in.
const firstFD = 3

// maxFDs bounds LISTEN_FDS: a process has no more descriptors than that anyway.
const maxFDs = 1024

// Listeners returns the stream listeners that were handed to this process, in
// order, and how many descriptors there were. Descriptors that are no stream
// listeners are closed. The variables are removed from the environment, so that no
// child takes them for its own.
func Listeners() (ls []net.Listener, n int, err error) {
	n, err = count(os.Getenv, os.Getpid())
	for _, k := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		_ = os.Unsetenv(k)
	}
	for fd := firstFD; fd < firstFD+n; fd++ {
		f := os.NewFile(uintptr(fd), "LISTEN_FD_"+strconv.Itoa(fd))
		l, lerr := net.FileListener(f) // a copy, close-on-exec
		_ = f.Close()
		if lerr == nil {
			ls = append(ls, l)
		}
	}
	return ls, n, err
}

// count returns how many descriptors the environment announces for process pid.
func count(getenv func(string) string, pid int) (int, error) {
	if p := getenv("LISTEN_PID"); p == "" || p != strconv.Itoa(pid) {
		return 0, nil
	}
	n, err := strconv.Atoi(getenv("LISTEN_FDS"))
	if err != nil || n < 0 || n > maxFDs {
		return 0, fmt.Errorf("sysd: bad LISTEN_FDS %q", getenv("LISTEN_FDS"))
	}
	return n, nil
}
