// Package heuristic judges the bytes of one object without signatures: structured
// data such as credit card numbers, damaged pictures, two old exploits in media
// files, the log of one worm and a few polymorphic infectors of PE files.
//
// In go the bytes of an object (and, for executables, its layout), out comes the
// name of the alert, or "". Nothing is kept between calls; no function reads
// beyond the slice it is given, allocates in proportion to a claimed size, or
// goes over a byte more than a constant number of times. Long loops ask the
// caller's Continue, and end without an alert when it says no.
//
// The rules are observed behaviour of clamscan 1.4.6, found with several
// thousand damaged files, because the alert names are part of its interface and
// no library reports defects under them.
package heuristic
