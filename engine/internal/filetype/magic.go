package filetype

import (
	"bytes"

	"gclam/engine/internal/cltype"
)

// WindowSize is how many bytes of an object typing looks at, PartitionWindow for
// partitions (observed with clamscan 1.4.6).
const (
	WindowSize      = 1024
	PartitionWindow = 1028
)

// Magic is a file type definition with bytes at a fixed offset.
type Magic struct {
	At        uint32
	Bytes     []byte
	Type      cltype.Type
	Partition bool // applies to partitions instead of whole objects
}

// Table is an immutable list of fixed definitions.
type Table struct {
	fixed     []Magic
	partition []Magic
}

// NewTable takes definitions in load order; the last one loaded is tried first.
func NewTable(defs []Magic) *Table {
	t := &Table{}
	for i := len(defs) - 1; i >= 0; i-- {
		if defs[i].Partition {
			t.partition = append(t.partition, defs[i])
		} else {
			t.fixed = append(t.fixed, defs[i])
		}
	}
	return t
}

// Fixed finds the type of a window by its magic bytes.
func (t *Table) Fixed(window []byte) (cltype.Type, bool) {
	return find(t.fixed, clipWindow(window, WindowSize))
}

// Partition finds the type of a partition; PartAny if nothing fits.
func (t *Table) Partition(window []byte) cltype.Type {
	if typ, ok := find(t.partition, clipWindow(window, PartitionWindow)); ok {
		return typ
	}
	return cltype.PartAny
}

func clipWindow(b []byte, n int) []byte { return b[:min(len(b), n)] }

func find(defs []Magic, window []byte) (cltype.Type, bool) {
	for i := range defs {
		d := &defs[i]
		if uint64(d.At)+uint64(len(d.Bytes)) > uint64(len(window)) {
			continue
		}
		if bytes.Equal(window[d.At:int(d.At)+len(d.Bytes)], d.Bytes) {
			return d.Type, true
		}
	}
	return 0, false
}
