// Package format defines the seam between the walk and the container parsers:
// an Unpacker takes one object apart and hands what it finds to a Sink.
package format

import (
	"context"
	"io"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Unpacker takes one container apart. Implementations hold no state between
// calls, never open files, and read the object only through in.
//
// A damaged container is normal: emit what can be read, report a Fact, return
// nil. Errors are for I/O and for limit.ErrStop only; a panic is contained by
// the caller and costs only this object.
type Unpacker interface {
	Unpack(ctx context.Context, in input.View, b *limit.Budget, out Sink) error
}

// Func adapts a function to an Unpacker.
type Func func(ctx context.Context, in input.View, b *limit.Budget, out Sink) error

// Unpack implements Unpacker.
func (f Func) Unpack(ctx context.Context, in input.View, b *limit.Budget, out Sink) error {
	return f(ctx, in, b, out)
}

// Sink receives what an Unpacker finds.
type Sink interface {
	// Child hands over one embedded object; r is read before Child returns, and
	// only as far as the budget allows. r may be nil for a member whose header
	// was read but whose content cannot be had (encrypted, unsupported method):
	// container metadata signatures still see it. Bytes that r yields before an
	// error are scanned. A reader from input.View.Reader is scanned in place.
	// Child returns limit.ErrStop when no further children are wanted; the
	// Unpacker then returns ErrStop at once.
	Child(m Meta, r io.Reader) error
	// Fact records a structural observation that heuristics may judge.
	Fact(f Fact, off int64)
}

// Passwords is an optional ability of a Sink: candidate archive passwords of
// the .pwdb databases, in the order in which they are to be tried.
type Passwords interface {
	// Passwords returns the candidates for a container type, CL_TYPE_ZIP or
	// CL_TYPE_RAR; entries for any type come last.
	Passwords(container string) [][]byte
}

// Meta describes a child as its container declares it; nothing in it is trusted.
type Meta struct {
	Name           string // raw bytes as stored, not a usable path
	CompressedSize int64  // bytes, -1 if unknown
	Size           int64  // bytes, -1 if unknown
	Encrypted      bool
	Position       int    // ordinal in the container, from 1, as container metadata signatures count
	CRC32          uint32 // as stored; valid with HasCRC
	HasCRC         bool
	// Type imposes a file type by its CL_TYPE name (without "CL_TYPE_"), for
	// example "PART_HFSPLUS"; empty means that the content decides.
	Type string
	// NoMeta marks children that container metadata signatures do not see,
	// such as decoded streams and normalised views.
	NoMeta bool
}

// Fact is a structural observation about a container.
type Fact string

// Facts with a meaning for heuristics or reports.
const (
	Encrypted         Fact = "encrypted"         // an encrypted member or header was seen
	Truncated         Fact = "truncated"         // the container ends early
	Damaged           Fact = "damaged"           // a structure does not hold together
	Unsupported       Fact = "unsupported"       // a member uses a method that is not implemented
	Overlap           Fact = "overlapping"       // members share bytes (ZIP bombs)
	PartitionOverlap  Fact = "partition-overlap" // partitions share blocks
	MacroVBA          Fact = "macro-vba"         // a VBA project is present
	MacroXLM          Fact = "macro-xlm"         // an Excel 4 macro sheet is present
	ObfuscatedPDFName Fact = "pdf-name-obfuscated"
	Skipped           Fact = "skipped" // something was left unread because of a limit or option
	PartialMessage    Fact = "message-partial"
)
