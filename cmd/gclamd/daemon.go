package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"gclam/clamd"
	"gclam/clamd/backend"
	"gclam/engine"
	"gclam/internal/cli"
	"gclam/internal/config"
	"gclam/internal/logfmt"
	"gclam/internal/scanopt"
	"gclam/internal/sysd"
)

// daemon is one run of the program.
type daemon struct {
	in  *cli.Invocation
	v   *config.Values
	log *logfmt.Logger

	// quiet keeps the banner from the terminal, as the reference does; without a
	// log it would be lost, so it is shown then.
	quiet   atomic.Bool
	pidFile string // written and to be removed
	socket  string // of ours, to be unlinked
	inbox   *signals
	back    *backend.Backend
	check   snapshot
	memory  *memoryPlan
}

// Errors that end a start whose reason has been logged.
var (
	errStart  = errors.New("start failed")
	errMemory = errors.New("not enough memory")
)

// run starts, serves and ends. The order of the steps and of their messages is the
// reference's.
func (d *daemon) run(ctx context.Context) int {
	d.inbox = catchSignals()
	if !d.openLog() {
		return exitStart
	}
	defer func() { _ = d.log.Close() }()
	if err := d.writePID(); err != nil {
		d.errorf("Can't save PID to file %s: %s", d.v.String("PidFile"), logfmt.Reason(err))
		return exitPID
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d.inbox.onEnd(cancel)
	srv, listeners, err := d.prepare(ctx)
	if err != nil {
		d.closeSockets(listeners, err)
		if ctx.Err() != nil {
			return d.farewell() // asked to end while loading
		}
		if errors.Is(err, errMemory) {
			return exitMemory
		}
		return exitStart
	}
	d.serve(ctx, srv, listeners)
	return d.farewell()
}

// openLog opens the log and writes the first line.
func (d *daemon) openLog() bool {
	path := d.v.String("LogFile")
	if path != "" && !filepath.IsAbs(path) {
		d.in.Errorf("LogFile requires full path.")
		return false
	}
	o := logfmt.Options{
		Path: path, NoLock: d.v.Bool("LogFileUnlock"), Time: d.v.Bool("LogTime"),
		MaxSize: d.v.Size("LogFileMaxSize"), Rotate: d.v.Bool("LogRotate"), Verbose: d.v.Bool("LogVerbose"),
		Stdout: d.in.Out, Stderr: d.in.Err,
		Syslog: d.v.Bool("LogSyslog"), Facility: d.v.String("LogFacility"), Ident: "clamd",
	}
	if detached() {
		o.Stdout = io.Discard // a daemon has errors and warnings for the terminal only
	}
	o.Syslog = false
	log, err := logfmt.Open(o)
	if err != nil {
		_, _ = io.WriteString(d.in.Out, "ERROR: "+err.Error()+"\n")
		d.in.Errorf("Can't initialize the internal logger")
		return false
	}
	d.log = log
	d.quiet.Store(path != "" || d.v.Bool("LogSyslog"))
	d.banner("+++ Started at %s", logfmt.CTime(time.Now()))
	return d.openSyslog(o)
}

// openSyslog adds syslog; its errors go to the log that is there.
func (d *daemon) openSyslog(o logfmt.Options) bool {
	if !d.v.Bool("LogSyslog") {
		return true
	}
	if !knownFacility(o.Facility) {
		d.errorf("LogFacility: %s: No such facility.", o.Facility)
		return false
	}
	o.Syslog = true
	_ = d.log.Close()
	log, err := logfmt.Open(o)
	if err != nil {
		// No syslog daemon is no reason to be without a virus scanner.
		o.Syslog = false
		if log, err = logfmt.Open(o); err != nil {
			d.in.Errorf("Can't initialize the internal logger")
			return false
		}
		d.log = log
		d.warnf("LogSyslog: the system log cannot be reached")
		return true
	}
	d.log = log
	return true
}

// prepare does everything between the log and the service. Listeners are returned
// with an error, too: they may be open.
func (d *daemon) prepare(ctx context.Context) (*clamd.Server, []clamd.Listener, error) {
	if err := d.dropPrivileges(); err != nil {
		return nil, nil, err
	}
	handed, n, err := sysd.Listeners()
	if err != nil || n > 2 {
		d.errorf("Received more than two file descriptors from systemd.")
		return nil, nil, errStart
	}
	d.banner("Received %d file descriptor(s) from systemd.", n)
	if n == 0 && !d.v.Enabled("TCPSocket") && !d.v.Enabled("LocalSocket") {
		d.errorf("Please define server type (local and/or TCP).")
		return nil, nil, errStart
	}
	d.banner("clamd daemon %s (OS: %s, ARCH: %s, CPU: %s)", engine.Compatibility, osName(), archName(), archName())
	d.bannerLogSize()
	for _, w := range d.v.RenamedWarnings() {
		d.warnf("%s", w)
	}
	lo, hi := d.v.Int("StreamMinPort"), d.v.Int("StreamMaxPort")
	if lo < 1024 || lo > hi || hi > 65535 {
		d.errorf("Invalid StreamMinPort/StreamMaxPort: %d, %d", lo, hi)
		return nil, nil, errStart
	}
	if !d.checkMemory() {
		return nil, nil, errMemory
	}
	// The sockets are bound before the databases are loaded: clients that come
	// meanwhile wait in the backlog instead of being refused.
	listeners, lines, err := d.listen(handed, n)
	if err != nil {
		return nil, listeners, err
	}
	if err := d.load(ctx); err != nil {
		return nil, listeners, err
	}
	for _, l := range lines {
		d.banner("%s", l)
	}
	d.quiet.Store(false)
	srv, err := d.newServer()
	if err != nil {
		return nil, listeners, err
	}
	return srv, listeners, nil
}

// load loads the databases.
func (d *daemon) load(ctx context.Context) error {
	lo, err := scanopt.Load(d.v)
	if err != nil {
		d.errorf("ExcludePUA and IncludePUA cannot be used at the same time")
		return errStart
	}
	so, err := scanopt.Scan(d.v)
	if err != nil {
		d.errorf("%v", err)
		return errStart
	}
	if d.memory != nil && so.Limits.Memory == 0 {
		so.Limits.Memory = d.memory.perScan
	}
	lo.Message = d.libraryMessage
	dir := d.v.String("DatabaseDirectory")
	d.back = &backend.Backend{
		Directory: dir, Options: so, Log: d.serverLog, Blocking: !d.v.Bool("ConcurrentDatabaseReload"),
		Load: func(ctx context.Context) (*engine.Engine, error) {
			d.check.take(dir)
			if d.v.Bool("embedded-db") {
				return engine.LoadEmbedded(ctx, lo)
			}
			return engine.Load(ctx, dir, lo)
		},
	}
	d.banner("Reading databases from %s", dir)
	d.bannerLoad()
	if err := d.back.Open(ctx); err != nil {
		if errors.Is(err, engine.ErrTooOld) {
			d.errorf("Virus database is older than %d days!", d.v.Int("FailIfCvdOlderThan"))
		} else if ctx.Err() == nil {
			d.errorf("%s", backend.ErrorText(err))
		}
		return errStart
	}
	d.banner("Loaded %d signatures.", d.back.Signatures())
	return nil
}

// libraryMessage prints the loader's messages as the reference's library does.
func (d *daemon) libraryMessage(level slog.Level, text string) {
	switch {
	case level >= slog.LevelError:
		text = "LibClamAV Error: " + text
	case level >= slog.LevelWarn:
		text = "LibClamAV Warning: " + text
	default:
		return
	}
	_, _ = io.WriteString(d.in.Err, text+"\n")
}

// serve answers clients until the end is asked for.
func (d *daemon) serve(ctx context.Context, srv *clamd.Server, ls []clamd.Listener) {
	d.inbox.onHangup(d.reopenLog)
	d.inbox.onReload(srv.TriggerReload)
	signalReady(d.v.Bool("debug"))
	_ = sysd.Notify(sysd.Ready)
	go sysd.Watchdog(ctx, func() bool { return true })
	if err := srv.Serve(ctx, ls...); err != nil {
		d.errorf("%v", err)
	}
	_ = sysd.Notify(sysd.Stopping)
	_ = d.back.Close()
}

// reopenLog is SIGHUP's work.
func (d *daemon) reopenLog() {
	d.infof("SIGHUP caught: re-opening log file.")
	if err := d.log.Reopen(); err != nil {
		d.errorf("%v", err)
	}
}

// farewell removes what the start has made and writes the last lines.
func (d *daemon) farewell() int {
	if d.pidFile != "" {
		if os.Remove(d.pidFile) == nil {
			d.infof("Pid file removed.")
		} else {
			d.errorf("Can't unlink the pid file %s", d.pidFile)
		}
	}
	d.infof("--- Stopped at %s", logfmt.CTime(time.Now()))
	d.unlinkSocket()
	return exitOK
}

// closeSockets undoes listening after a start that failed.
func (d *daemon) closeSockets(ls []clamd.Listener, err error) {
	for _, l := range ls {
		_ = l.Close()
	}
	if err != nil && d.socket != "" {
		_ = os.Remove(d.socket)
		d.socket = ""
	}
}

// unlinkSocket removes the local socket.
func (d *daemon) unlinkSocket() {
	if d.socket == "" {
		return
	}
	if os.Remove(d.socket) == nil {
		d.infof("Socket file removed.")
	} else {
		d.errorf("Can't unlink the socket file %s", d.socket)
	}
}

// writePID writes the pid file while the rights of the start are still there.
func (d *daemon) writePID() error {
	path := d.v.String("PidFile")
	if path == "" {
		return nil
	}
	if err := writePIDFile(path); err != nil {
		return err
	}
	d.pidFile = path
	return nil
}

// listenerKind is what a handed-in listener is.
func listenerKind(l net.Listener) string {
	switch l.(type) {
	case *net.UnixListener:
		return "unix"
	case *net.TCPListener:
		return "tcp"
	}
	return ""
}

// osName and archName are what uname -s and -m would say.
func osName() string {
	switch runtime.GOOS {
	case "linux":
		return "Linux"
	case "darwin":
		return "Darwin"
	case "freebsd":
		return "FreeBSD"
	}
	return runtime.GOOS
}

func archName() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	case "386":
		return "i686"
	}
	return runtime.GOARCH
}
