package logfmt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// Level is the weight of a record.
type Level uint8

// The levels.
const (
	Info Level = iota
	Warning
	Error
	Debug // written as Info is, without a word in front; to syslog as debug
)

// prefix is the word before the text.
func (l Level) prefix() string {
	switch l {
	case Warning:
		return "WARNING: "
	case Error:
		return "ERROR: "
	}
	return ""
}

// CTime formats t like ctime(3), without its newline: "Mon Nov 23 23:47:29 2026".
func CTime(t time.Time) string { return t.Format(time.ANSIC) }

// FileLine is a record as the log file holds it: date, word, text.
func FileLine(l Level, text string, at time.Time, withTime bool) string {
	if withTime {
		return CTime(at) + " -> " + l.prefix() + Escape(text) + "\n"
	}
	return l.prefix() + Escape(text) + "\n"
}

// ConsoleLine is a record as the terminal shows it: word, date, text (observed:
// freshclam and clamd 1.4.6 with LogTime). Bytes that are no UTF-8 stay, because
// scripts need the names of files as they are.
func ConsoleLine(l Level, text string, at time.Time, withTime bool) string {
	if withTime {
		return l.prefix() + CTime(at) + " -> " + escape(text, true) + "\n"
	}
	return l.prefix() + escape(text, true) + "\n"
}

// Escape replaces control characters and bytes that are no UTF-8 by \n, \t, \r or
// \xNN, so that the text stays on one line and no terminal obeys it.
func Escape(s string) string { return escape(s, false) }

// EscapeControl is Escape that leaves bytes above 0x7f alone.
func EscapeControl(s string) string { return escape(s, true) }

func escape(s string, keepHigh bool) string {
	if clean(s, keepHigh) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f || r == utf8.RuneError && n == 1 && !keepHigh:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func clean(s string, keepHigh bool) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return false
		}
	}
	return keepHigh || utf8.ValidString(s)
}

// Reason is strerror's text for err's cause, as C programs print it: "No such file
// or directory". Other errors give their own text.
func Reason(err error) string {
	var no syscall.Errno
	switch {
	case errors.As(err, &no):
		return capital(no.Error())
	case errors.Is(err, fs.ErrNotExist):
		return "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		return "Permission denied"
	}
	var pe *os.PathError
	if errors.As(err, &pe) {
		return capital(pe.Err.Error())
	}
	return err.Error()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
