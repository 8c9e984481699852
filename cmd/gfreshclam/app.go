package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"gclam/cvd"
	"gclam/cvd/update"
	"gclam/internal/cli"
	"gclam/internal/config"
	"gclam/internal/logfmt"
)

// app is one run of the program.
type app struct {
	in      *cli.Invocation
	v       *config.Values // command line over file
	file    string         // configuration file; "" when built-in defaults are used
	log     *logfmt.Logger
	up      *update.Updater
	pidFile string // written by us

	notifyFile string // clamd.conf to read, absolute
}

const codeInit = int(update.InitFailed)

// configure reads the configuration file. A missing default file means built-in
// defaults: freshclam needed no file when the first installation guides were
// written. One that was named must exist.
func (a *app) configure() (code int, stop bool) {
	args := a.in.Values
	path := args.String("config-file")
	file, warns, err := config.ParseFile(path, config.Freshclam)
	if errors.Is(err, fs.ErrNotExist) && !args.IsSet("config-file") {
		a.v = args
		return 0, false
	}
	for _, w := range warns {
		a.in.Warnf("%s", w.Text)
	}
	if err != nil {
		var pe *config.ParseError
		if errors.As(err, &pe) {
			a.in.Errorf("%s", pe.Text)
		}
		a.in.Errorf("Can't open/parse the config file %s", path)
		return codeInit, true
	}
	a.file = path
	a.v = config.Merge(args, file)
	return 0, false
}

// path is a file option as an absolute path: a daemon leaves the directory in
// which relative ones were meant.
func (a *app) path(option string) string {
	p := a.v.String(option)
	if p == "" {
		return ""
	}
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return p
}

// start opens the log, gives up privileges and prepares the updater.
func (a *app) start() int {
	if code := a.checkProxySecret(); code != 0 {
		return code
	}
	if err := a.makeDirectory(); err != nil {
		a.in.Errorf("Can't create database directory: %v", err)
		return a.initFailed()
	}
	if code := a.openLog(); code != 0 {
		return code
	}
	if err := a.writePid(); err != nil {
		a.log.Errorf("Can't save PID to file %s: %s", a.v.String("PidFile"), logfmt.Reason(err))
		return a.initFailed()
	}
	if code := a.dropPrivileges(); code != 0 {
		return code
	}
	if !a.checkWritable() {
		return a.initFailed()
	}
	a.notifyFile = a.path("NotifyClamd")
	conf, err := a.settings()
	if err != nil {
		return int(update.CodeOf(err))
	}
	if a.up, err = update.New(conf); err != nil {
		a.log.Errorf("%v", err)
		return a.initFailed()
	}
	return 0
}

func (a *app) initFailed() int {
	a.in.Errorf("Initialization error!")
	a.close()
	return codeInit
}

func (a *app) close() {
	if a.pidFile != "" {
		_ = os.Remove(a.pidFile)
		a.pidFile = ""
	}
	_ = a.log.Close()
}

// once is a single run, as cron jobs do it.
func (a *app) once(ctx context.Context) int {
	ctx, stop := signal.NotifyContext(ctx, endSignals()...)
	defer stop()
	rep, err := a.up.Run(ctx)
	if ctx.Err() != nil {
		a.log.Infof("Update process terminated")
		return 0
	}
	code := a.finish(rep, err)
	return a.hooks(rep, err, code)
}

// finish logs the end of a run and tells clamd.
func (a *app) finish(rep update.Report, err error) int {
	if len(rep.Updated) > 0 {
		a.notify()
	}
	if err == nil {
		return 0
	}
	if errors.Is(err, update.ErrLocked) {
		a.log.Errorf("%v", err)
	}
	code := update.CodeOf(err)
	a.log.Errorf("Database update process failed: %s", code)
	a.log.Errorf("Update failed.")
	return int(code)
}

// versionLine is "ClamAV 1.4.6/27000/Tue Sep 11 12:46:00 2001" with a daily
// database, else the version only.
func versionLine(_ context.Context, in *cli.Invocation) string {
	line := "ClamAV " + cli.Compatibility
	a := &app{in: in, v: in.Values}
	if file, _, err := config.ParseFile(in.Values.String("config-file"), config.Freshclam); err == nil {
		a.v = config.Merge(in.Values, file)
	}
	var newest cvd.Header
	for _, name := range []string{"daily.cvd", "daily.cld"} {
		f, err := os.Open(filepath.Join(a.v.String("DatabaseDirectory"), name))
		if err != nil {
			continue
		}
		h, err := cvd.ReadHeader(f)
		_ = f.Close()
		if err == nil && h.Version > newest.Version {
			newest = h
		}
	}
	if newest.Version == 0 {
		return line
	}
	return fmt.Sprintf("%s/%d/%s", line, newest.Version, newest.Created.Local().Format(time.ANSIC))
}
