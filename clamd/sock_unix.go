//go:build unix

package clamd

import (
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// maxPassed is how many descriptors of one message are taken in; the kernel drops
// the rest. One is used, the others are only taken to be closed.
const maxPassed = 4

// descriptors are received and not yet used descriptors.
type descriptors struct {
	fds   []int
	extra bool // more than one came in one message
}

// closeAll closes them.
func (d *descriptors) closeAll() {
	for _, fd := range d.fds {
		_ = unix.Close(fd)
	}
	d.fds, d.extra = nil, false
}

// receive reads once, with descriptors on a Unix socket.
func (c *conn) receive(b []byte) (int, error) {
	u, ok := c.nc.(*net.UnixConn)
	if !ok {
		return c.nc.Read(b)
	}
	var oob [64]byte // unix.CmsgSpace(4*maxPassed) is at most 32 here and elsewhere
	n, oobn, _, _, err := u.ReadMsgUnix(b, oob[:unix.CmsgSpace(4*maxPassed)])
	if oobn > 0 {
		c.keepDescriptors(oob[:oobn])
	}
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// keepDescriptors notes the descriptors in a control message.
func (c *conn) keepDescriptors(oob []byte) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return
	}
	for i := range msgs {
		fds, err := unix.ParseUnixRights(&msgs[i])
		if err != nil {
			continue
		}
		// Only the latest message counts: clients cannot pile descriptors up.
		c.fds.closeAll()
		c.fds.fds, c.fds.extra = fds, len(fds) > 1
	}
}

// receiveDescriptor waits for FILDES' data byte and returns the descriptor that
// came with it. It answers what goes wrong itself.
func (c *conn) receiveDescriptor(r replier) (received, bool) {
	for c.n == 0 {
		if c.eof || !c.fill(time.Now().Add(c.srv.ReadTimeout)) {
			return received{}, false
		}
	}
	c.consume(1)
	if len(c.fds.fds) != 1 || c.fds.extra {
		c.fds.closeAll()
		r.line("No file descriptor received. ERROR")
		return received{}, false
	}
	fd := c.fds.fds[0]
	c.fds.fds = nil
	return openDescriptor(fd), true
}

// openDescriptor checks a received descriptor. A FIFO or device is never read: it
// could block for ever.
func openDescriptor(fd int) received {
	unix.CloseOnExec(fd)
	name := "fd[" + strconv.Itoa(fd) + "]"
	var st unix.Stat_t
	err := unix.Fstat(fd, &st)
	f := os.NewFile(uintptr(fd), name)
	rec := received{reply: name, obj: Object{Name: name, File: f}, done: func() { _ = f.Close() }}
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		rec.err = errNotRegular
		return rec
	}
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err == nil && flags&unix.O_ACCMODE == unix.O_WRONLY {
		// The reference answers OK for what it cannot read; nothing was looked at.
		rec.err = errCannotRead
	}
	if path, ok := descriptorPath(fd); ok {
		rec.obj.Name = path
	}
	return rec
}

// pollReadable waits until nc has input or its deadline passes, without reading.
func pollReadable(nc net.Conn) error {
	return pollUntil(nc, func(p unix.PollFd) error {
		if p.Revents != 0 {
			return errReady
		}
		return nil
	})
}

// pollHangup waits until the peer has closed both directions (errGone) or the read
// deadline passes. Half-closing is no hangup: such a client waits for its answer.
// TCP cannot tell the two apart before a write fails.
func pollHangup(nc net.Conn) error {
	return pollUntil(nc, func(p unix.PollFd) error {
		if p.Revents&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0 {
			return errGone
		}
		return nil
	})
}

// errReady is pollReadable's way to say yes.
var errReady = errors.New("readable")

// pollUntil calls check on the socket's state at once and after every change of
// it, until check has an answer or the read deadline passes.
func pollUntil(nc net.Conn, check func(unix.PollFd) error) error {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	err = raw.Read(func(fd uintptr) bool {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			if _, err := unix.Poll(p, 0); err != unix.EINTR {
				break
			}
		}
		result = check(p[0])
		return result != nil
	})
	switch {
	case err != nil:
		return err
	case result == errReady:
		return nil
	}
	return result
}

// fdNumber returns the connection's descriptor for log lines.
func (c *conn) fdNumber() int {
	n := -1
	if sc, ok := c.nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			_ = raw.Control(func(fd uintptr) { n = int(fd) })
		}
	}
	return n
}

// unlinkOpen removes the name of an open temporary file.
func unlinkOpen(f *os.File) { _ = os.Remove(f.Name()) }
