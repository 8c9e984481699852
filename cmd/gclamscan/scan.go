package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"gclam/engine"
	"gclam/internal/logfmt"
	"gclam/internal/quarantine"
)

// entry is a file that was found but not opened yet.
type entry struct {
	path string
	info os.FileInfo // as found
	open func(flags int) (*os.File, error)
	real func() string
}

// file scans one regular file.
func (a *app) file(ctx context.Context, e entry) {
	if d, ok := device(e.info); ok && d == a.walk.procDevice && d != 0 {
		a.note(e.path, "Excluded (/proc)")
		return
	}
	if a.walk.needReal && a.walk.fileExcluded(e.real()) {
		a.note(e.path, "Excluded")
		return
	}
	if e.info.Size() == 0 {
		a.note(e.path, "Empty file")
		return
	}
	f, err := e.open(os.O_RDONLY | openFlags)
	if err == nil {
		defer f.Close()
		var now os.FileInfo
		if now, err = f.Stat(); err == nil {
			if !os.SameFile(e.info, now) || !now.Mode().IsRegular() {
				err = errors.New("File was replaced")
			}
			e.info = now
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return // gone since it was found
	}
	if err != nil {
		a.unreadable(e.path, err)
		return
	}
	a.before(e.path)
	res, err := a.db.Scan(ctx, f, e.info.Size(), engine.ObjectInfo{Name: e.path})
	a.count.read += e.info.Size()
	if a.walk.logHash {
		a.hash(e, f)
	}
	a.result(e.path, res, err)
	if res.Infected() {
		a.act(e, f)
	}
}

// unreadable reports what could not be opened or read: for root that is a reason to
// wonder, for others it is daily life.
func (a *app) unreadable(path string, err error) {
	a.count.errors++
	a.json.fail(path, logfmt.Reason(err))
	if errors.Is(err, fs.ErrPermission) && os.Geteuid() != 0 {
		a.note(path, "Access denied")
		return
	}
	a.log.Warnf("Can't open file %s: %s", path, logfmt.Reason(err))
}

// stdin scans standard input.
func (a *app) stdin(ctx context.Context) {
	if dir := a.v.String("TemporaryDirectory"); dir != "" {
		if st, err := os.Stat(dir); err != nil || !st.IsDir() {
			a.log.Errorf("Can't write to temporary directory")
			a.bad = true
			return
		}
	}
	a.before("stdin")
	n := &countingReader{r: a.in.In}
	res, err := a.db.ScanReader(ctx, n, engine.ObjectInfo{Name: "stdin"})
	a.count.read += n.n
	a.result("stdin", res, err)
}

// countingReader counts what is read.
type countingReader struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// before announces a scan.
func (a *app) before(path string) {
	a.live.at(path)
	a.inner.begin(path)
	if a.walk.verbose {
		a.line(logfmt.Info, "Scanning "+path)
	}
}

// result prints the outcome of one scan.
func (a *app) result(path string, res engine.Result, err error) {
	a.count.files++
	a.count.scanned += res.Scanned
	if a.walk.logTypes && res.Type != "" {
		a.line(logfmt.Info, path+" FileType: "+res.Type)
	}
	a.json.result(path, res, err)
	switch {
	case res.Infected():
		a.count.infected++
		a.found(path, res)
	case err != nil:
		a.count.errors++
		if !a.walk.infectedOnly {
			a.line(logfmt.Info, path+": "+scanText(err)+" ERROR")
		}
	case !a.walk.infectedOnly && !a.walk.suppressOK:
		a.live.clear()
		a.log.Echo(logfmt.Info, path+": OK") // never in the log file
	}
}

func (a *app) found(path string, res engine.Result) {
	names := res.Matches
	if !a.v.Bool("allmatch") && len(names) > 1 {
		names = names[:1]
	}
	for _, m := range names {
		a.line(logfmt.Info, path+": "+m.Name+" FOUND")
	}
	a.inner.report()
	if a.v.Bool("bell") {
		fmt.Fprint(a.in.Err, "\a")
	}
}

// scanText is ClamAV's text for a scan that could not be carried out.
func scanText(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "Scan aborted"
	case errors.Is(err, context.DeadlineExceeded):
		return "Time limit reached"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "Can't read file"
	}
	return logfmt.Reason(err)
}

// act moves, copies or removes an infected file.
func (a *app) act(e entry, f *os.File) {
	if a.quar.Action() == quarantine.None {
		return
	}
	done, err := a.quar.Act(&quarantine.File{F: f, Info: e.info, Path: e.path, Real: e.real()})
	if err == nil {
		a.line(logfmt.Info, done)
		return
	}
	a.count.notActed++
	a.line(logfmt.Info, err.Error())
	a.log.Errorf("Can't %s file '%s'", a.quar.Action().Verb(), e.path)
}

// hash prints the file's SHA-256 (--log-hash).
func (a *app) hash(e entry, f *os.File) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, e.info.Size())); err == nil {
		a.line(logfmt.Info, e.path+" FileHash: "+hex.EncodeToString(h.Sum(nil))+" (sha2-256)")
	}
}

// note prints "PATH: TEXT" about a file that is not scanned; -i hides it.
func (a *app) note(path, text string) {
	if !a.walk.infectedOnly {
		a.line(logfmt.Info, path+": "+text)
	}
	a.json.skip(path, text)
}

// line prints to the terminal and the log.
func (a *app) line(lv logfmt.Level, text string) {
	a.live.clear()
	a.log.Log(lv, text)
}
