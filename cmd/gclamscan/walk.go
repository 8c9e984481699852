package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gclam/internal/logfmt"
)

// batch is how many directory entries are read at a time.
const batch = 256

// frame is an open directory on the way down. Entries are opened relative to it, so
// that neither long paths nor swapped directories matter.
type frame struct {
	root *os.Root
	dir  *os.File
	list []os.DirEntry
	path string // as printed
	real string // without links
	info os.FileInfo
}

func (f *frame) close() {
	_ = f.dir.Close()
	_ = f.root.Close()
}

// argument scans one word of the command line.
func (a *app) argument(ctx context.Context, path string) {
	if path == "-" {
		a.stdin(ctx)
		return
	}
	fi, err := os.Lstat(path)
	if err != nil {
		a.missing(path, err)
		return
	}
	for len(path) > 1 && os.IsPathSeparator(path[len(path)-1]) {
		path = path[:len(path)-1]
	}
	open := func(flags int) (*os.File, error) { return os.OpenFile(path, flags, 0) }
	switch t := fi.Mode().Type(); {
	case t.IsRegular():
		a.file(ctx, entry{path: path, info: fi, open: open, real: func() string { return realPath(path) }})
	case t.IsDir():
		a.tree(ctx, path, fi)
	case t&os.ModeSymlink != 0:
		a.link(ctx, path, followDirect, nil)
	default:
		a.log.Warnf("%s: Not supported file type", path)
		a.json.skip(path, "not supported file type")
		a.bad = true
	}
}

// missing reports an argument that cannot be looked at. The first line goes to
// stderr in any case; it is perror's in the reference.
func (a *app) missing(path string, err error) {
	a.bad = true
	a.json.fail(path, logfmt.Reason(err))
	shown := logfmt.EscapeControl(path)
	if path == "\n" {
		shown = path // of an empty line in --file-list
	}
	prefix := shown + ": "
	if path == "" {
		prefix = ""
	}
	fmt.Fprintf(a.in.Err, "%s%s\n", prefix, logfmt.Reason(err))
	if shown == path && path != "\n" {
		a.log.Warnf("%s: Can't access file", path)
		return
	}
	a.log.Record(logfmt.Warning, path+": Can't access file")
	if !a.v.Bool("quiet") {
		w := a.in.Err
		if a.v.Bool("stdout") {
			w = a.in.Out
		}
		fmt.Fprintf(w, "WARNING: %s: Can't access file\n", shown)
	}
}

// link scans what a symbolic link leads to if links of that depth are followed:
// need is followDirect for arguments and followAlways below them. above are the
// directories on the way, to notice a cycle.
func (a *app) link(ctx context.Context, path string, need int, above []*frame) *frame {
	files, dirs := a.walk.followFiles >= need, a.walk.followDirs >= need
	if !files && !dirs {
		a.note(path, "Symbolic link")
		return nil
	}
	fi, err := os.Stat(path)
	if err != nil {
		return nil // dangling: silent, as in the reference
	}
	switch {
	case fi.Mode().IsRegular() && files:
		a.file(ctx, entry{
			path: path, info: fi,
			open: func(flags int) (*os.File, error) { return os.OpenFile(path, flags&^noFollow, 0) },
			real: func() string { return realPath(path) },
		})
	case fi.IsDir() && dirs && need == followDirect:
		a.tree(ctx, path, fi)
	case fi.IsDir() && dirs && !onTheWay(above, fi):
		return a.enter(path, fi, len(above)+1)
	default:
		a.note(path, "Symbolic link")
	}
	return nil
}

func onTheWay(above []*frame, fi os.FileInfo) bool {
	for _, f := range above {
		if os.SameFile(f.info, fi) {
			return true
		}
	}
	return false
}

