package tree

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// listBlock is how many directory entries are read at a time.
const listBlock = 1024

// Options are the rules of a walk. The zero value follows nothing, excludes
// nothing and has no depth limit.
type Options struct {
	Exclude        func(path string) bool // tells which paths are not scanned (ExcludePath); nil: none
	MaxDepth       int                    // levels below the named directory; negative or 0: no limit
	FollowFiles    bool                   // symbolic links to files
	FollowDirs     bool                   // symbolic links to directories
	SameFilesystem bool                   // stay on the named object's file system
}

// Kind says what an Event is about.
type Kind uint8

// The kinds of events.
const (
	File       Kind = iota // a regular file, opened
	Denied                 // a file that may not be read
	Failed                 // an object that cannot be reached; Err tells why
	Excluded               // by Options.Exclude
	OtherDev               // on another file system
	Special                // neither a file nor a directory
	Link                   // the named object is a link that is not followed
	TooDeep                // a directory below MaxDepth
	Directory              // a directory that is about to be read
	Unreadable             // a directory that cannot be read; Err tells why
	Pseudo                 // the named object is on /proc, where nothing is scanned
)

// Event is one step of a walk.
type Event struct {
	Kind Kind
	Path string   // as named, and below it "/" and the entry
	Top  bool     // it is the named object itself
	File *os.File // for File; the receiver closes it
	Err  error
}

// Visit receives events; false ends the walk.
type Visit func(Event) bool

// Trim removes trailing slashes, as the reference does, but keeps "/".
func Trim(path string) string {
	t := strings.TrimRight(path, "/")
	if t == "" && path != "" {
		return "/"
	}
	return t
}

// Walk visits path. It returns false when visit or ctx ended it.
func Walk(ctx context.Context, path string, o Options, visit Visit) bool {
	w := walker{ctx: ctx, opt: o, visit: visit}
	defer w.close()
	return w.top(path)
}

// walker is one walk.
type walker struct {
	ctx   context.Context
	opt   Options
	visit Visit
	dev   uint64 // of the named object
	hasID bool
	stack []*level
	seen  map[fileID]bool // directories entered through links
}

// level is an open directory on the way down.
type level struct {
	path    string
	root    *os.Root
	dir     *os.File
	entries []fs.DirEntry // read and not yet visited
	subdirs []subdir      // to descend into after the files
}

// subdir is a directory to descend into.
type subdir struct {
	name string
	link bool // it is a symbolic link
}

// top visits the named object and, if it is a directory, what is below it.
func (w *walker) top(path string) bool {
	info, err := os.Lstat(path)
	flags := openFlags
	if path == "" {
		err = syscall.ENOENT
	}
	if err != nil {
		return w.visit(Event{Kind: Failed, Path: path, Top: true, Err: err})
	}
	if w.excluded(path) {
		return w.visit(Event{Kind: Excluded, Path: path, Top: true})
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Stat(path)
		if err != nil || !w.follows(target) {
			return w.visit(Event{Kind: Link, Path: path, Top: true})
		}
		info, flags = target, openFlagsFollow
	}
	w.dev, w.hasID = device(info)
	switch {
	case info.IsDir():
		root, err := openSame(path, info)
		if err != nil {
			return w.visit(Event{Kind: Unreadable, Path: path, Top: true, Err: err})
		}
		return w.push(path, root, true) && w.run()
	case !info.Mode().IsRegular():
		return w.visit(Event{Kind: Special, Path: path, Top: true})
	}
	f, err := os.OpenFile(path, os.O_RDONLY|flags, 0)
	if err == nil && onProc(f) {
		_ = f.Close()
		return w.visit(Event{Kind: Pseudo, Path: path, Top: true})
	}
	return w.opened(f, err, info, Event{Path: path, Top: true})
}

// openSame opens the directory that was seen as info.
func openSame(path string, info fs.FileInfo) (*os.Root, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	now, err := root.Stat(".")
	if err == nil && !os.SameFile(info, now) {
		err = errChanged
	}
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	return root, nil
}

// errChanged: somebody put another object in place between look and open.
var errChanged = errors.New("changed while being opened")

// follows tells whether a link to info is to be followed.
func (w *walker) follows(info fs.FileInfo) bool {
	if info.IsDir() {
		return w.opt.FollowDirs
	}
	return w.opt.FollowFiles && info.Mode().IsRegular()
}

// opened reports a file that was opened after it had been seen as info.
func (w *walker) opened(f *os.File, err error, info fs.FileInfo, e Event) bool {
	if err == nil {
		var now fs.FileInfo
		if now, err = f.Stat(); err == nil && !os.SameFile(info, now) {
			err = errChanged
		}
		if err == nil {
			e.Kind, e.File = File, f
			return w.visit(e)
		}
		_ = f.Close()
	}
	e.Kind, e.Err = Failed, err
	if errors.Is(err, fs.ErrPermission) {
		e.Kind = Denied
	}
	return w.visit(e)
}

// push makes root the directory to go on with.
func (w *walker) push(path string, root *os.Root, top bool) bool {
	if !w.visit(Event{Kind: Directory, Path: path, Top: top}) {
		_ = root.Close()
		return false
	}
	dir, err := root.Open(".")
	if err != nil {
		_ = root.Close()
		return w.visit(Event{Kind: Unreadable, Path: path, Top: top, Err: err})
	}
	l := &level{path: path, root: root, dir: dir}
	if onProc(dir) {
		l.close()
		return true
	}
	w.stack = append(w.stack, l)
	return true
}

