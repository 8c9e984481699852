package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"gclam/cvd/update"
	"gclam/internal/logfmt"
)

const dashes = "--------------------------------------"

// openLog opens UpdateLogFile and the terminal. It happens as root, so that a log
// in a directory of root's works for a daemon of another user.
func (a *app) openLog() int {
	v := a.v
	o := logfmt.Options{
		Path: a.path("UpdateLogFile"), Time: v.Bool("LogTime"), MaxSize: v.Size("LogFileMaxSize"), Rotate: v.Bool("LogRotate"),
		Stdout: a.in.Out, Stderr: a.in.Err, AllStdout: v.Bool("stdout"), Quiet: v.Bool("quiet"),
		Verbose: v.Bool("verbose") || v.Bool("LogVerbose") || v.Bool("debug"),
		Syslog:  v.Bool("LogSyslog"), Facility: v.String("LogFacility"), Ident: "freshclam",
	}
	l, err := logfmt.Open(o)
	if err != nil {
		a.logFailed(v.String("UpdateLogFile"), err)
		return codeInit
	}
	a.log = l
	if o.Path != "" {
		giveLog(o.Path, v.String("DatabaseOwner"))
		l.Record(logfmt.Info, dashes)
	}
	return 0
}

func (a *app) logFailed(path string, err error) {
	var oe *logfmt.OpenError
	if errors.As(err, &oe) {
		a.errorTo(a.in.Out, oe.Text) // observed: this one line goes to stdout
	}
	a.in.Errorf("Problem with internal logger (UpdateLogFile = %s).", path)
	a.in.Errorf("initialize: libfreshclam init failed.")
	a.in.Errorf("Initialization error!")
}

func (a *app) errorTo(w io.Writer, text string) { fmt.Fprintf(w, "ERROR: %s\n", text) }

// write is the updater's log.
func (a *app) write(l update.Level, text string) {
	switch l {
	case update.ErrorLevel:
		a.log.Log(logfmt.Error, text)
	case update.Warning:
		if !a.v.Bool("no-warnings") {
			a.log.Log(logfmt.Warning, text)
		}
	case update.Debug:
		a.log.Log(logfmt.Debug, text)
	default:
		a.log.Log(logfmt.Info, text)
	}
}

// say prints a line that comes before the log is open.
func (a *app) say(format string, args ...any) {
	if !a.v.Bool("quiet") {
		fmt.Fprintln(a.in.Out, strings.TrimRight(fmt.Sprintf(format, args...), "\n"))
	}
}
