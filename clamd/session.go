package clamd

import (
	"fmt"
	"time"
)

// Replies of sessions. The backslashes of plainInSession are part of the text.
const (
	invalidInSession = "Command invalid inside IDSESSION. ERROR"
	plainInSession   = `Only nCMDS\n and zCMDS\0 are accepted inside IDSESSION. ERROR`
	processingError  = "Error processing command. ERROR"
	unknownCommand   = "UNKNOWN COMMAND"
	unavailable      = "COMMAND UNAVAILABLE"
)

// runSingle serves the one command of a connection outside a session.
func (c *conn) runSingle(cmd command) {
	r := c.replier(cmd, -1)
	switch cmd.verb {
	case cmdUnknown, cmdEnd:
		r.line(unknownCommand)
	case cmdInstream:
		if o, ok := c.receiveStream(r); ok {
			c.finish(r, cmd, o)
		}
	case cmdFildes:
		if o, ok := c.receiveDescriptor(r); ok {
			c.finish(r, cmd, o)
		}
	case cmdStream:
		c.runLegacyStream(r)
	case cmdScan, cmdContScan, cmdMultiScan, cmdAllMatchScan, cmdRawScan:
		c.warnGarbage()
		c.runAndWatch(c.pathTask(r, cmd, false))
	default:
		c.answer(r, cmd)
	}
}

// finish scans a received object and answers.
func (c *conn) finish(r replier, cmd command, o received) {
	c.runAndWatch(c.objectTask(r, cmd, o, false))
}

// warnGarbage logs bytes behind a command that ends the conversation.
func (c *conn) warnGarbage() {
	if c.n > 0 {
		c.srv.logf(LevelWarning, "Client sent garbage after last command: %d bytes", c.n)
		c.consume(c.n)
	}
}

// answer serves the commands that need no worker. It is false when the connection
// must be closed even in a session.
func (c *conn) answer(r replier, cmd command) bool {
	s := c.srv
	switch cmd.verb {
	case cmdPing:
		r.line("PONG")
	case cmdVersion:
		if s.DisableVersion {
			r.line(unavailable)
			return false
		}
		r.line(s.Version())
	case cmdVersionCommands:
		r.line(s.Version() + "| COMMANDS:" + commandList())
	case cmdStats:
		if s.DisableStats {
			r.line(unavailable)
			return false
		}
		r.line(s.stats(time.Now()))
	case cmdReload:
		if s.DisableReload {
			r.line(unavailable)
			return false
		}
		r.line("RELOADING")
		s.TriggerReload()
	case cmdShutdown, cmdQuit:
		if !c.mayStop() {
			r.line(unavailable)
			return false
		}
		s.Shutdown()
	}
	return true
}

// runSession serves IDSESSION: numbered commands, answered when ready.
func (c *conn) runSession(command) {
	for id := 1; ; id++ {
		cmd, ok := c.nextSessionCommand()
		if !ok {
			c.lingerSession()
			return
		}
		r := c.replier(cmd, id)
		if cmd.frame == framePlain {
			r.line(plainInSession)
			r.line(processingError)
			break
		}
		if cmd.verb == cmdEnd {
			break
		}
		if !cmd.allowedInSession() {
			r.line(invalidInSession)
			break
		}
		if !c.sessionCommand(r, cmd) {
			break
		}
	}
	c.jobs.Wait()
}

// nextSessionCommand waits for a command as long as work is under way, or else
// ReadTimeout.
func (c *conn) nextSessionCommand() (command, bool) {
	for {
		text, frame, used, st := splitCommand(c.bytes(), c.fresh)
		if st == frameComplete {
			cmd := parseCommand(text, frame, false)
			c.consume(used)
			return cmd, true
		}
		if c.n == MaxCommand {
			c.srv.logf(LevelWarning, "Error condition on fd %d", c.fdNumber())
			return command{}, false
		}
		if c.eof || !c.fill(time.Now().Add(c.srv.ReadTimeout)) {
			return command{}, false
		}
	}
}

// sessionCommand serves one command of a session; false ends the session.
func (c *conn) sessionCommand(r replier, cmd command) bool {
	switch cmd.verb {
	case cmdScan:
		return c.start(c.pathTask(r, cmd, true))
	case cmdInstream:
		o, ok := c.receiveStream(r)
		return ok && c.start(c.objectTask(r, cmd, o, true))
	case cmdFildes:
		o, ok := c.receiveDescriptor(r)
		if !ok {
			return !c.eof
		}
		return c.start(c.objectTask(r, cmd, o, true))
	}
	return c.answer(r, cmd)
}

// lingerSession waits for the answers of a session whose client sends no more,
// and cancels them if it has gone altogether.
func (c *conn) lingerSession() {
	if c.pending.Load() == 0 {
		return
	}
	done := make(chan struct{})
	c.setReadDeadline(time.Time{})
	go func() {
		defer close(done)
		c.jobs.Wait()
		_ = c.nc.SetReadDeadline(time.Unix(1, 0))
	}()
	if pollHangup(c.nc) == errGone {
		c.cancel(errGone)
	}
	<-done
}

// mayStop tells whether this client may end the server. Anyone who reaches a TCP
// port of an outer address could stop all mail, so that has to be allowed by hand.
func (c *conn) mayStop() bool {
	if c.srv.DisableShutdown {
		return false
	}
	switch c.lis.Admin {
	case AdminAllow:
		return true
	case AdminDeny:
		return false
	}
	return c.local || isLoopback(c.nc.LocalAddr())
}

// peerName is how the log names a stream of this client: "local", or "IP@PORT"
// for IPv4 (observed: IPv6 clients are "local" too).
func (c *conn) peerName() string {
	if ip, port, ok := ipv4(c.nc.RemoteAddr()); ok {
		return fmt.Sprintf("%s@%d", ip, port)
	}
	return "local"
}
