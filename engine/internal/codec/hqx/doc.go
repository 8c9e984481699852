// Package hqx decodes the body of BinHex 4.0 text: six bits a character, then
// run lengths (RFC 1741).
//
// In: text behind the first colon. Out: the decoded bytes.
// White space and foreign characters are skipped and the closing colon ends the
// data; there is no error. A run is at most 255 bytes, so output is below 192
// times the input.
//
// There is no BinHex decoder in the standard library.
package hqx
