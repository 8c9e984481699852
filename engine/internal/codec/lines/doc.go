// Package lines splits an object into text lines, for the mail parser and the
// line-based decoders.
//
// In: a range of an input.View. Out: one Line at a time, without its line end
// and without NUL bytes. A line longer than MaxLine is handed out in pieces;
// every piece but the first is marked as a continuation, so that a caller can
// tell where a line truly starts. Memory is one window of 64 KiB whatever the
// input; in-memory objects are not copied.
//
// bufio.Scanner is not used because it knows no offsets, cannot seek, and fails
// on long lines instead of cutting them.
package lines
