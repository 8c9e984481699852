package clamd

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Admin says whether the clients of a listener may stop or reload the server.
type Admin uint8

// The answers. AdminAuto allows them on local sockets and on loopback addresses.
const (
	AdminAuto Admin = iota
	AdminAllow
	AdminDeny
)

// Listener is a socket to serve, and what its clients may do.
type Listener struct {
	net.Listener
	Local  bool  // a Unix socket: descriptors may be passed
	Admin  Admin // SHUTDOWN and QUIT; Server.DisableShutdown wins over it
	Shared bool  // handed in by the service manager: not unlinked at the end
}

// Server answers clamd's protocol. Set the fields, then call Serve once; they
// must not be changed afterwards. Zero values of limits mean clamd's defaults.
type Server struct {
	Scanner Scanner       // required
	Version func() string // text of VERSION, read for each request; required

	// Reload loads the databases anew and puts them in use. It runs in the
	// background, never twice at a time; on error the old ones must stay in use.
	// nil makes RELOAD answer and do nothing.
	Reload func(ctx context.Context) error
	// CheckDatabase is called every SelfCheck; true asks for a reload.
	CheckDatabase func() (changed bool)
	// Memory returns bytes used and reserved for databases, for STATS.
	Memory func() (used, total int64)
	// Log takes one line of text without prefix and newline; nil drops them. It is
	// called concurrently.
	Log func(l Level, text string)
	// Event is called for each detection before its reply is sent, and waited for
	// (VirusEvent). name is a path where one is known.
	Event func(name, virus string)

	MaxThreads       int           // workers that scan (MaxThreads, 10)
	MaxQueue         int           // waiting jobs of each kind (MaxQueue, 100)
	IdleTimeout      time.Duration // after which an idle worker ends (IdleTimeout, 30 s)
	CommandTimeout   time.Duration // from connect to the first command (CommandReadTimeout, 30 s)
	ReadTimeout      time.Duration // between pieces of streams and commands of a session (ReadTimeout, 120 s)
	SendTimeout      time.Duration // for one reply (SendBufTimeout, 500 ms)
	ScanTimeout      time.Duration // longest scan of one object; 0 leaves it to the Scanner
	SelfCheck        time.Duration // between looks at the databases (SelfCheck); 0 never
	MaxConnections   int           // open connections; beyond it the oldest that has not sent a command is closed; 0: 65536
	StreamMaxLength  int64         // bytes of one INSTREAM (StreamMaxLength, 100 MiB); negative: no limit
	StreamMemory     int64         // bytes of all streams held in memory, beyond it they are spooled; 0: 64 MiB
	StreamSpoolAbove int64         // bytes of one stream held in memory; 0: 8 MiB
	StreamMinPort    int           // first port of STREAM (StreamMinPort, 1024)
	StreamMaxPort    int           // last port of STREAM (StreamMaxPort, 2048)
	ShutdownGrace    time.Duration // for running scans at the end, then they are cancelled; 0: 15 s
	TempDir          string        // of spooled streams; "": os.TempDir()
	KeepTemp         bool          // leave spooled streams there (LeaveTemporaryFiles)

	ExcludePath          func(path string) bool // tells which paths are not scanned (ExcludePath); nil: none
	MaxDirectoryDepth    int                    // levels below the named directory (MaxDirectoryRecursion, 15); negative: no limit
	FollowFileSymlinks   bool                   // FollowFileSymlinks
	FollowDirSymlinks    bool                   // FollowDirectorySymlinks
	SameFilesystem       bool                   // CrossFilesystems no
	DisableAllMatch      bool                   // AllowAllMatchScan no
	DisableShutdown      bool                   // EnableShutdownCommand no
	DisableReload        bool                   // EnableReloadCommand no
	DisableStats         bool                   // EnableStatsCommand no
	DisableVersion       bool                   // EnableVersionCommand no
	LogClean             bool                   // log clean objects too (LogClean)
	ExtendedInfo         bool                   // add digest and size to logged detections (ExtendedDetectionInfo)
	Legacy               bool                   // answer RAWSCAN, STREAM and SESSION of ClamAV 0.6x to 0.9x
	KeepLinksUnmentioned bool                   // do not log that a named symbolic link was not followed

	pool      *pool
	reload    reloadState
	streamMem atomic.Int64
	abandoned atomic.Int64       // scans that were left behind, see callScanner
	stop      context.CancelFunc // ends Serve
	scanCtx   context.Context    // of every connection's work; outlives Serve's by ShutdownGrace
	stopScans context.CancelFunc
	serving   atomic.Bool
	stopping  atomic.Bool // no further commands or files are begun

	mu    sync.Mutex
	conns map[*conn]struct{}
	freed chan struct{} // closed and replaced when a connection ends
	idle  list.List     // of *conn that have not sent a command, oldest first
	wg    sync.WaitGroup
}

// ErrServing is returned by Serve when it was called before.
var ErrServing = errors.New("clamd: Serve called twice")

