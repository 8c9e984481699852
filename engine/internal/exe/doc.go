// Package exe holds what the matcher needs to know about an executable: its
// entry point as a file offset, its sections, its import string and the places
// of its version-information strings.
//
// The sub-packages pe, elf and macho read one format each and fill in Facts.
// They give facts only; nothing here judges a file. The values follow ClamAV's
// view of an executable (which differs from a loader's in rounding, and in what
// is fatal), because offsets in signatures were written against that view.
//
// Facts are plain values: they may be shared by goroutines once built.
package exe
