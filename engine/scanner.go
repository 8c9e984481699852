package engine

import (
	"context"
	"errors"
	"io"
)

// ObjectInfo is what the caller knows about an object. The zero value is fine.
type ObjectInfo struct {
	Name string // used for file-name signatures and in reports
	Key  string // stable identity for the verdict cache; "" means content hash
}

// Scanner scans objects. It is safe for concurrent use.
type Scanner struct{}

// Scan scans size bytes of r. r may be read from several goroutines and more
// than once.
//
// The error is non-nil only if the scan could not be carried out: r failed or
// ctx ended. Damaged, encrypted or oversized objects are not errors; see
// Result.Facts and Result.Limits. On error the Result still holds what was found.
func (s *Scanner) Scan(ctx context.Context, r io.ReaderAt, size int64, o ObjectInfo) (Result, error) {
	return Result{}, errors.New("not yet")
}

// ScanBytes is Scan over memory, which must not change until it returns.
func (s *Scanner) ScanBytes(ctx context.Context, b []byte, o ObjectInfo) (Result, error) {
	return Result{}, errors.New("not yet")
}

// ScanFile opens and scans a regular file.
func (s *Scanner) ScanFile(ctx context.Context, path string) (Result, error) {
	return Result{}, errors.New("not yet")
}

// ScanReader reads r to its end and scans what came; beyond
// Options.SpoolThreshold it spools to a temporary file.
func (s *Scanner) ScanReader(ctx context.Context, r io.Reader, o ObjectInfo) (Result, error) {
	return Result{}, errors.New("not yet")
}
