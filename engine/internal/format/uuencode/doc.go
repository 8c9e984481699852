// Package uuencode unpacks a uuencoded file.
//
// In: a file of type UUENCODED, which begins with "begin <mode> <name>". Out:
// one child for each block of the file; clamscan 1.4.6 reads only the first.
// Decoding is done line by line with a window of 64 KiB and needs no cap beside
// maxBlocks: the output is smaller than the input.
package uuencode