// tree scans a directory, and the ones below it with --recursive. It keeps its own
// stack: depth is bounded by --max-dir-recursion only.
func (a *app) tree(ctx context.Context, path string, fi os.FileInfo) {
	top := a.enter(path, fi, 1)
	if top == nil {
		return
	}
	stack := []*frame{top}
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		e, err := f.next()
		if err != nil || ctx.Err() != nil {
			if err != nil && !errors.Is(err, io.EOF) {
				a.unreadable(f.path, err)
			}
			f.close()
			stack = stack[:len(stack)-1]
			continue
		}
		if down := a.inside(ctx, stack, f, e); down != nil {
			stack = append(stack, down)
		}
	}
}

// enter opens a directory if it is to be visited; nil otherwise.
func (a *app) enter(path string, fi os.FileInfo, depth int) *frame {
	if depth > a.walk.maxDepth {
		return nil
	}
	if a.walk.dirExcluded(path) {
		a.note(path, "Excluded")
		return nil
	}
	root, err := os.OpenRoot(path)
	return a.opened(root, err, path, realPathIf(a.needReal(), path), fi)
}

// opened makes the frame of a directory that was just opened.
func (a *app) opened(root *os.Root, err error, path, real string, fi os.FileInfo) *frame {
	var dir *os.File
	if err == nil {
		dir, err = root.Open(".")
	}
	if err == nil {
		var now os.FileInfo
		if now, err = dir.Stat(); err == nil && !os.SameFile(fi, now) {
			err = errors.New("directory was replaced")
		}
	}
	if err != nil {
		if dir != nil {
			_ = dir.Close()
		}
		if root != nil {
			_ = root.Close()
		}
		a.count.errors++
		a.json.fail(path, logfmt.Reason(err))
		a.note(path, "Can't open directory.")
		return nil
	}
	a.count.dirs++
	return &frame{root: root, dir: dir, path: path, real: real, info: fi}
}

// next returns the directory's next entry in the order of the system; the error is
// io.EOF at the end.
func (f *frame) next() (os.DirEntry, error) {
	if len(f.list) == 0 {
		list, err := f.dir.ReadDir(batch)
		if len(list) == 0 {
			if err == nil {
				err = io.EOF
			}
			return nil, err
		}
		f.list = list
	}
	e := f.list[0]
	f.list = f.list[1:]
	return e, nil
}

// inside handles one entry of a directory; a directory to go into is returned.
func (a *app) inside(ctx context.Context, stack []*frame, f *frame, e os.DirEntry) *frame {
	name := e.Name()
	path := join(f.path, name)
	fi, err := f.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone since it was listed
	}
	if err != nil {
		a.unreadable(path, err)
		return nil
	}
	if !a.walk.crossFS && otherDevice(stack[0].info, fi) {
		a.note(path, "Excluded")
		return nil
	}
	switch t := fi.Mode().Type(); {
	case t.IsRegular():
		a.file(ctx, entry{
			path: path, info: fi,
			open: func(flags int) (*os.File, error) { return f.root.OpenFile(name, flags, 0) },
			real: func() string { return join(f.real, name) },
		})
	case t.IsDir():
		if !a.walk.recursive || len(stack) >= a.walk.maxDepth {
			return nil
		}
		if a.walk.dirExcluded(path) {
			a.note(path, "Excluded")
			return nil
		}
		root, err := f.root.OpenRoot(name)
		return a.opened(root, err, path, join(f.real, name), fi)
	case t&os.ModeSymlink != 0:
		down := a.link(ctx, path, followAlways, stack)
		if down != nil && !a.walk.recursive {
			down.close()
			a.count.dirs--
			return nil
		}
		return down
	}
	return nil // devices, fifos and sockets inside directories: silent
}

// needReal tells whether real paths are worth their system calls.
func (a *app) needReal() bool { return a.walk.needReal || a.quar.Action() != 0 }

// join puts a name behind a directory's path as printed; unlike filepath.Join it
// keeps the path as the user wrote it.
func join(dir, name string) string {
	if strings.HasSuffix(dir, "/") {
		return dir + name
	}
	return dir + "/" + name
}

func realPathIf(want bool, path string) string {
	if !want {
		return path
	}
	return realPath(path)
}

// realPath resolves all links; on failure it is the absolute path.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	return abs
}
