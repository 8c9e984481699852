package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gclam/clamd"
	"gclam/internal/logfmt"
)

// resolveTime bounds the look-up of a TCPAddr.
const resolveTime = 10 * time.Second

// listen opens the sockets of the configuration, or takes the handed-in ones; n is
// how many descriptors came. It returns the log lines to print after the load.
// Listeners are returned with an error, too.
func (d *daemon) listen(handed []net.Listener, n int) ([]clamd.Listener, []string, error) {
	if n > 0 {
		return d.adopt(handed)
	}
	var ls []clamd.Listener
	var lines []string
	backlog := d.v.Int("MaxConnectionQueueLength")
	tcpFailed := false
	if port := d.v.Int("TCPSocket"); port > 0 {
		for _, a := range d.tcpAddresses() {
			l, err := net.Listen(a.network, net.JoinHostPort(a.host, strconv.Itoa(port)))
			if err != nil {
				d.errorf("TCP: Cannot bind to [%s]:%d: %s", a.host, port, logfmt.Reason(err))
				tcpFailed = true
				continue
			}
			ls = append(ls, clamd.Listener{Listener: l})
			lines = append(lines, fmt.Sprintf("TCP: Bound to [%s]:%d", a.host, port),
				fmt.Sprintf("TCP: Setting connection queue length to %d", backlog))
		}
	}
	if d.v.Enabled("LocalSocket") {
		l, err := d.listenLocal(&lines)
		if l.Listener != nil {
			ls = append(ls, l)
		}
		if err != nil {
			return ls, nil, err
		}
		lines = append(lines, fmt.Sprintf("LOCAL: Setting connection queue length to %d", backlog))
	}
	if len(ls) == 0 {
		if tcpFailed {
			d.errorf("Not listening on any interfaces")
		}
		return nil, nil, errStart
	}
	for _, l := range ls {
		setBacklog(l, backlog)
	}
	return ls, lines, nil
}

// adopt serves the sockets of the service manager: the first of each kind.
func (d *daemon) adopt(handed []net.Listener) ([]clamd.Listener, []string, error) {
	var ls []clamd.Listener
	var lines []string
	seen := map[string]bool{}
	for _, l := range handed {
		kind := listenerKind(l)
		if kind == "" || seen[kind] {
			_ = l.Close()
			continue
		}
		seen[kind] = true
		if u, ok := l.(*net.UnixListener); ok {
			u.SetUnlinkOnClose(false)
			lines = append(lines, "LOCAL: Received AF_UNIX SOCK_STREAM socket from systemd.")
		} else {
			family := "AF_INET"
			if a, ok := l.Addr().(*net.TCPAddr); ok && a.IP.To4() == nil {
				family = "AF_INET6"
			}
			lines = append(lines, "TCP: Received "+family+" SOCK_STREAM socket from systemd.")
		}
		ls = append(ls, clamd.Listener{Listener: l, Local: kind == "unix", Shared: true})
	}
	if len(ls) == 0 {
		d.errorf("Not listening on any interfaces")
		return nil, nil, errStart
	}
	return ls, lines, nil
}

// tcpAddress is an address to bind.
type tcpAddress struct{ network, host string }

// tcpAddresses returns what TCPAddr names: every address of each host, or the
// wildcard of both families.
func (d *daemon) tcpAddresses() []tcpAddress {
	wildcard := []tcpAddress{{"tcp4", "0.0.0.0"}, {"tcp6", "::"}}
	names := d.v.Strings("TCPAddr")
	if len(names) == 0 {
		return wildcard
	}
	var out []tcpAddress
	for _, name := range names {
		if name == "all" {
			out = append(out, wildcard...)
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), resolveTime)
		ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		cancel()
		if err != nil {
			d.errorf("TCP: Cannot resolve %s: %v", name, err)
			continue
		}
		for _, ip := range ips {
			out = append(out, addressOf(ip))
		}
	}
	return out
}

// addressOf returns the family and text of an address.
func addressOf(ip netip.Addr) tcpAddress {
	ip = ip.Unmap()
	if ip.Is4() {
		return tcpAddress{"tcp4", ip.String()}
	}
	return tcpAddress{"tcp6", ip.String()}
}

// listenLocal opens the local socket. The listener is valid even with an error, if
// it has one.
func (d *daemon) listenLocal(lines *[]string) (clamd.Listener, error) {
	path := d.v.String("LocalSocket")
	mode, err := d.socketMode()
	if err != nil {
		return clamd.Listener{}, err
	}
	d.makeSocketDirectory(path, mode, lines)
	l, err := bindLocal(path)
	if err != nil && addressInUse(err) {
		l, err = d.bindAgain(path)
		if err == errStart {
			return clamd.Listener{}, err
		}
	}
	if err != nil {
		d.errorf("LOCAL: Socket file %s could not be bound: %s", path, logfmt.Reason(err))
		return clamd.Listener{}, errStart
	}
	d.socket = path
	*lines = append(*lines, "LOCAL: Unix socket file "+path)
	out := clamd.Listener{Listener: l, Local: true}
	if err := d.setSocketGroup(path); err != nil {
		return out, err
	}
	// Execute bits mean nothing on a socket and are dropped.
	if err := os.Chmod(path, os.FileMode(mode&0o666)); err != nil {
		d.errorf("LOCAL: Cannot set the mode of %s: %s", path, logfmt.Reason(err))
		return out, errStart
	}
	return out, nil
}

// socketMode returns LocalSocketMode.
func (d *daemon) socketMode() (uint32, error) {
	text := d.v.String("LocalSocketMode")
	if text == "" {
		return 0o777, nil
	}
	n, err := strconv.ParseUint(text, 8, 12)
	if err != nil {
		d.errorf("Invalid LocalSocketMode %s", text)
		return 0, errStart
	}
	return uint32(n), nil
}

// makeSocketDirectory makes the directory of a socket that has none.
func (d *daemon) makeSocketDirectory(path string, mode uint32, lines *[]string) {
	if strings.Count(path, "/") < 2 {
		return
	}
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); err == nil {
		return
	}
	*lines = append(*lines, "Localserver: Creating socket directory: "+dir)
	err := withUmask(0o011, func() error { return os.Mkdir(dir, os.FileMode(mode)) })
	if err != nil {
		d.errorf("LOCAL: Cannot create socket directory %s: %s", dir, logfmt.Reason(err))
	}
}

// bindLocal binds the socket with no access for anybody: the mode is set later.
func bindLocal(path string) (*net.UnixListener, error) {
	var l *net.UnixListener
	err := withUmask(0o777, func() (err error) {
		l, err = net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		return err
	})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	return l, nil
}

// bindAgain deals with a socket file that is already there. It answers errStart
// after having said why.
func (d *daemon) bindAgain(path string) (*net.UnixListener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		_ = c.Close()
		d.errorf("LOCAL: Socket file %s is in use by another process.", path)
		return nil, errStart
	}
	if !d.v.Bool("FixStaleSocket") {
		d.errorf("LOCAL: Socket file %s exists. Either remove it, or configure a different one.", path)
		return nil, errStart
	}
	d.warnf("LOCAL: Removing stale socket file %s", path)
	if st, err := os.Lstat(path); err != nil || st.Mode().Type() != os.ModeSocket {
		// Something else lies there; it is not ours to remove.
		d.errorf("LOCAL: Socket file %s exists. Either remove it, or configure a different one.", path)
		return nil, errStart
	}
	if err := os.Remove(path); err != nil {
		d.errorf("LOCAL: Socket file %s could not be removed: %s", path, logfmt.Reason(err))
		return nil, errStart
	}
	return bindLocal(path)
}
