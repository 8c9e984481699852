package clamd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"unicode"

	"gclam/clamd/tree"
)

// Errors that are answered in the reference's words.
var (
	errNotRegular = &ScanError{Text: "Not a regular file"}
	errCannotRead = &ScanError{Text: "Can't read file"}
	errTimeout    = &ScanError{Text: "CL_ETIMEOUT: Time limit reached"}
)

// pathTask returns the task of SCAN and its relatives.
func (c *conn) pathTask(r replier, cmd command, bulk bool) *task {
	return &task{
		word: cmd.word, name: cmd.arg, bulk: bulk,
		run: func(t *task) {
			p := &pathScan{c: c, s: c.srv, r: r, cmd: cmd, task: t}
			p.run()
		},
	}
}

// objectTask returns the task that scans a received object.
func (c *conn) objectTask(r replier, cmd command, o received, bulk bool) *task {
	return &task{
		word: cmd.word, name: o.obj.Name, bulk: bulk, drop: o.done,
		run: func(*task) {
			defer o.done()
			if o.err != nil {
				r.object(o.reply, o.err.Error()+" ERROR")
				c.srv.logf(LevelInfo, "%s: %s. ERROR", o.reply, o.err)
				return
			}
			c.srv.scanObject(c.ctx, o.obj, func(text string) { r.object(o.reply, text) })
		},
	}
}

// outcome is what became of one object.
type outcome uint8

// The outcomes of scanObject.
const (
	wasClean outcome = iota
	wasInfected
	wasError
	wasDropped // the client has gone
)

// scanObject scans o, logs and raises events, and hands the reply texts to reply:
// "NAME FOUND" for each match, "OK", or "TEXT ERROR".
func (s *Server) scanObject(ctx context.Context, o Object, reply func(text string)) outcome {
	res, err := s.callScanner(ctx, o)
	if context.Cause(ctx) == errGone {
		return wasDropped
	}
	for _, l := range res.Limits {
		s.logf(LevelInfo, "%s: not fully scanned: %s", o.Name, l)
	}
	for _, n := range res.Notes {
		s.logf(LevelVerbose, "%s: %s", o.Name, n)
	}
	for _, m := range res.Matches {
		s.logFound(o.Name, m)
		if s.Event != nil {
			s.Event(o.Name, m.Name)
		}
		reply(m.Name + " FOUND")
	}
	switch {
	case len(res.Matches) > 0:
		return wasInfected
	case err != nil:
		text := errorText(err)
		s.logf(LevelInfo, "%s: %s ERROR", o.Name, text)
		if cause := errors.Unwrap(err); cause != nil {
			s.logf(LevelVerbose, "%s: %v", o.Name, cause)
		}
		reply(text + " ERROR")
		return wasError
	}
	if s.LogClean {
		s.logf(LevelInfo, "%s: OK", o.Name)
	}
	reply("OK")
	return wasClean
}

// logFound logs a detection.
func (s *Server) logFound(name string, m Match) {
	if s.ExtendedInfo && m.MD5 != "" {
		s.logf(LevelInfo, "%s: %s(%s:%d) FOUND", name, m.Name, m.MD5, m.Size)
		return
	}
	s.logf(LevelInfo, "%s: %s FOUND", name, m.Name)
}

// errorText returns the text of a reply for err.
func errorText(err error) string {
	var se *ScanError
	switch {
	case errors.As(err, &se):
		return se.Text
	case errors.Is(err, context.DeadlineExceeded):
		return errTimeout.Text
	case errors.Is(err, os.ErrPermission):
		return "Access denied."
	}
	return errCannotRead.Text
}

// pathScan is one SCAN, CONTSCAN, MULTISCAN, ALLMATCHSCAN or RAWSCAN.
type pathScan struct {
	c    *conn
	s    *Server
	r    replier
	cmd  command
	task *task

	multi    bool // files go to other workers
	top      string
	files    sync.WaitGroup
	seen     atomic.Int64 // files
	infected atomic.Int64
	failed   atomic.Int64
	silent   bool // the named object has been answered
}

// run does the whole command.
func (p *pathScan) run() {
	p.top = tree.Trim(p.cmd.arg)
	if p.cmd.verb == cmdAllMatchScan && p.s.DisableAllMatch {
		p.r.object(p.top, "ALLMATCHSCAN command disabled by clamd configuration. ERROR")
		return
	}
	ok := tree.Walk(p.c.ctx, p.top, p.s.walkOptions(), p.visit)
	p.files.Wait()
	if p.multi {
		p.s.pool.endMulti()
	}
	if !ok && p.infected.Load() == 0 {
		return // the client has gone or the server stops: nothing was decided
	}
	p.summary()
}

// walkOptions returns the rules for walks.
func (s *Server) walkOptions() tree.Options {
	return tree.Options{
		Exclude: s.ExcludePath, MaxDepth: s.MaxDirectoryDepth,
		FollowFiles: s.FollowFileSymlinks, FollowDirs: s.FollowDirSymlinks,
		SameFilesystem: s.SameFilesystem,
	}
}

