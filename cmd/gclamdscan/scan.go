package main

import (
	"context"
	"io/fs"
	"os"
	"strings"

	"gclam/clamd"
	"gclam/clamd/tree"
	"gclam/internal/quarantine"
)

// argument scans one path of the command line.
func (a *app) argument(ctx context.Context, name string) {
	path := absolute(name)
	info, err := os.Lstat(path)
	if err != nil {
		a.fail("ERROR", "Can't access file "+path)
		return
	}
	if t := info.Mode().Type(); t != 0 && t != fs.ModeDir && t != fs.ModeSymlink {
		a.fail("WARNING", path+": Not supported file type")
		return
	}
	before := a.infected + a.errors
	switch {
	case a.ownOpen():
		a.walk(ctx, path)
	case a.command() == "ALLMATCHSCAN":
		a.allMatches(ctx, path)
	default:
		a.byPath(ctx, path)
	}
	if a.infected+a.errors == before && !a.args.Bool("infected") {
		a.log.Infof("%s: OK", path)
	}
}

// ownOpen tells whether the client opens the files: when asked for, when the daemon
// sees other files, and when a file is to be acted on, which must be the one that
// was scanned.
func (a *app) ownOpen() bool {
	return a.args.Bool("fdpass") || a.args.Bool("stream") || a.quar.Action() != quarantine.None || a.remote()
}

// fail counts and reports something that kept an object from being scanned.
func (a *app) fail(level, text string) {
	a.errors++
	if level == "WARNING" {
		a.log.Warnf("%s", text)
		return
	}
	a.log.Errorf("%s", text)
}

// command is the daemon's command for paths.
func (a *app) command() string {
	switch {
	case a.args.Bool("multiscan"):
		return "MULTISCAN"
	case a.args.Bool("allmatch"):
		return "ALLMATCHSCAN"
	}
	return "CONTSCAN"
}

// byPath lets the daemon open path. What it may not read is passed to it as a
// descriptor afterwards, if there is a local socket.
func (a *app) byPath(ctx context.Context, path string) {
	c, err := a.connect(ctx)
	if err != nil {
		a.errors++
		return
	}
	var denied []clamd.Reply
	err = c.ScanPath(a.command(), path, func(r clamd.Reply) {
		switch r.Status {
		case clamd.OK:
		case clamd.Found:
			a.found(r.Text)
		default:
			switch {
			case strings.HasSuffix(r.Text, ": Excluded") || strings.HasSuffix(r.Text, ": Excluded (another filesystem)"):
			case c.Local() && deniedPath(r.Text) != "":
				denied = append(denied, r)
			default:
				a.errorLine(r.Text)
			}
		}
	})
	_ = c.Close()
	if err != nil {
		a.fail("ERROR", err.Error())
		return
	}
	for _, r := range denied {
		if p := deniedPath(r.Text); !a.canOpen(p) {
			a.errorLine(r.Text)
		} else {
			a.walk(ctx, p)
		}
	}
}

// deniedPath returns the path of a reply that says that the daemon may not read it.
func deniedPath(text string) string {
	for _, s := range []string{": Access denied. ERROR", ": File path check failure: Permission denied. ERROR"} {
		if p, ok := strings.CutSuffix(text, s); ok {
			return p
		}
	}
	return ""
}

// canOpen tells whether we may read what the daemon may not.
func (a *app) canOpen(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type()&^fs.ModeDir != 0 {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	_ = f.Close()
	return true
}

// found reports a detection.
func (a *app) found(text string) {
	a.infected++
	a.log.Infof("%s", text)
}

// errorLine reports an object that the daemon could not scan.
func (a *app) errorLine(text string) {
	a.errors++
	a.log.Infof("%s", text)
}

// walkOptions are the rules of the daemon's configuration.
func (a *app) walkOptions() tree.Options {
	o := tree.Options{
		MaxDepth:    a.conf.Int("MaxDirectoryRecursion"),
		FollowFiles: a.conf.Bool("FollowFileSymlinks"), FollowDirs: a.conf.Bool("FollowDirectorySymlinks"),
		SameFilesystem: !a.conf.Bool("CrossFilesystems"),
	}
	if !a.skip.Empty() {
		o.Exclude = a.skip.Match
	}
	return o
}

// walk opens path, or the files below it, and sends them to the daemon.
func (a *app) walk(ctx context.Context, path string) {
	s := a.newSender(ctx)
	tree.Walk(ctx, tree.Trim(path), a.walkOptions(), func(e tree.Event) bool {
		switch e.Kind {
		case tree.File:
			return s.send(e.Path, e.File)
		case tree.Denied:
			s.locked(func() { a.errorLine(e.Path + ": Failed to open file") })
		case tree.Failed, tree.Unreadable:
			s.locked(func() { a.fail("ERROR", "Can't access file "+e.Path) })
		case tree.Special:
			s.locked(func() { a.specialInside(e) })
		case tree.TooDeep:
			s.locked(func() { a.log.Warnf("Directory recursion limit reached") })
		}
		return true
	})
	s.finish()
}

// specialInside reports a device or the like; only a named one is an error.
func (a *app) specialInside(e tree.Event) {
	a.log.Warnf("%s: Not supported file type", e.Path)
	if e.Top {
		a.errors++
	}
}

// act moves, copies or removes an infected file.
func (a *app) act(p *pending) {
	if a.quar.Action() == quarantine.None {
		return
	}
	done, err := a.quar.Act(&quarantine.File{F: p.file, Info: p.info, Path: p.path, Real: p.real})
	if err == nil {
		a.log.Infof("%s", done)
		return
	}
	a.notActed++
	a.log.Infof("%s", err.Error())
	a.log.Errorf("Can't %s file '%s'", a.quar.Action().Verb(), p.path)
}

// stdin scans standard input: as a descriptor if it is a file and the daemon is
// local, else as a stream.
func (a *app) stdin(ctx context.Context) {
	c, err := a.connect(ctx)
	if err != nil {
		a.errors++
		return
	}
	defer func() { _ = c.Close() }()
	var r clamd.Reply
	f, isFile := a.in.In.(*os.File)
	if isFile {
		st, serr := f.Stat()
		isFile = serr == nil && st.Mode().IsRegular() && !a.args.Bool("stream") && c.Local()
	}
	if isFile {
		r, err = c.ScanFile(f)
	} else {
		r, err = c.ScanStream(a.in.In, a.streamMax())
	}
	switch {
	case err != nil:
		a.fail("ERROR", err.Error())
	case r.Status == clamd.Found:
		a.found(r.Text)
	case r.Status != clamd.OK:
		a.errorLine(r.Text)
	case !a.args.Bool("infected"):
		a.log.Infof("%s", r.Text)
	}
}

// streamMax returns StreamMaxLength in bytes; 0 means no limit.
func (a *app) streamMax() int64 {
	if n := a.conf.Size("StreamMaxLength"); n > 0 && n < 1<<62 {
		return n
	}
	return 0
}
