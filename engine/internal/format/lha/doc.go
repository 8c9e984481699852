// Package lha takes LHA and LZH archives apart: header levels 0 to 3, methods
// lh0, lh4 to lh7, lhx, lzs, lz4, lz5 and pm0. Data checksums are ignored.
package lha
