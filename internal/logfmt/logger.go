package logfmt

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Options configures a Logger. The zero value drops everything.
type Options struct {
	Path    string // log file; "" for none
	NoLock  bool   // LogFileUnlock: let others write to the file, too
	Time    bool   // LogTime: date before each line
	MaxSize int64  // LogFileMaxSize in bytes; 0 or less, and config.NoLimit, mean no limit
	Rotate  bool   // LogRotate: rotate without complaint

	Stdout io.Writer // where lines are echoed; nil for nowhere
	Stderr io.Writer // where errors and warnings are echoed; nil means Stdout
	// AllStdout echoes errors and warnings to Stdout (--stdout).
	AllStdout bool
	// Quiet echoes errors only (--quiet).
	Quiet bool
	// Verbose lets Debug records through, to all targets.
	Verbose bool

	Syslog   bool   // LogSyslog
	Facility string // LogFacility, "LOG_LOCAL6" if empty
	Ident    string // syslog's program name, for example "clamd"

	Now func() time.Time // Optional: clock; nil means time.Now
}

// Logger writes records. All methods may be called concurrently, also on nil.
type Logger struct {
	mu   sync.Mutex
	o    Options
	file *file     // nil for none
	sys  sysWriter // nil for none
}

// sysWriter is the part of a syslog connection that is used.
type sysWriter interface {
	Err(string) error
	Warning(string) error
	Info(string) error
	Debug(string) error
	Close() error
}

// OpenError tells why the log is not usable. Text is ClamAV's, without "ERROR: ".
type OpenError struct {
	Text string
	Err  error
}

// Error implements error.
func (e *OpenError) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// Open makes a Logger. With a file or syslog the error is an *OpenError; without
// both there is none.
func Open(o Options) (*Logger, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stderr == nil {
		o.Stderr = o.Stdout
	}
	l := &Logger{o: o}
	if o.Path != "" {
		f, err := openFile(o.Path, !o.NoLock)
		if err != nil {
			return nil, err
		}
		l.file = f
	}
	if o.Syslog {
		w, err := dialSyslog(o.Facility, o.Ident)
		if err != nil {
			l.Close()
			return nil, &OpenError{"LogSyslog: " + err.Error(), err}
		}
		l.sys = w
	}
	return l, nil
}

// Infof logs and echoes.
func (l *Logger) Infof(format string, a ...any) { l.Log(Info, fmt.Sprintf(format, a...)) }

// Warnf logs and echoes with "WARNING: ".
func (l *Logger) Warnf(format string, a ...any) { l.Log(Warning, fmt.Sprintf(format, a...)) }

// Errorf logs and echoes with "ERROR: ".
func (l *Logger) Errorf(format string, a ...any) { l.Log(Error, fmt.Sprintf(format, a...)) }

// Debugf logs and echoes if the logger is verbose.
func (l *Logger) Debugf(format string, a ...any) { l.Log(Debug, fmt.Sprintf(format, a...)) }

// Log writes one record to all targets.
func (l *Logger) Log(lv Level, text string) {
	if l == nil || lv == Debug && !l.o.Verbose {
		return
	}
	l.Echo(lv, text)
	l.Record(lv, text)
}

// Echo writes one record to the terminal streams only.
func (l *Logger) Echo(lv Level, text string) {
	if l == nil || l.o.Quiet && lv != Error {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.o.Stdout
	if (lv == Warning || lv == Error) && !l.o.AllStdout {
		w = l.o.Stderr
	}
	if w != nil {
		_, _ = io.WriteString(w, ConsoleLine(lv, text, l.o.Now(), l.o.Time))
	}
}

// Record writes one record to the file and syslog only. A failing target is
// passed over: nobody could be told.
func (l *Logger) Record(lv Level, text string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.o.Now()
	if l.file != nil {
		if m := l.o.MaxSize; m > 0 && l.file.size > m {
			l.rotate(now)
		}
		l.file.write(FileLine(lv, text, now, l.o.Time))
	}
	if l.sys != nil {
		text = Escape(text)
		switch lv {
		case Error:
			_ = l.sys.Err(text)
		case Warning:
			_ = l.sys.Warning(text)
		case Debug:
			_ = l.sys.Debug(text)
		default:
			_ = l.sys.Info(text)
		}
	}
}

// rotate puts the file aside. If that fails the old one goes on growing: too long a
// log is better than none.
func (l *Logger) rotate(now time.Time) {
	if !l.o.Rotate {
		l.file.write(FileLine(Info, fmt.Sprintf("Log size = %d, max = %d", l.file.size, l.o.MaxSize), now, l.o.Time))
		l.file.write(FileLine(Warning, "Log size limit met but log file rotation turned off. Forcing log file rotation anyways.", now, l.o.Time))
	}
	if l.file.setAside(now) == nil {
		_ = l.file.reopen(!l.o.NoLock)
	}
}

// Reopen opens the file anew by its name, for SIGHUP after an external rotation. On
// error the old file stays in use.
func (l *Logger) Reopen() error {
	if l == nil || l.file == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.reopen(!l.o.NoLock)
}

// Close closes file and syslog. Later records only go to the terminal streams.
func (l *Logger) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	if l.file != nil {
		err = l.file.f.Close()
		l.file = nil
	}
	if l.sys != nil {
		_ = l.sys.Close()
		l.sys = nil
	}
	return err
}
