// Package qp decodes quoted-printable text as leniently as mail readers do.
//
// In: text, line by line. Out: the decoded bytes with the line end of the
// caller's choice after each line without a soft break; there is no error.
// Escapes are accepted in upper and lower case, escapes that are none are copied
// as they stand, blanks at a line's end are kept (observed: clamscan 1.4.6).
// Output is never longer than the input plus line ends.
//
// mime/quotedprintable is not used because it stops at the first bad escape.
package qp
