package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"gclam/engine"
	"gclam/internal/cli"
	"gclam/internal/config"
	"gclam/internal/logfmt"
	"gclam/internal/quarantine"
)

// app is one run of the program.
type app struct {
	in    *cli.Invocation
	v     *config.Values
	log   *logfmt.Logger
	db    database
	quar  *quarantine.Quarantine
	walk  walkOptions
	json  *jsonReport // nil without --json
	live  *progress   // nil unless shown
	inner *inside     // nil without --archive-verbose
	count counters
	known int  // signatures read before a load failed
	bad   bool // something could not be scanned: exit code 2 unless infected
	start time.Time
}

// counters feed the summary.
type counters struct {
	dirs, files, infected, errors int
	notActed                      int
	scanned, read                 int64 // bytes
}

// run is the program behind the command line. It returns the exit code.
func run(ctx context.Context, in *cli.Invocation, l loader) int {
	a := &app{in: in, v: in.Values, start: time.Now()}
	if code := a.openLog(); code != 0 {
		return code
	}
	defer a.log.Close()
	if code := a.prepare(); code != 0 {
		return code
	}
	defer a.quar.Close()
	lo, so, err := engineOptions(a.v, in.Err)
	if err != nil {
		a.log.Errorf("%v", err)
		a.summary()
		return cli.ExitError
	}
	so.Observer = a.observer()
	if err := a.loadDatabase(ctx, l, lo, so); err != nil {
		a.log.Errorf("%s", databaseText(err, lo.MaxAge))
		if de, ok := errors.AsType[*engine.DatabaseError](err); ok {
			a.known = de.Signatures
		}
		a.summary()
		return cli.ExitError
	}
	defer a.db.Close()
	a.live = newProgress(a)
	code := a.targets(ctx)
	a.live.stop()
	a.summary()
	switch {
	case code != 0:
		return code
	case a.count.infected > 0:
		return 1
	case a.bad || a.count.errors > 0 || ctx.Err() != nil:
		return cli.ExitError
	}
	return 0
}

// openLog sets up where lines go. A log that cannot be opened is announced on
// stdout and stderr, as in the reference.
func (a *app) openLog() int {
	o := logfmt.Options{
		Path:      a.v.String("LogFile"),
		Stdout:    a.in.Out,
		Stderr:    a.in.Err,
		AllStdout: a.v.Bool("stdout"),
		Quiet:     a.v.Bool("quiet"),
		Verbose:   a.v.Bool("verbose"),
	}
	if a.v.Bool("json") {
		only := a.v.Bool("infected")
		a.json = &jsonReport{w: a.in.Out, quiet: o.Quiet, infectedOnly: only, suppressOK: only || a.v.Bool("suppress-ok-results")}
		o.Stdout, o.AllStdout = nil, false
	}
	var err error
	if a.log, err = logfmt.Open(o); err != nil {
		fmt.Fprintf(a.in.Out, "ERROR: %v\n", err)
		a.in.Errorf("Problem with internal logger.")
		return cli.ExitError
	}
	if o.Path != "" {
		a.log.Record(logfmt.Info, "")
		a.log.Record(logfmt.Info, strings.Repeat("-", 79))
		a.log.Record(logfmt.Info, "")
	}
	return 0
}

// prepare checks what must hold before the databases are loaded.
func (a *app) prepare() int {
	for _, name := range []string{"follow-dir-symlinks", "follow-file-symlinks"} {
		if a.v.Int(name) > followAlways {
			a.log.Errorf("--%s: Invalid argument", name)
			return cli.ExitError
		}
	}
	a.walk = newWalkOptions(a.v)
	action, dir := quarantine.None, ""
	switch {
	case a.v.IsSet("move"):
		action, dir = quarantine.Move, a.v.String("move")
	case a.v.IsSet("copy"):
		action, dir = quarantine.Copy, a.v.String("copy")
	case a.v.Bool("remove"):
		action = quarantine.Remove
	}
	var err error
	if a.quar, err = quarantine.Open(action, dir); err != nil {
		var se *quarantine.SetupError
		if errors.As(err, &se) && se.Stdout {
			a.log.Infof("%s", se.Text)
		} else {
			a.log.Errorf("%v", err)
		}
		return cli.ExitError
	}
	return 0
}

// targets scans what the command line names; a code other than 0 ends the program.
func (a *app) targets(ctx context.Context) int {
	if list := a.v.String("file-list"); list != "" {
		if len(a.in.Args) > 0 {
			a.log.Warnf("Only scanning files from --file-list (files passed at cmdline are ignored)")
		}
		return a.fileList(ctx, list)
	}
	args := a.in.Args
	if len(args) == 0 {
		cwd, err := os.Getwd()
		if err != nil {
			a.log.Errorf("Can't get absolute pathname of current working directory")
			return cli.ExitError
		}
		args = []string{cwd}
	}
	for _, p := range args {
		if ctx.Err() != nil {
			break
		}
		a.argument(ctx, p)
	}
	return 0
}
