package update

import (
	"errors"
	"fmt"
)

// Code is a freshclam exit status.
type Code int

// The exit statuses that runs end with; the numbers are freshclam's.
const (
	OK           Code = 0
	UpToDate     Code = 1
	InitFailed   Code = 2
	BadDirectory Code = 3
	BadFile      Code = 4
	NoConnection Code = 5
	EmptyFile    Code = 6
	BadCVD       Code = 7
	TestFailed   Code = 8
	BadConfig    Code = 9
	DirAccess    Code = 10
	GetFailed    Code = 11
	NotInSync    Code = 12
	LogFailed    Code = 13
	UpdateFailed Code = 14
	NoMemory     Code = 15
	BadArgument  Code = 16
	Forbidden    Code = 17
	RetryLater   Code = 18
	Failed       Code = 19
)

// String returns freshclam's text for the status.
func (c Code) String() string {
	texts := [...]string{
		"Success", "Up-to-date", "Failed to initialize", "Invalid, nonexistent, or inaccessible directory",
		"Invalid, nonexistent, or inaccessible file", "Connection failed", "Empty file",
		"Invalid or corrupted CVD/CLD database", "Test failed", "Invalid configuration settings(s)",
		"Failed to read/write file to database directory", "HTTP GET failed",
		"Downloaded database had lower version than advertised", "Failed to write to log",
		"Failed to update database", "Memory allocation error", "Invalid argument(s)",
		"Forbidden; Blocked by CDN", "Too many requests; Retry later",
	}
	if c < 0 || int(c) >= len(texts) {
		return "Unknown error code"
	}
	return texts[c]
}

// Error is a failed update.
type Error struct {
	Code Code
	Err  error // cause; may be nil
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code.String()
	}
	return fmt.Sprintf("%s: %v", e.Code, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the status of an error of this package; Failed for others.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &e):
		return e.Code
	}
	return Failed
}

func fail(c Code, err error) error { return &Error{c, err} }
