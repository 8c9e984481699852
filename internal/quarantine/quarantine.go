package quarantine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Action says what becomes of an infected file.
type Action uint8

// The actions.
const (
	None Action = iota
	Move
	Copy
	Remove
)

// Verb completes "Can't … file".
func (a Action) Verb() string {
	return [...]string{"touch", "move", "copy", "remove"}[a&3]
}

// maxNames is how many names are tried in the destination: NAME, NAME.001 …
const maxNames = 1000

// ErrChanged: the directory entry is not the scanned file any more.
var ErrChanged = errors.New("file was changed or replaced since it was scanned")

// SetupError is a destination that cannot be used. ClamAV prints some of these texts
// to stdout without a prefix.
type SetupError struct {
	Text   string
	Stdout bool // print Text as it is to stdout; else with "ERROR: " to stderr
}

// Error implements error.
func (e *SetupError) Error() string { return e.Text }

// ActError is a file that could not be acted on. Text is a line for stdout, before
// the line "ERROR: Can't move file 'PATH'".
type ActError struct {
	Text string
	Err  error
}

// Error implements error.
func (e *ActError) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *ActError) Unwrap() error { return e.Err }

// File is one infected file.
type File struct {
	F    *os.File    // as scanned
	Info os.FileInfo // F's state before the scan
	Path string      // as printed
	Real string      // absolute, without links
}

// label is how messages name the file.
func (f *File) label() string {
	if f.Real == f.Path {
		return f.Path
	}
	return fmt.Sprintf("%s (real path: '%s')", f.Path, f.Real)
}

// Quarantine carries out one action. Use it from one goroutine at a time.
type Quarantine struct {
	action Action
	dir    string // absolute, without links
	dest   destination
}

// Open prepares an action; dir is the destination of Move and Copy. The error is a
// *SetupError.
func Open(a Action, dir string) (*Quarantine, error) {
	q := &Quarantine{action: a}
	if a != Move && a != Copy {
		return q, nil
	}
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return nil, &SetupError{"action_setup: Failed to get realpath of " + dir, true}
	}
	if st, err := os.Stat(abs); err != nil || !st.IsDir() {
		return nil, &SetupError{fmt.Sprintf("'%s' doesn't exist or is not a directory", dir), false}
	}
	q.dir = abs
	if q.dest, err = openDestination(abs); err != nil {
		return nil, err
	}
	return q, nil
}

// Action returns what the quarantine does.
func (q *Quarantine) Action() Action {
	if q == nil {
		return None
	}
	return q.action
}

// Close releases the destination.
func (q *Quarantine) Close() error {
	if q == nil || q.dir == "" {
		return nil
	}
	return q.dest.close()
}

// Act does what the quarantine is for and returns the line that says so. The error
// is an *ActError.
func (q *Quarantine) Act(f *File) (string, error) {
	switch q.Action() {
	case Move:
		name, err := q.move(f)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s: moved to '%s'", f.label(), filepath.Join(q.dir, name)), nil
	case Copy:
		name, err := q.copy(f)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s: copied to '%s'", f.label(), filepath.Join(q.dir, name)), nil
	case Remove:
		if err := remove(f); err != nil {
			return "", err
		}
		return f.label() + ": Removed.", nil
	}
	return "", nil
}

// target is the i-th name tried for base.
func target(base string, i int) string {
	if i == 0 {
		return base
	}
	return fmt.Sprintf("%s.%03d", base, i)
}

// unchanged tells whether now describes the state that was scanned.
func unchanged(scanned, now os.FileInfo) bool {
	return os.SameFile(scanned, now) && scanned.Size() == now.Size() && scanned.ModTime().Equal(now.ModTime())
}
