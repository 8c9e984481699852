// Package db is the compiled database: one flat, versioned, checksummed,
// read-only image that is built once from signature records and then used in
// place, from memory or from a mapped file.
//
// The image holds no pointers: sections are found through a table of contents,
// records refer to each other by index and to bytes by offset, and every access
// is bounds-checked, so that a damaged image gives an error and never a crash.
// Equal records and options give equal bytes. docs/database-format.md describes
// the bytes.
//
// Builder takes records in load order (it is a sig.Sink); Open and Map read.
package db
