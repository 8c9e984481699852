// Package cryptff unpacks CryptFF files, in which every byte is inverted.
//
// In: a file of type CRYPTFF. Out: one child, the bytes behind the 16-byte
// header XORed with FFh. Nothing is buffered; the output is never longer than
// the input. Source: observed with clamscan 1.4.6.
package cryptff
