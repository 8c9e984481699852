package main

import (
	"fmt"

	"gclam/clamd"
	"gclam/internal/logfmt"
)

// infof, warnf and errorf write a line to the log and the terminal.
func (d *daemon) infof(format string, a ...any) { d.log.Log(logfmt.Info, fmt.Sprintf(format, a...)) }

func (d *daemon) warnf(format string, a ...any) { d.log.Log(logfmt.Warning, fmt.Sprintf(format, a...)) }

func (d *daemon) errorf(format string, a ...any) { d.log.Log(logfmt.Error, fmt.Sprintf(format, a...)) }

// verbosef writes a line if LogVerbose is set.
func (d *daemon) verbosef(format string, a ...any) {
	d.log.Log(logfmt.Debug, fmt.Sprintf(format, a...))
}

// banner writes a line of the start, which the terminal sees only if there is no
// other place for it.
func (d *daemon) banner(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	if d.quiet.Load() {
		d.log.Record(logfmt.Info, text)
		return
	}
	d.log.Log(logfmt.Info, text)
}

// serverLog writes the lines of the protocol server.
func (d *daemon) serverLog(l clamd.Level, text string) {
	level := logfmt.Info
	switch l {
	case clamd.LevelVerbose:
		level = logfmt.Debug
	case clamd.LevelWarning:
		level = logfmt.Warning
	case clamd.LevelError:
		level = logfmt.Error
	}
	d.log.Log(level, text)
}

// knownFacility tells whether name is a facility of syslog(3).
func knownFacility(name string) bool {
	switch name {
	case "LOG_AUTH", "LOG_AUTHPRIV", "LOG_CRON", "LOG_DAEMON", "LOG_FTP", "LOG_KERN", "LOG_LPR", "LOG_MAIL",
		"LOG_NEWS", "LOG_SYSLOG", "LOG_USER", "LOG_UUCP", "LOG_LOCAL0", "LOG_LOCAL1", "LOG_LOCAL2", "LOG_LOCAL3",
		"LOG_LOCAL4", "LOG_LOCAL5", "LOG_LOCAL6", "LOG_LOCAL7":
		return true
	}
	return false
}
