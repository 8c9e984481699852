// Package yenc decodes yEnc lines.
//
// In: the lines between "=ybegin" and "=yend" (yEnc draft 1.3). Out: the bytes
// they hold; any text decodes to something, so there is no error. An escape cut
// by a line end is carried over. Checksums and sizes are not looked at.
//
// There is no yEnc decoder in the standard library.
package yenc