// run visits the stack of directories until it is empty: first the files of a
// directory, then what is below it.
func (w *walker) run() bool {
	for len(w.stack) > 0 {
		if w.ctx.Err() != nil {
			return false
		}
		l := w.stack[len(w.stack)-1]
		switch {
		case len(l.entries) > 0:
			e := l.entries[0]
			l.entries = l.entries[1:]
			if !w.entry(l, e.Name()) {
				return false
			}
		case l.dir != nil:
			if !w.list(l) {
				return false
			}
		case len(l.subdirs) > 0:
			d := l.subdirs[0]
			l.subdirs = l.subdirs[1:]
			if !w.descend(l, d) {
				return false
			}
		default:
			l.close()
			w.stack = w.stack[:len(w.stack)-1]
		}
	}
	return true
}

// list reads the next entries of l.
func (w *walker) list(l *level) bool {
	var err error
	l.entries, err = l.dir.ReadDir(listBlock)
	if err == nil {
		return true
	}
	_ = l.dir.Close()
	l.dir = nil
	if errors.Is(err, io.EOF) {
		return true
	}
	return w.visit(Event{Kind: Unreadable, Path: l.path, Top: len(w.stack) == 1, Err: err})
}

// entry visits one entry of a directory; subdirectories are only noted.
func (w *walker) entry(l *level, name string) bool {
	path := l.join(name)
	info, err := l.root.Lstat(name)
	if err != nil {
		return w.visit(Event{Kind: Failed, Path: path, Err: err})
	}
	if w.excluded(path) {
		return w.visit(Event{Kind: Excluded, Path: path})
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return w.link(l, name)
	}
	if w.foreign(info) {
		return w.visit(Event{Kind: OtherDev, Path: path})
	}
	switch {
	case info.IsDir():
		if w.opt.MaxDepth > 0 && len(w.stack) > w.opt.MaxDepth {
			return w.visit(Event{Kind: TooDeep, Path: path})
		}
		l.subdirs = append(l.subdirs, subdir{name: name})
		return true
	case !info.Mode().IsRegular():
		return w.visit(Event{Kind: Special, Path: path})
	}
	f, err := l.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	return w.opened(f, err, info, Event{Path: path})
}

// link visits a symbolic link inside a directory, if it is to be followed. The
// target may be anywhere, so it is opened by path and compared with what was seen.
func (w *walker) link(l *level, name string) bool {
	path := l.join(name)
	info, err := os.Stat(path)
	if err != nil || !w.follows(info) {
		return true // dangling or not wanted: passed over in silence
	}
	if w.foreign(info) {
		return w.visit(Event{Kind: OtherDev, Path: path})
	}
	if info.IsDir() {
		if w.opt.MaxDepth > 0 && len(w.stack) > w.opt.MaxDepth {
			return w.visit(Event{Kind: TooDeep, Path: path})
		}
		l.subdirs = append(l.subdirs, subdir{name: name, link: true})
		return true
	}
	f, err := os.OpenFile(path, os.O_RDONLY|openFlagsFollow, 0)
	if err == nil && onProc(f) {
		_ = f.Close()
		return true
	}
	return w.opened(f, err, info, Event{Path: path})
}

// descend enters the subdirectory d of l. Through a link each directory is entered
// once, so that links that lead back up end.
func (w *walker) descend(l *level, d subdir) bool {
	path := l.join(d.name)
	var root *os.Root
	var err error
	if !d.link {
		root, err = l.root.OpenRoot(d.name)
	} else if root, err = os.OpenRoot(path); err == nil && w.again(root) {
		_ = root.Close()
		return true
	}
	if err != nil {
		return w.visit(Event{Kind: Unreadable, Path: path, Err: err})
	}
	return w.push(path, root, false)
}

// again tells whether root was entered before, and notes it.
func (w *walker) again(root *os.Root) bool {
	info, err := root.Stat(".")
	if err != nil {
		return false
	}
	id, ok := identity(info)
	if !ok {
		return false
	}
	for _, l := range w.stack {
		if up, err := l.root.Stat("."); err == nil && os.SameFile(up, info) {
			return true
		}
	}
	if w.seen[id] {
		return true
	}
	if w.seen == nil {
		w.seen = make(map[fileID]bool)
	}
	w.seen[id] = true
	return false
}

// excluded tells whether path is not to be scanned.
func (w *walker) excluded(path string) bool { return w.opt.Exclude != nil && w.opt.Exclude(path) }

// foreign tells whether info is on another file system than the named object.
func (w *walker) foreign(info fs.FileInfo) bool {
	if !w.opt.SameFilesystem || !w.hasID {
		return false
	}
	d, ok := device(info)
	return ok && d != w.dev
}

// close ends a walk early.
func (w *walker) close() {
	for _, l := range w.stack {
		l.close()
	}
	w.stack = nil
}

func (l *level) close() {
	if l.dir != nil {
		_ = l.dir.Close()
	}
	_ = l.root.Close()
}

// join returns the path of an entry as the reference writes it.
func (l *level) join(name string) string {
	if strings.HasSuffix(l.path, "/") {
		return l.path + name
	}
	return l.path + "/" + name
}
