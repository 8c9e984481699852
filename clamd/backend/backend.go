package backend

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"gclam/clamd"
	"gclam/engine"
)

// Backend is a replaceable engine. Set the fields, call Open, then use the methods
// from any goroutine.
type Backend struct {
	// Load loads the databases; required.
	Load func(ctx context.Context) (*engine.Engine, error)
	// Options of all scans; AllMatches is set as commands ask for it.
	Options engine.Options
	// Directory names the databases in log lines.
	Directory string
	// Log takes log lines; nil drops them.
	Log func(l clamd.Level, text string)
	// Blocking logs the line that ConcurrentDatabaseReload no adds. Loading is
	// concurrent all the same: mail must not wait for it.
	Blocking bool

	current atomic.Pointer[generation]
}

// generation is one loaded set of databases with its scanners.
type generation struct {
	engine *engine.Engine
	// scanners by all-match and raw.
	scanners [2][2]*engine.Scanner
	version  string
}

// Open loads the databases for the first time.
func (b *Backend) Open(ctx context.Context) error {
	g, err := b.load(ctx)
	if err != nil {
		return err
	}
	b.current.Store(g)
	return nil
}

// load makes a new generation.
func (b *Backend) load(ctx context.Context) (*generation, error) {
	e, err := b.Load(ctx)
	if err != nil {
		return nil, err
	}
	g := &generation{engine: e, version: Version(e)}
	for all := range 2 {
		for raw := range 2 {
			o := b.Options
			o.AllMatches = all == 1
			if raw == 1 {
				o.Parse.NoArchive, o.Parse.NoMail = true, true
			}
			if g.scanners[all][raw], err = e.NewScanner(o); err != nil {
				_ = e.Close()
				return nil, err
			}
		}
	}
	return g, nil
}

// Version is the text of VERSION: the version that scripts know, and version and
// local build time of the daily database, if there is one.
func Version(e *engine.Engine) string {
	v := "ClamAV " + engine.Compatibility
	if n, built, ok := e.Daily(); ok {
		v += fmt.Sprintf("/%d/%s", n, built.Local().Format(time.ANSIC))
	}
	return v
}

// Version returns the text of VERSION for the databases in use.
func (b *Backend) Version() string { return b.current.Load().version }

// Signatures returns the number of signatures in use.
func (b *Backend) Signatures() int { return b.current.Load().engine.Signatures() }

// Memory returns the bytes held by the databases in use.
func (b *Backend) Memory() (used, total int64) {
	heap, mapped := b.current.Load().engine.MemoryUsage()
	return heap + mapped, heap + mapped
}

// Reload loads the databases anew and puts them in use. Scans under way finish on
// the old ones.
func (b *Backend) Reload(ctx context.Context) error {
	b.logf(clamd.LevelInfo, "Reading databases from %s", b.Directory)
	next, err := b.load(ctx)
	if err != nil {
		b.logf(clamd.LevelError, "reload_th: Database load failed: %s", ErrorText(err))
		b.logf(clamd.LevelWarning, "Database reload failed, keeping the previous instance")
		return err
	}
	b.logf(clamd.LevelInfo, "Database correctly reloaded (%d signatures)", next.engine.Signatures())
	if b.Blocking {
		b.logf(clamd.LevelInfo, "Database reload completed.")
	}
	old := b.current.Swap(next)
	b.logf(clamd.LevelInfo, "Activating the newly loaded database...")
	if err := old.engine.Close(); err != nil {
		b.logf(clamd.LevelVerbose, "closing the previous database: %v", err)
	}
	old = nil
	runtime.GC() // the old database is the largest thing the process holds
	return nil
}

// Close releases the databases. Scans must have ended.
func (b *Backend) Close() error {
	if g := b.current.Load(); g != nil {
		return g.engine.Close()
	}
	return nil
}

// Scan implements clamd.Scanner.
func (b *Backend) Scan(ctx context.Context, o clamd.Object) (clamd.Result, error) {
	for {
		g := b.current.Load()
		res, err := g.scan(ctx, o)
		if errors.Is(err, engine.ErrClosed) && b.current.Load() != g {
			continue // replaced between the look and the scan
		}
		return translate(res), scanError(err)
	}
}

// scan scans o on this generation.
func (g *generation) scan(ctx context.Context, o clamd.Object) (engine.Result, error) {
	s := g.scanners[index(o.AllMatch)][index(o.Raw)]
	info := engine.ObjectInfo{Name: o.Name}
	if o.File == nil {
		return s.ScanBytes(ctx, o.Data, info)
	}
	st, err := o.File.Stat()
	if err != nil {
		return engine.Result{}, err
	}
	return s.Scan(ctx, o.File, st.Size(), info)
}

// index turns a flag into an array index.
func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// translate makes a clamd.Result of an engine's.
func translate(r engine.Result) clamd.Result {
	var out clamd.Result
	for _, m := range r.Matches {
		out.Matches = append(out.Matches, clamd.Match{Name: m.Name, MD5: m.MD5, Size: m.Size})
	}
	for _, l := range r.Limits {
		out.Limits = append(out.Limits, place(l.Name, l.Path))
	}
	for _, f := range r.Facts {
		if f.What == "panic" {
			out.Limits = append(out.Limits, place("internal error "+f.Detail, f.Path))
			continue
		}
		out.Notes = append(out.Notes, place(f.What+" "+f.Detail, f.Path))
	}
	return out
}

// place joins a remark with where it holds inside the object.
func place(what string, path []string) string {
	what = strings.TrimSpace(what)
	if len(path) < 2 {
		return what
	}
	return what + " in " + strings.Join(path[1:], "!")
}

// scanError keeps the errors whose texts the protocol knows.
func scanError(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return &clamd.ScanError{Text: "Can't read file", Err: err}
}

// ErrorText is ClamAV's text for an error of loading.
func ErrorText(err error) string {
	var de *engine.DatabaseError
	switch {
	case errors.As(err, &de) && de.Text != "":
		return de.Text
	case errors.Is(err, engine.ErrBadSignature):
		return "Can't verify database integrity"
	case errors.Is(err, engine.ErrNoDatabase):
		return "Can't open file or directory"
	}
	return err.Error()
}

// logf writes a log line.
func (b *Backend) logf(l clamd.Level, format string, args ...any) {
	if b.Log != nil {
		b.Log(l, fmt.Sprintf(format, args...))
	}
}
