package sysd

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// env returns a getenv over pairs.
func env(pairs ...string) func(string) string {
	return func(k string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == k {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		env  func(string) string
		want int
		bad  bool
	}{
		{"no service manager", env(), 0, false},
		{"two descriptors", env("LISTEN_PID", "7", "LISTEN_FDS", "2"), 2, false},
		{"meant for another process", env("LISTEN_PID", "8", "LISTEN_FDS", "2"), 0, false},
		{"no number", env("LISTEN_PID", "7", "LISTEN_FDS", "x"), 0, true},
		{"a negative number", env("LISTEN_PID", "7", "LISTEN_FDS", "-1"), 0, true},
		{"an absurd number", env("LISTEN_PID", "7", "LISTEN_FDS", "99999999"), 0, true},
	} {
		if got, err := count(tc.env, 7); got != tc.want || (err != nil) != tc.bad {
			t.Errorf("%s: got %d, %v", tc.name, got, err)
		}
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		env  func(string) string
		want time.Duration
	}{
		{"none wanted", env(), 0},
		{"half of what is wanted", env("WATCHDOG_USEC", "2000000"), time.Second},
		{"of this process", env("WATCHDOG_USEC", "2000000", "WATCHDOG_PID", "7"), time.Second},
		{"of another process", env("WATCHDOG_USEC", "2000000", "WATCHDOG_PID", "8"), 0},
		{"nonsense", env("WATCHDOG_USEC", "-3"), 0},
	} {
		if got := interval(tc.env, 7); got != tc.want {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestNotifyReachesTheSocket(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "sysd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	addr := filepath.Join(dir, "n")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: addr, Net: "unixgram"})
	if err != nil {
		t.Skipf("no datagram sockets here: %v", err)
	}
	defer c.Close()
	if err := notify(addr, Ready); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 64)
	n, err := c.Read(b)
	if err != nil || string(b[:n]) != Ready {
		t.Errorf("got %q, %v", b[:n], err)
	}
}

func TestNotifyWithoutAServiceManager(t *testing.T) {
	t.Parallel()
	if err := notify("", Ready); err != nil {
		t.Error(err)
	}
}
