// Package filetype decides what an object is from its first bytes: fixed magic
// numbers of the database, then a text test, then refinements for tar and for
// Office documents in ZIP. Types found by patterns are matched by the walk with
// the compiled database.
//
// In goes a window of WindowSize bytes (or the object's View where more has to be
// seen), out comes a cltype.Type. Nothing here allocates in proportion to the
// object or fails.
package filetype
