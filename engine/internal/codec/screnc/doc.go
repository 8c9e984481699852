// Package screnc decodes Microsoft Script Encoder text (JScript.Encode,
// VBScript.Encode).
//
// In: text with blocks that begin with "#@~^", eight characters of base64 for the
// length, and end with a checksum and "^#~@". Out: the script; text outside of
// blocks is copied. There is no error: what is no block is copied, and a block
// without end runs to the end. Output is never longer than the input.
//
// There is no such decoder in the standard library. The tables were found by
// experiment with clamscan 1.4.6.
package screnc
