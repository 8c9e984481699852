package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gclam/cvd"
	"gclam/engine"
	"gclam/internal/cli"
	"gclam/internal/config"
	"gclam/internal/logfmt"
	"gclam/internal/scanopt"
)

// database is what a scan needs of the engine; tests put a fake in its place.
type database interface {
	Scan(ctx context.Context, r io.ReaderAt, size int64, o engine.ObjectInfo) (engine.Result, error)
	ScanReader(ctx context.Context, r io.Reader, o engine.ObjectInfo) (engine.Result, error)
	Signatures() int
	Close() error
}

// loader makes a database from paths, or the built-in one from none.
type loader interface {
	load(ctx context.Context, paths []string, lo engine.LoadOptions, so engine.Options) (database, error)
}

// engineLoader loads the real engine.
type engineLoader struct{}

// loaded is an engine with one scanner on it.
type loaded struct {
	*engine.Engine
	*engine.Scanner
}

// Close closes the engine.
func (l loaded) Close() error { return l.Engine.Close() }

func (engineLoader) load(ctx context.Context, paths []string, lo engine.LoadOptions, so engine.Options) (database, error) {
	var e *engine.Engine
	var err error
	maxAge := lo.MaxAge
	lo.MaxAge = 0 // judged below, by the newest container
	if len(paths) == 0 {
		e, err = engine.LoadEmbedded(ctx, lo)
	} else {
		e, err = engine.LoadPaths(ctx, paths, lo)
	}
	if err != nil {
		return nil, err
	}
	s, err := e.NewScanner(so)
	if err == nil {
		err = scanopt.CheckAge(e.Databases(), maxAge, time.Now())
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return loaded{e, s}, nil
}

// message is one line of the loader, kept until it is known to matter.
type message struct {
	level slog.Level
	text  string
}

// loadDatabase loads what -d names, or the default directory. Without any database
// in the default directory it falls back to the built-in test signature.
func (a *app) loadDatabase(ctx context.Context, l loader, lo engine.LoadOptions, so engine.Options) error {
	var kept []message
	lo.Message = func(level slog.Level, text string) { kept = append(kept, message{level, text}) }
	bar := newBars(a)
	lo.Progress = bar.report
	db, err := l.load(ctx, a.v.Strings("database"), lo, so)
	if errors.Is(err, engine.ErrNoDatabase) && !a.v.IsSet("database") && !lo.OfficialOnly {
		kept = nil
		a.log.Warnf("No virus database in %s: only the EICAR test file will be found. Run gfreshclam to install the real databases.",
			a.v.String("database"))
		db, err = l.load(ctx, nil, lo, so)
	}
	for _, m := range kept {
		a.libraryLine(m)
	}
	if err != nil {
		bar.abort()
		return err
	}
	a.db = db
	bar.finish(db.Signatures())
	return nil
}

// libraryLine prints a line of the engine as the reference's library would.
func (a *app) libraryLine(m message) {
	switch {
	case m.level >= slog.LevelError:
		fmt.Fprintf(a.in.Err, "LibClamAV Error: %s\n", logfmt.EscapeControl(m.text))
	case m.level >= slog.LevelWarn:
		fmt.Fprintf(a.in.Err, "LibClamAV Warning: %s\n", logfmt.EscapeControl(m.text))
	case a.v.Bool("debug"):
		fmt.Fprintf(a.in.Err, "LibClamAV debug: %s\n", logfmt.EscapeControl(m.text))
	}
}

// databaseText is ClamAV's text for a failed load.
func databaseText(err error, maxAge time.Duration) string {
	var de *engine.DatabaseError
	switch {
	case errors.Is(err, engine.ErrTooOld):
		return fmt.Sprintf("Virus database is older than %d days!", int(maxAge/(24*time.Hour)))
	case errors.As(err, &de) && de.Text != "":
		return de.Text
	case errors.Is(err, engine.ErrBadSignature):
		return "Can't verify database integrity"
	case errors.Is(err, fs.ErrNotExist):
		return "Can't get file status"
	case errors.Is(err, engine.ErrNoDatabase):
		return "Can't open file or directory"
	}
	return err.Error()
}

// version is the line of --version: with number and date of the daily database, if
// the database directory has one.
func version(_ context.Context, in *cli.Invocation) string {
	s := "ClamAV " + cli.Compatibility
	dir := in.Values.String("database")
	best := cvd.Header{}
	for _, name := range []string{"daily.cvd", "daily.cld"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if h, err := cvd.ReadHeader(f); err == nil && h.Version > best.Version {
			best = h
		}
		f.Close()
	}
	if best.Version > 0 {
		s += fmt.Sprintf("/%d/%s", best.Version, logfmt.CTime(best.Created.Local()))
	}
	return s
}

// engineOptions collects loader's and scanner's options from the command line.
func engineOptions(v *config.Values, errs io.Writer) (engine.LoadOptions, engine.Options, error) {
	lo, err := scanopt.Load(v)
	if err != nil {
		return lo, engine.Options{}, err
	}
	so, err := scanopt.Scan(v)
	if v.Bool("debug") {
		lg := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelDebug}))
		lo.Logger, so.Logger = lg, lg
	}
	return lo, so, err
}
