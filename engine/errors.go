package engine

import (
	"errors"
	"fmt"
)

// Errors of Load, to be tested with errors.Is.
var (
	// ErrNoDatabase: the path does not exist or holds no database file.
	ErrNoDatabase = errors.New("no supported database files")
	// ErrBadSignature: a container's digital signature does not verify.
	ErrBadSignature = errors.New("can't verify database integrity")
	// ErrTooOld: the databases are older than LoadOptions.MaxAge.
	ErrTooOld = errors.New("virus database is too old")
	// ErrClosed: the engine was closed.
	ErrClosed = errors.New("engine is closed")
)

// DatabaseError tells which file, and where known which line, stopped a load.
type DatabaseError struct {
	Path string // file, or "daily.cvd:daily.ndb" for a member
	Line int    // 1-based; 0 if not applicable
	// Text is ClamAV's text for the error: "Malformed database", "Can't get file
	// status", "Can't open file or directory", "Broken or not a CVD file",
	// "Can't verify database integrity".
	Text string
	// Signatures is how many were loaded from the files before this one.
	Signatures int
	Err        error // cause
}

// Error implements error.
func (e *DatabaseError) Error() string {
	s := e.Path
	if e.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, e.Line)
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", s, e.Text, e.Err)
	}
	return s + ": " + e.Text
}

// Unwrap returns the cause.
func (e *DatabaseError) Unwrap() error { return e.Err }
