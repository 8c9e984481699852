// Package binhex unpacks BinHex 4.0 files.
//
// In: a file of type BINHEX, or such a text with other text around it. Out: the
// data fork and the resource fork, each as a child. A fork under 5 bytes is left
// out (observed: clamscan 1.4.6). Checksums and the sizes' plausibility are not
// looked at; a fork is as long as its header says or as the text goes.
//
// Decoding keeps one chunk and a window of 64 KiB. Run lengths expand input up
// to 192 times; the caller's budget bounds what is read.
//
// clamscan 1.4.6 gives up at the first foreign character; this decoder skips it.
package binhex
