package clamd

import (
	"container/list"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// timedOut is sent when a client was silent for too long; it ends in LF in every
// framing.
const timedOut = "COMMAND READ TIMED OUT\n"

// bufferPool holds command buffers. A connection has one only while received
// bytes wait in it: ten thousand idle clients cost none.
var bufferPool = sync.Pool{New: func() any { return new([MaxCommand]byte) }}

// errGone is the cause of cancelled work: the client has closed its end.
var errGone = errors.New("clamd: client has gone")

// conn is one client. Its goroutine reads and parses; replies come from it and
// from workers, whole and one at a time.
type conn struct {
	srv   *Server
	lis   Listener
	nc    net.Conn
	local bool

	ctx    context.Context // of its scans
	cancel context.CancelCauseFunc

	buf   *[MaxCommand]byte // nil when n is 0
	n     int               // received bytes in buf
	fds   descriptors       // received and not yet asked for
	fresh bool              // buf begins with a packet as it was received
	eof   bool              // the client will send no more

	wmu     sync.Mutex
	jobs    sync.WaitGroup
	pending atomic.Int64 // jobs under way
	stopped atomic.Bool  // see interrupt
	idleAt  *list.Element
}

// newConn wraps an accepted connection.
func newConn(s *Server, l Listener, nc net.Conn) *conn {
	c := &conn{srv: s, lis: l, nc: nc, local: l.Local}
	c.ctx, c.cancel = context.WithCancelCause(s.scanCtx)
	return c
}

// interrupt wakes a waiting read; the connection then ends, after work under way.
func (c *conn) interrupt() {
	c.stopped.Store(true)
	_ = c.nc.SetReadDeadline(time.Unix(1, 0))
}

// serve reads commands until the connection is to be closed.
func (c *conn) serve() {
	defer func() {
		if v := recover(); v != nil {
			c.srv.panicked("connection", v, debug.Stack())
		}
		c.cancel(errGone)
		c.jobs.Wait()
		c.fds.closeAll()
		c.release()
		_ = c.nc.Close()
	}()
	deadline := time.Now().Add(c.srv.CommandTimeout)
	cmd, ok := c.nextCommand(deadline)
	if !ok {
		return
	}
	c.srv.busy(c)
	switch cmd.verb {
	case cmdIDSession:
		c.runSession(cmd)
	case cmdSession:
		c.runLegacySession()
	default:
		c.runSingle(cmd)
	}
}

// nextCommand returns the next command. It is false when the connection is to be
// closed: end of input, time-out (answered here), or a command that never ends.
func (c *conn) nextCommand(deadline time.Time) (command, bool) {
	for {
		text, frame, used, st := splitCommand(c.bytes(), c.fresh)
		if st == frameComplete {
			cmd := parseCommand(text, frame, c.srv.Legacy)
			c.consume(used)
			return cmd, true
		}
		if c.n == MaxCommand {
			c.srv.logf(LevelWarning, "Error condition on fd %d", c.fdNumber())
			return command{}, false
		}
		if c.eof || !c.fill(deadline) {
			return command{}, false
		}
	}
}

// bytes returns what has been received and not used.
func (c *conn) bytes() []byte {
	if c.buf == nil {
		return nil
	}
	return c.buf[:c.n]
}

// consume drops n bytes from the front. What is left is no longer a packet of its
// own, so an old style command is not looked for in it.
func (c *conn) consume(n int) {
	copy(c.buf[:], c.buf[n:c.n])
	c.n -= n
	c.fresh = false
	if c.n == 0 {
		c.release()
	}
}

// release gives the buffer back.
func (c *conn) release() {
	if c.buf != nil {
		bufferPool.Put(c.buf)
		c.buf, c.n = nil, 0
	}
}

// fill receives once. It is false at the end of input, after a time-out, which it
// answers, and when the server stops.
func (c *conn) fill(deadline time.Time) bool {
	if !c.waitReadable(deadline) {
		return false
	}
	if c.buf == nil {
		c.buf = bufferPool.Get().(*[MaxCommand]byte)
		c.n = 0
	}
	n, err := c.receive(c.buf[c.n:])
	c.n += n
	c.fresh = true
	if c.n == 0 {
		c.release()
	}
	return c.readOK(n, err)
}

// waitReadable waits, without a buffer, until there is something to read. While
// work of a session is under way its client need not say anything.
func (c *conn) waitReadable(deadline time.Time) bool {
	for {
		c.setReadDeadline(deadline)
		err := pollReadable(c.nc)
		if errors.Is(err, os.ErrDeadlineExceeded) && c.pending.Load() > 0 && !c.stopped.Load() {
			deadline = time.Now().Add(c.srv.ReadTimeout)
			continue
		}
		return c.readOK(1, err)
	}
}

// setReadDeadline sets the deadline unless the connection was interrupted.
func (c *conn) setReadDeadline(t time.Time) {
	_ = c.nc.SetReadDeadline(t)
	if c.stopped.Load() {
		_ = c.nc.SetReadDeadline(time.Unix(1, 0))
	}
}

// readOK judges the outcome of a read and answers a time-out.
func (c *conn) readOK(n int, err error) bool {
	if errors.Is(err, os.ErrDeadlineExceeded) && !c.srv.stopping.Load() {
		c.write(timedOut)
	}
	if err != nil || n == 0 {
		c.eof = true
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrDeadlineExceeded) {
			c.cancel(errGone)
		}
		return n > 0 && err == nil
	}
	return true
}

