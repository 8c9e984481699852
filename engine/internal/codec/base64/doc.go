// Package base64 decodes base64 as leniently as mail readers do.
//
// In: text, line by line. Out: the decoded bytes; there is no error, since any
// text decodes to something. Both the standard and the URL-safe alphabet are
// accepted, all other characters are dropped, padding may be missing. A line
// ends at its first '='; what was collected is then flushed, so that several
// base64 streams written one after the other all decode. Output is at most 3/4
// of the input.
//
// encoding/base64 is not used because it stops at the first foreign byte.
package base64
