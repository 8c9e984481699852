package clamd

import (
	"context"
	"os"
)

// Scanner decides about single objects. The server calls it from several
// goroutines at once; ctx ends when the client has gone, the server stops, or the
// scan's time is over. Implementations may hand the object to another process:
// they get nothing but a descriptor or bytes, a name and a deadline.
type Scanner interface {
	// Scan judges o, which stays valid until it returns. The error is non-nil only
	// if the object could not be scanned; it is answered as "NAME: TEXT ERROR" with
	// the error's text, or the text of a *[ScanError].
	Scan(ctx context.Context, o Object) (Result, error)
}

// Object is what is to be scanned: File or, when that is nil, Data.
type Object struct {
	Name     string   // for reports and name signatures: a path, or "instream(local)"
	File     *os.File // opened for reading; its offset has no meaning
	Data     []byte   // must not be changed
	AllMatch bool     // report every matching signature
	Raw      bool     // do not unpack archives and mail (RAWSCAN)
}

// Result is what a scan found.
type Result struct {
	Matches []Match  // none: clean
	Limits  []string // limits that kept it from being looked at in full: "MaxScanTime"; logged, not answered
	Notes   []string // other remarks: "encrypted: a.zip"; logged when verbose
}

// Match is one signature that fired.
type Match struct {
	Name string // as printed, without spaces
	MD5  string // hex digest of the object that matched; "" if unknown
	Size int64  // its bytes
}

// ScanError is an error whose text is meant for the client.
type ScanError struct {
	Text string // without " ERROR": "Can't read file"
	Err  error  // cause, for the log
}

// Error implements error.
func (e *ScanError) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *ScanError) Unwrap() error { return e.Err }

// Level is the importance of a log line.
type Level uint8

// The levels of log lines, as the reference prefixes and filters them.
const (
	LevelVerbose Level = iota // only with LogVerbose
	LevelInfo
	LevelWarning
	LevelError
)