// write sends text as a whole. When the client does not take it in time its
// remaining work is cancelled.
func (c *conn) write(text string) {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	if c.ctx.Err() != nil && context.Cause(c.ctx) == errGone {
		return
	}
	_ = c.nc.SetWriteDeadline(time.Now().Add(c.srv.SendTimeout))
	if _, err := io.WriteString(c.nc, text); err != nil {
		c.cancel(errGone)
	}
}

// replier sends the replies of one command: it knows the session's number and the
// framing. It is safe for concurrent use.
type replier struct {
	c      *conn
	prefix string
	end    byte
}

// replier returns the replier of cmd; id is below 0 outside a session.
func (c *conn) replier(cmd command, id int) replier {
	r := replier{c: c, end: cmd.frame.terminator()}
	if id >= 0 {
		r.prefix = strconv.Itoa(id) + ": "
	}
	return r
}

// line sends one reply.
func (r replier) line(text string) { r.c.write(r.prefix + text + string(rune(r.end))) }

// object sends a reply about an object.
func (r replier) object(name, text string) { r.line(name + ": " + text) }

// start runs a task on a worker for this connection. It waits for room in the
// queue, and returns false when the client has gone meanwhile.
func (c *conn) start(t *task) bool {
	run := t.run
	c.jobs.Add(1)
	c.pending.Add(1)
	t.run = func(t *task) {
		defer c.jobs.Done()
		defer c.pending.Add(-1)
		if c.ctx.Err() != nil {
			t.dropped()
			return
		}
		run(t)
	}
	if err := c.srv.pool.submit(c.ctx, t); err != nil {
		t.dropped()
		c.pending.Add(-1)
		c.jobs.Done()
		return false
	}
	return true
}

// runAndWatch runs t and waits for it. A client that goes away meanwhile cancels
// it; one that only has nothing more to say does not.
func (c *conn) runAndWatch(t *task) {
	c.setReadDeadline(time.Time{})
	done := make(chan struct{})
	run := t.run
	t.run = func(t *task) {
		// The watch ends by a deadline in the past: it holds no timer and no poll.
		defer func() { _ = c.nc.SetReadDeadline(time.Unix(1, 0)) }()
		defer close(done)
		run(t)
	}
	drop := t.drop
	t.drop = func() {
		close(done)
		_ = c.nc.SetReadDeadline(time.Unix(1, 0))
		if drop != nil {
			drop()
		}
	}
	if !c.start(t) {
		return
	}
	if pollHangup(c.nc) == errGone {
		c.cancel(errGone)
	}
	<-done
	c.jobs.Wait()
}
