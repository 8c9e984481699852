package main

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"gclam/clamd"
	"gclam/internal/logfmt"
)

// Time limits of the client.
const (
	connectTimeout = 30 * time.Second
	pingTimeout    = 10 * time.Second
	// idleTimeout bounds the wait for one answer. The daemon ends every scan by its
	// MaxScanTime, but a queue may be before it.
	idleTimeout = 30 * time.Minute
)

// Defaults of --ping.
const (
	pingTries    = 30
	pingInterval = 1
)

// errNoServer: nothing could be connected to; what was tried has been reported.
var errNoServer = errors.New("no daemon")

// connect connects to the daemon: the local socket first, then the addresses. Each
// failure is reported.
func (a *app) connect(ctx context.Context) (*clamd.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	tried := false
	if path := a.conf.String("LocalSocket"); path != "" {
		tried = true
		c, err := clamd.Dial(ctx, "unix", path)
		if err == nil {
			c.Timeout = idleTimeout
			return c, nil
		}
		a.log.Errorf("Could not connect to clamd on LocalSocket %s: %s", path, logfmt.Reason(err))
	}
	if port := a.conf.Int("TCPSocket"); port > 0 {
		tried = true
		for _, host := range a.hosts() {
			c, err := clamd.Dial(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err == nil {
				c.Timeout = idleTimeout
				return c, nil
			}
			a.log.Errorf("Could not connect to clamd on %s: %s", host, logfmt.Reason(err))
		}
	}
	if !tried {
		a.log.Errorf("Clamd is not configured: neither LocalSocket nor TCPSocket is set")
	}
	return nil, errNoServer
}

// hosts returns the addresses of TCPAddr; a daemon on all addresses is reached on
// the loopback.
func (a *app) hosts() []string {
	var out []string
	for _, h := range a.conf.Strings("TCPAddr") {
		switch h {
		case "all", "0.0.0.0", "::", "*":
			h = "localhost"
		}
		out = append(out, h)
	}
	if out == nil {
		out = []string{"localhost"}
	}
	return out
}

// remote tells whether the daemon sees other files than we do: it is reached by
// TCP only, on an address that is not of this host.
func (a *app) remote() bool {
	if a.conf.String("LocalSocket") != "" {
		return false
	}
	for _, h := range a.hosts() {
		// An address of this host can be bound.
		l, err := net.Listen("tcp", net.JoinHostPort(h, "0"))
		if err != nil {
			return true
		}
		_ = l.Close()
	}
	return false
}

// ping tries to reach the daemon as often as --ping says.
func (a *app) ping(ctx context.Context) int {
	tries, interval, ok := a.pingPlan()
	if !ok {
		a.log.Errorf("Incorrect argument format for option --ping (-p)")
		return exitError
	}
	for i := range tries {
		if i > 0 {
			a.log.Infof("Could not connect, will PING again in %s", plural(interval))
			if !sleep(ctx, interval) {
				return exitPing
			}
		}
		if a.reachable(ctx) {
			a.log.Infof("PONG")
			return 0
		}
	}
	a.log.Infof("PING timeout exceeded; No response from clamd")
	return exitPing
}

// wait waits for the daemon as long as --ping says.
func (a *app) wait(ctx context.Context) bool {
	tries, interval, ok := a.pingPlan()
	if !ok {
		tries, interval = pingTries, pingInterval
	}
	for i := range tries {
		if i > 0 && !sleep(ctx, interval) {
			return false
		}
		if a.reachable(ctx) {
			return true
		}
	}
	return false
}

// pingPlan reads "ATTEMPTS[:SECONDS]".
func (a *app) pingPlan() (tries, interval int, ok bool) {
	text := a.args.String("ping")
	if text == "" {
		return pingTries, pingInterval, true
	}
	first, second, both := strings.Cut(text, ":")
	tries, err := strconv.Atoi(first)
	interval = pingInterval
	if err == nil && both {
		interval, err = strconv.Atoi(second)
	}
	if err != nil || tries < 0 || interval < 0 {
		return 0, 0, false
	}
	return max(tries, 1), interval, true
}

// reachable tells whether the daemon answers PING.
func (a *app) reachable(ctx context.Context) bool {
	c, err := a.connect(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	c.Timeout = pingTimeout
	return c.Ping() == nil
}

// plural is "1 second" or "N seconds".
func plural(n int) string {
	if n == 1 {
		return "1 second"
	}
	return strconv.Itoa(n) + " seconds"
}

// sleep waits; false means that ctx ended it.
func sleep(ctx context.Context, seconds int) bool {
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
		return true
	case <-ctx.Done():
		return false
	}
}
