// Package text makes the canonical form of plain text and scripts that
// signatures of target 7 are matched with.
//
// In goes any text in an ASCII-compatible encoding, or UTF-16 text (whose zero
// bytes fall out by the same rules); out comes lower-case printable ASCII with
// every run of white space reduced to one blank. The result is never longer
// than the input, takes linear time and needs no memory beyond itself.
//
// The form is ClamAV's, byte for byte (observed: clamscan and sigtool 1.4.6),
// because published signatures and their offsets are written against it; no
// library produces it.
//
//	norm := text.Normalize([]byte("Hello,\r\n  World")) // "hello, world"
package text
