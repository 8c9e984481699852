package sysd

import (
	"context"
	"net"
	"os"
	"strconv"
	"time"
)

// States for Notify.
const (
	Ready     = "READY=1"
	Stopping  = "STOPPING=1"
	Reloading = "RELOADING=1"
	watchdog  = "WATCHDOG=1"
)

// Notify tells the service manager the state of this process. Without one it does
// nothing. A failure to tell is returned but rarely of interest.
func Notify(state string) error { return notify(os.Getenv("NOTIFY_SOCKET"), state) }

// notify sends state to the datagram socket addr; "@" begins an abstract name.
func notify(addr, state string) error {
	if addr == "" || (addr[0] != '/' && addr[0] != '@') {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: addr, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_, err = c.Write([]byte(state))
	return err
}

// Watchdog reports that the process is alive, twice in each interval that the
// service manager asks for, as long as alive says yes, until ctx ends. It returns
// at once if none is asked for.
func Watchdog(ctx context.Context, alive func() bool) {
	every := interval(os.Getenv, os.Getpid())
	if every == 0 {
		return
	}
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if alive() {
				_ = Notify(watchdog)
			}
		}
	}
}

// interval returns half of what WATCHDOG_USEC asks of process pid; 0 for nothing.
func interval(getenv func(string) string, pid int) time.Duration {
	if p := getenv("WATCHDOG_PID"); p != "" && p != strconv.Itoa(pid) {
		return 0
	}
	us, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || us <= 0 || us > int64(24*time.Hour/time.Microsecond) {
		return 0
	}
	return time.Duration(us) * time.Microsecond / 2
}