// summary sends the last line: OK for the whole when nothing was found and not
// everything failed. MULTISCAN wants a file to have been there.
func (p *pathScan) summary() {
	seen, failed := p.seen.Load(), p.failed.Load()
	if p.silent || p.infected.Load() > 0 || (failed > 0 && failed >= seen) || (p.multi && seen == 0) {
		return
	}
	p.r.object(p.top, "OK")
}

// visit handles one event of the walk.
func (p *pathScan) visit(e tree.Event) bool {
	if p.s.stopping.Load() && !e.Top {
		p.close(e)
		return false
	}
	switch e.Kind {
	case tree.File:
		return p.file(e)
	case tree.Directory:
		return p.directory(e)
	case tree.Denied:
		p.fail(e, "Access denied. ERROR", LevelVerbose, "Access denied: "+e.Path)
	case tree.Failed, tree.Unreadable:
		p.fail(e, "File path check failure: "+strerror(e.Err)+". ERROR", LevelWarning,
			"File path check failure on: "+e.Path)
	case tree.Special:
		if !e.Top {
			return true // passed over in silence
		}
		p.r.object(e.Path, "Not supported file type ERROR")
		p.s.logf(LevelWarning, "Not supported file type: %s", e.Path)
	case tree.Link:
		if !p.s.KeepLinksUnmentioned {
			// The reference answers OK without a word; the log at least should tell.
			p.s.logf(LevelVerbose, "%s: symbolic link, not followed", e.Path)
		}
	case tree.Excluded:
		p.leftOut(e, "Excluded")
	case tree.OtherDev:
		p.leftOut(e, "Excluded (another filesystem)")
	case tree.TooDeep:
		p.s.logf(LevelWarning, "Directory recursion limit reached, skipping %s", e.Path)
	}
	return true
}

// close drops the event's file.
func (p *pathScan) close(e tree.Event) {
	if e.File != nil {
		_ = e.File.Close()
	}
}

// leftOut answers for an excluded object, in MULTISCAN only for the named one.
func (p *pathScan) leftOut(e tree.Event, text string) {
	if !p.multi {
		p.r.object(e.Path, text)
	}
	p.silent = p.silent || e.Top
}

// fail answers for an object that could not be reached.
func (p *pathScan) fail(e tree.Event, text string, l Level, logText string) {
	p.seen.Add(1)
	p.failed.Add(1)
	p.s.logf(l, "%s", logText)
	p.r.object(e.Path, text)
	p.silent = p.silent || e.Top
}

// directory begins a directory; MULTISCAN turns to other workers at the first.
func (p *pathScan) directory(e tree.Event) bool {
	if !e.Top || p.cmd.verb != cmdMultiScan {
		return true
	}
	ok, alive, multi := p.s.pool.beginMulti()
	if !ok {
		p.s.logf(LevelWarning, "Not enough threads for multiscan. Max: %d, Alive: %d, Multiscan: %d+1",
			p.s.MaxThreads, alive, multi)
		p.r.object(e.Path, "Not enough threads for multiscan. Increase MaxThreads. ERROR")
		p.silent = true
		return false
	}
	p.multi = true
	return true
}

// file scans one file, here or, for MULTISCAN, on another worker.
func (p *pathScan) file(e tree.Event) bool {
	p.seen.Add(1)
	if !p.multi {
		p.s.pool.setName(p.task, e.Path)
		return p.scan(e)
	}
	p.files.Add(1)
	t := &task{word: "MULTISCANFILE", name: e.Path, bulk: true, run: func(*task) {
		defer p.files.Done()
		p.scan(e)
	}}
	if err := p.s.pool.submit(p.c.ctx, t); err != nil {
		p.files.Done()
		p.close(e)
		return false
	}
	return true
}

// scan scans an opened file and tells whether to go on.
func (p *pathScan) scan(e tree.Event) bool {
	defer p.close(e)
	if p.c.ctx.Err() != nil {
		return false
	}
	o := Object{
		Name: e.Path, File: e.File,
		AllMatch: p.cmd.verb == cmdAllMatchScan, Raw: p.cmd.verb == cmdRawScan,
	}
	out := p.s.scanObject(p.c.ctx, o, func(text string) {
		if text != "OK" {
			p.r.object(e.Path, text)
		}
	})
	switch out {
	case wasInfected:
		p.infected.Add(1)
		return p.cmd.verb == cmdContScan || p.cmd.verb == cmdMultiScan
	case wasError:
		p.failed.Add(1)
	case wasDropped:
		return false
	}
	return true
}

// strerror returns the C library's text for an error of the system.
func strerror(err error) string {
	var no syscall.Errno
	text := ""
	switch {
	case errors.As(err, &no):
		text = no.Error()
	case err != nil:
		text = fmt.Sprint(err)
	}
	// Go's texts are the C library's but for the first letter.
	r := []rune(text)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}
