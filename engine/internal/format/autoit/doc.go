// Package autoit takes compiled AutoIt scripts apart, of the generations EA05 and
// EA06: the script and the files installed with it go out, decrypted, unpacked,
// unnamed. Scripts of EA06 are tokens; they are written out as text in the way
// ClamAV does, so that signatures for it fit.
//
// What goes in begins with the digit that ends the mark of the format; in an
// object of its own, the mark may be anywhere near the start. Damaged members are
// given as far as they could be unpacked. Memory is bounded by the window of the
// unpacker, 32 KiB.
//
// Format: as known from compiled scripts; there is no specification.
package autoit
