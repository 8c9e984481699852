package cvd

import (
	"errors"
	"fmt"
)

// The decisions a caller can take about a refused container. Errors of this
// package wrap one of them, and their text after the colon says why. I/O errors
// of the underlying reader wrap none of them.
var (
	// ErrNotCVD: no parsable header.
	ErrNotCVD = errors.New("Broken or not a CVD file") //nolint:staticcheck // ClamAV's text
	// ErrSignature: the signature over the whole container is missing or wrong.
	ErrSignature = errors.New("Can't verify database integrity") //nolint:staticcheck // ClamAV's text
	// ErrMalformed: the container contradicts itself or its signed list.
	ErrMalformed = errors.New("Malformed database") //nolint:staticcheck // ClamAV's text
)

// Error is a refusal: one of the sentinels and the detail in ClamAV's words.
type Error struct {
	Kind   error  // ErrNotCVD, ErrSignature or ErrMalformed
	Detail string // "Not a CVD file", "Corrupted CVD header", "Invalid checksum for file test.ndb"
}

// Error implements error.
func (e *Error) Error() string { return e.Kind.Error() + ": " + e.Detail }

// Unwrap returns the sentinel.
func (e *Error) Unwrap() error { return e.Kind }

func notCVD(detail string) error { return &Error{ErrNotCVD, detail} }

func badSignature(format string, a ...any) error {
	return &Error{ErrSignature, fmt.Sprintf(format, a...)}
}

func malformed(format string, a ...any) error {
	return &Error{ErrMalformed, fmt.Sprintf(format, a...)}
}
