package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"gclam/internal/config"
	"gclam/internal/logfmt"
)

const (
	notifyTimeout  = 30 * time.Second
	maxNotifyReply = 4096 // bytes
)

// notify tells clamd to reload. Failures are worth a line, not an exit status.
func (a *app) notify() {
	if !a.v.IsSet("NotifyClamd") {
		return
	}
	file := a.v.String("NotifyClamd")
	cv, _, err := config.ParseFile(a.notifyFile, config.Clamd)
	if err != nil {
		a.log.Errorf("NotifyClamd: Can't find or parse configuration file %s", file)
		return
	}
	conn, through, err := dialClamd(cv)
	if err != nil {
		a.warn("Clamd was NOT notified: Can't connect to clamd through %s: %s", through, logfmt.Reason(err))
		return
	}
	defer func() { _ = conn.Close() }()
	reply, err := reload(conn)
	switch {
	case err != nil:
		a.warn("Clamd was NOT notified: Can't talk to clamd through %s: %s", through, logfmt.Reason(err))
	case reply != "RELOADING":
		a.log.Errorf("NotifyClamd: Unknown answer from clamd: '%s'", reply)
	default:
		a.log.Infof("Clamd successfully notified about the update.")
	}
}

func (a *app) warn(format string, args ...any) {
	if !a.v.Bool("no-warnings") {
		a.log.Warnf(format, args...)
	}
}

var errNoSocket = errors.New("No communication socket specified in its configuration file") //nolint:staticcheck // shown as it is

// dialClamd connects to the socket that clamd.conf names, the local one first.
func dialClamd(v *config.Values) (net.Conn, string, error) {
	d := net.Dialer{Timeout: notifyTimeout}
	if path := v.String("LocalSocket"); path != "" {
		c, err := d.Dial("unix", path)
		return c, path, unwrapDial(err)
	}
	port := v.Int("TCPSocket")
	if port == 0 {
		return nil, "clamd.conf", errNoSocket
	}
	host := "localhost"
	if addrs := v.Strings("TCPAddr"); len(addrs) > 0 {
		host = addrs[0]
	}
	at := net.JoinHostPort(host, fmt.Sprint(port))
	c, err := d.Dial("tcp", at)
	return c, at, unwrapDial(err)
}

// unwrapDial leaves the system's reason of a failed dial.
func unwrapDial(err error) error {
	var se *os.SyscallError
	if errors.As(err, &se) {
		return se.Err
	}
	return err
}

// reload sends the oldest form of the command, which every clamd knows.
func reload(c net.Conn) (string, error) {
	_ = c.SetDeadline(time.Now().Add(notifyTimeout))
	if _, err := c.Write([]byte("RELOAD")); err != nil {
		return "", err
	}
	line, err := bufio.NewReaderSize(c, maxNotifyReply).ReadSlice('\n')
	if err != nil && len(line) == 0 {
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n\x00"), nil
}
