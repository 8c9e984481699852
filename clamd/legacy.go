package clamd

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"time"
)

// portTries bounds the search for a free port of STREAM.
const portTries = 1000

// runLegacyStream serves STREAM of ClamAV 0.6x to 0.103: the client is told a port,
// sends the data there and gets the verdict on the command connection.
func (c *conn) runLegacyStream(r replier) {
	l, port := c.streamListener()
	if l == nil {
		r.line("Can't find any free port. ERROR")
		return
	}
	defer func() { _ = l.Close() }()
	// Old clients expect this line alone to end in LF, whatever the framing.
	c.write(fmt.Sprintf("PORT %d\n", port))
	_ = l.SetDeadline(time.Now().Add(c.srv.CommandTimeout))
	data, err := c.acceptPeer(l)
	if err != nil {
		text := "accept() ERROR"
		if errors.Is(err, os.ErrDeadlineExceeded) {
			text = "Accept timeout. ERROR"
		}
		r.line(text)
		return
	}
	_ = l.Close()
	defer func() { _ = data.Close() }()
	sp := newSpool(c.srv)
	if text := c.readLegacyStream(data, sp); text != "" {
		sp.discard()
		r.line(text)
		return
	}
	name := "stream(local)"
	if ip, p, ok := ipv4(data.RemoteAddr()); ok {
		name = fmt.Sprintf("stream(%s@%d)", ip, p)
	}
	c.finish(r, command{verb: cmdStream, word: "STREAM"}, sp.object(name))
}

// acceptPeer accepts the client's data connection; connections of other hosts are
// dropped, so that nobody can put data in place of the client's.
func (c *conn) acceptPeer(l *net.TCPListener) (net.Conn, error) {
	for {
		data, err := l.Accept()
		if err != nil {
			return nil, err
		}
		want, isTCP := c.nc.RemoteAddr().(*net.TCPAddr)
		got, ok := data.RemoteAddr().(*net.TCPAddr)
		if ok && (!isTCP || want.IP.Equal(got.IP)) {
			return data, nil
		}
		_ = data.Close()
	}
}

// streamListener opens a port for STREAM on the address at which the client has
// reached us, and nowhere else; clients of the local socket use the loopback.
func (c *conn) streamListener() (*net.TCPListener, int) {
	ip := net.IPv4(127, 0, 0, 1)
	if a, ok := c.nc.LocalAddr().(*net.TCPAddr); ok {
		ip = a.IP
	}
	lo, hi := c.srv.StreamMinPort, c.srv.StreamMaxPort
	for range portTries {
		port := lo
		if hi > lo {
			port += rand.IntN(hi - lo + 1)
		}
		if l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: ip, Port: port}); err == nil {
			return l, port
		}
	}
	return nil, 0
}

// readLegacyStream reads data to its end. What is beyond StreamMaxLength is cut,
// and the beginning is scanned. It returns the text of an error reply.
func (c *conn) readLegacyStream(data net.Conn, sp *spool) string {
	block := streamBuffers.Get().(*[streamBlock]byte)
	defer streamBuffers.Put(block)
	left := c.srv.StreamMaxLength
	for {
		_ = data.SetReadDeadline(time.Now().Add(c.srv.ReadTimeout))
		n, err := data.Read(block[:])
		keep := n
		if c.srv.StreamMaxLength >= 0 && int64(n) > left {
			keep = int(left)
		}
		if _, werr := sp.Write(block[:keep]); werr != nil {
			return "Temporary file -> write ERROR"
		}
		left -= int64(keep)
		switch {
		case keep < n:
			c.srv.logf(LevelWarning, "ScanStream(%s): Size limit reached (max: %d)", c.peerName(), c.srv.StreamMaxLength)
			return ""
		case errors.Is(err, io.EOF):
			return ""
		case errors.Is(err, os.ErrDeadlineExceeded):
			return "read timeout ERROR"
		case err != nil:
			return "read poll ERROR"
		}
	}
}

// runLegacySession serves SESSION of ClamAV 0.70 to 0.94: plain commands, one after
// another, without numbers, until END.
func (c *conn) runLegacySession() {
	for {
		if c.n > 0 {
			c.fresh = true // lines that came together are commands of their own here
		}
		cmd, ok := c.nextCommand(time.Now().Add(c.srv.ReadTimeout))
		if !ok {
			return
		}
		r := c.replier(cmd, -1)
		switch cmd.verb {
		case cmdReload:
			c.answer(r, cmd)
			r.line("SESSION TERMINATED (DATABASE RELOADING)")
			return
		case cmdShutdown, cmdQuit:
			if c.answer(r, cmd) {
				r.line("SESSION TERMINATED (SHUTDOWN)")
			}
			return
		case cmdScan, cmdContScan, cmdRawScan:
			c.runAndWatch(c.pathTask(r, cmd, false))
		case cmdPing, cmdVersion:
			c.answer(r, cmd)
		case cmdStream:
			c.runLegacyStream(r)
		default:
			// END is not a plain command of today's table.
			if cmd.word != "END" {
				r.line(unknownCommand)
			}
			return
		}
	}
}
