package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gclam/clamd"
	"gclam/internal/cli"
	"gclam/internal/config"
	"gclam/internal/logfmt"
	"gclam/internal/pathfilter"
	"gclam/internal/quarantine"
	"gclam/internal/softlimit"
)

// Exit codes besides 0.
const (
	exitInfected = 1
	exitError    = 2
	exitPing     = 21
)

func main() {
	softlimit.Keep()
	cli.Main(cli.Command{
		Program: config.Clamdscan, Name: "clamdscan", Title: "Daemon Client", Usage: "[options] [file/directory/-]",
		HelpColumns: [2]int{20, 15},
		Codes:       []int{exitPing}, Version: version, Run: run,
	})
}

// app is one run of the program.
type app struct {
	in    *cli.Invocation
	args  *config.Values // command line
	conf  *config.Values // clamd.conf
	log   *logfmt.Logger
	quar  *quarantine.Quarantine
	skip  pathfilter.List
	start time.Time

	infected, errors, notActed int
}

// newApp reads the configuration; false means that it cannot be used.
func newApp(in *cli.Invocation) (*app, bool) {
	a := &app{in: in, args: in.Values, start: time.Now()}
	path := clamd.FindConfig()
	if in.Values.IsSet("config-file") {
		path = in.Values.String("config-file")
	}
	var err error
	// Warnings about the daemon's file are the daemon's business: filters take
	// what is on stderr for trouble.
	a.conf, _, err = config.ParseFile(path, config.Clamd)
	if err != nil {
		var pe *config.ParseError
		if errors.As(err, &pe) {
			in.Errorf("%s", pe.Text)
		}
		in.Errorf("Can't parse clamd configuration file %s", path)
		return nil, false
	}
	a.skip = pathfilter.New(a.conf.Strings("ExcludePath"))
	return a, true
}

// version asks the daemon; without one it is the program's own.
func version(ctx context.Context, in *cli.Invocation) string {
	own := "ClamAV " + cli.Compatibility
	a, ok := newApp(in)
	if !ok || !a.openLog() {
		return own
	}
	c, err := a.connect(ctx)
	if err != nil {
		return own
	}
	defer func() { _ = c.Close() }()
	c.Timeout = pingTimeout
	v, err := c.Version()
	if err != nil {
		return own
	}
	return v
}

// openLog opens the output of lines.
func (a *app) openLog() bool {
	path := a.args.String("LogFile")
	log, err := logfmt.Open(logfmt.Options{
		Path: path, NoLock: a.conf.Bool("LogFileUnlock"),
		Stdout: a.in.Out, Stderr: a.in.Err,
		AllStdout: a.args.Bool("stdout"), Quiet: a.args.Bool("quiet"), Verbose: a.args.Bool("verbose"),
	})
	if err != nil {
		_, _ = fmt.Fprintf(a.in.Out, "ERROR: %v\n", err)
		a.in.Errorf("Problem with internal logger.")
		return false
	}
	a.log = log
	return true
}

// run does what the command line asks for.
func run(ctx context.Context, in *cli.Invocation) int {
	a, ok := newApp(in)
	if !ok || !a.openLog() {
		return exitError
	}
	defer func() { _ = a.log.Close() }()
	if a.args.String("LogFile") != "" {
		a.log.Infof("--------------------------------------")
	}
	if a.args.IsSet("ping") && !a.args.Bool("wait") {
		return a.ping(ctx)
	}
	if a.args.Bool("wait") && !a.wait(ctx) {
		a.log.Infof("Wait timeout exceeded; Could not connect to clamd")
		return exitPing
	}
	if a.args.Bool("reload") {
		return a.reload(ctx)
	}
	if !a.openQuarantine() {
		return exitError
	}
	defer func() { _ = a.quar.Close() }()
	a.start = time.Now()
	a.targets(ctx)
	if !a.args.Bool("no-summary") {
		a.summary()
	}
	switch {
	case a.infected > 0:
		return exitInfected
	case a.errors > 0:
		return exitError
	}
	return 0
}

// openQuarantine prepares --move, --copy or --remove.
func (a *app) openQuarantine() bool {
	action, dir := quarantine.None, ""
	switch {
	case a.args.IsSet("move"):
		action, dir = quarantine.Move, a.args.String("move")
	case a.args.IsSet("copy"):
		action, dir = quarantine.Copy, a.args.String("copy")
	case a.args.Bool("remove"):
		action = quarantine.Remove
	}
	q, err := quarantine.Open(action, dir)
	if err != nil {
		var se *quarantine.SetupError
		if errors.As(err, &se) && se.Stdout {
			a.log.Infof("%s", se.Text)
		} else {
			a.log.Errorf("%v", err)
		}
		return false
	}
	a.quar = q
	if action != quarantine.None && a.args.Bool("allmatch") {
		a.log.Warnf("--allmatch is ignored when quarantine actions are enabled.")
	}
	return true
}

// targets scans what the command line names.
func (a *app) targets(ctx context.Context) {
	names := a.in.Args
	if list := a.args.String("file-list"); list != "" {
		if len(names) > 0 {
			a.log.Warnf("Only scanning files from --file-list (files passed at cmdline are ignored)")
		}
		a.fileList(ctx, list)
		return
	}
	switch {
	case len(names) == 0:
		names = []string{""}
	case len(names) == 1 && names[0] == "-":
		a.stdin(ctx)
		return
	}
	for _, n := range names {
		if n == "-" {
			a.log.Errorf("Scanning from standard input requires \"-\" to be the only file argument")
			continue
		}
		a.argument(ctx, n)
	}
}

// reload makes the daemon read its databases again.
func (a *app) reload(ctx context.Context) int {
	c, err := a.connect(ctx)
	if err != nil {
		return exitError
	}
	defer func() { _ = c.Close() }()
	if err := c.Reload(); err != nil {
		a.log.Errorf("Clamd did not reload the database")
		return exitError
	}
	return 0
}

// absolute returns the path as the daemon is to see it. ".." is resolved in the
// file system, because behind a symbolic link the text would mislead.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if !slices.Contains(strings.Split(path, "/"), "..") {
		return abs
	}
	if !filepath.IsAbs(path) {
		path = filepath.Dir(absolute("x")) + "/" + path
	}
	dir, base := filepath.Split(strings.TrimRight(path, "/"))
	if base == ".." || base == "." {
		dir, base = path, ""
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return abs
	}
	return filepath.Join(real, base)
}