// setDefaults replaces zero limits by clamd's defaults.
func (s *Server) setDefaults() {
	s.MaxThreads = cmp.Or(s.MaxThreads, 10)
	s.MaxQueue = max(cmp.Or(s.MaxQueue, 100), s.MaxThreads)
	s.IdleTimeout = cmp.Or(s.IdleTimeout, 30*time.Second)
	s.CommandTimeout = cmp.Or(s.CommandTimeout, 30*time.Second)
	s.ReadTimeout = cmp.Or(s.ReadTimeout, 120*time.Second)
	s.SendTimeout = cmp.Or(s.SendTimeout, 500*time.Millisecond)
	s.MaxConnections = cmp.Or(s.MaxConnections, 1<<16)
	s.StreamMaxLength = cmp.Or(s.StreamMaxLength, 100<<20)
	s.StreamMemory = cmp.Or(s.StreamMemory, 64<<20)
	s.StreamSpoolAbove = cmp.Or(s.StreamSpoolAbove, 8<<20)
	s.StreamMinPort = cmp.Or(s.StreamMinPort, 1024)
	s.StreamMaxPort = cmp.Or(s.StreamMaxPort, 2048)
	s.ShutdownGrace = cmp.Or(s.ShutdownGrace, 15*time.Second)
	s.MaxDirectoryDepth = cmp.Or(s.MaxDirectoryDepth, 15)
}

// Serve accepts connections until ctx ends, Shutdown is called, or a client asks
// for the end. It then stops accepting, lets running scans finish, and closes
// every connection and listener. The error is nil after an orderly end.
func (s *Server) Serve(ctx context.Context, listeners ...Listener) error {
	if !s.serving.CompareAndSwap(false, true) {
		return ErrServing
	}
	if s.Scanner == nil || s.Version == nil || len(listeners) == 0 {
		return errors.New("clamd: Server needs Scanner, Version and a listener")
	}
	s.setDefaults()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.stop = cancel
	s.conns = make(map[*conn]struct{})
	s.freed = make(chan struct{})
	s.mu.Unlock()
	s.pool = newPool(s.MaxThreads, s.MaxQueue, s.IdleTimeout, s.panicked)
	s.scanCtx, s.stopScans = context.WithCancel(context.WithoutCancel(ctx))
	defer s.stopScans()

	bg, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	background.Go(func() { s.selfCheck(bg) })
	for _, l := range listeners {
		s.wg.Go(func() { s.accept(ctx, l) })
	}
	<-ctx.Done()
	for _, l := range listeners {
		_ = l.Close()
	}
	s.stopping.Store(true)
	s.closeIdle()
	grace := time.AfterFunc(s.ShutdownGrace, s.stopScans)
	s.wg.Wait()
	grace.Stop()
	s.pool.close()
	stopBackground()
	background.Wait()
	s.reload.wait()
	return nil
}

// Shutdown makes Serve return once running scans have ended.
func (s *Server) Shutdown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
	}
}

// TriggerReload asks for a reload of the databases, as RELOAD does. Requests made
// during a reload are merged into one more.
func (s *Server) TriggerReload() { s.reload.trigger(s) }

// accept takes connections off l. Running out of descriptors is a state that
// passes: it waits, longer each time, and goes on.
func (s *Server) accept(ctx context.Context, l Listener) {
	delay := time.Duration(0)
	for {
		nc, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			if delay = min(max(2*delay, 5*time.Millisecond), time.Second); delay == 5*time.Millisecond {
				s.logf(LevelError, "accept() failed: %v", err)
			}
			// Free a descriptor if somebody holds one without using it.
			s.evictIdle()
			select {
			case <-time.After(delay):
			case <-ctx.Done():
				return
			}
			continue
		}
		delay = 0
		s.start(l, nc)
		if !s.makeRoom(ctx) {
			return
		}
	}
}

// makeRoom waits until there are not more than MaxConnections, by ending the one
// that has waited longest without a command. Meanwhile clients queue in the system.
func (s *Server) makeRoom(ctx context.Context) bool {
	for {
		s.mu.Lock()
		full := len(s.conns) > s.MaxConnections
		freed := s.freed
		s.mu.Unlock()
		if !full {
			return true
		}
		s.evictIdle()
		select {
		case <-freed:
		case <-ctx.Done():
			return false
		}
	}
}

// start serves an accepted connection in its own goroutine.
func (s *Server) start(l Listener, nc net.Conn) {
	c := newConn(s, l, nc)
	s.mu.Lock()
	s.conns[c] = struct{}{}
	c.idleAt = s.idle.PushBack(c)
	s.mu.Unlock()
	s.wg.Go(func() {
		defer s.forget(c)
		c.serve()
	})
}

// evictIdle ends the connection that has waited longest without a command.
func (s *Server) evictIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.idle.Front(); e != nil {
		c := s.idle.Remove(e).(*conn)
		c.idleAt = nil
		c.interrupt()
	}
}

// busy takes c off the list of connections that may be evicted.
func (s *Server) busy(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.idleAt != nil {
		s.idle.Remove(c.idleAt)
		c.idleAt = nil
	}
}

// forget removes a finished connection.
func (s *Server) forget(c *conn) {
	s.busy(c)
	s.mu.Lock()
	delete(s.conns, c)
	close(s.freed)
	s.freed = make(chan struct{})
	s.mu.Unlock()
}

// closeIdle wakes every connection so that it sees the end of the server.
func (s *Server) closeIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.interrupt()
	}
}

// logf writes a log line.
func (s *Server) logf(l Level, format string, args ...any) {
	if s.Log != nil {
		s.Log(l, fmt.Sprintf(format, args...))
	}
}

// panicked logs a contained panic.
func (s *Server) panicked(where string, value any, stack []byte) {
	s.logf(LevelError, "panic in %s: %v", where, value)
	s.logf(LevelVerbose, "%s", stack)
}

// selfCheck looks at the databases every SelfCheck.
func (s *Server) selfCheck(ctx context.Context) {
	if s.SelfCheck <= 0 || s.CheckDatabase == nil {
		return
	}
	t := time.NewTicker(s.SelfCheck)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if s.CheckDatabase() {
				s.TriggerReload()
			}
		}
	}
}
