// Package lzx decodes Microsoft's LZX as it is used in cabinets and CHM files:
// windows of 32 KiB to 2 MiB, frames of 32 KiB, translation of x86 calls. The
// format is that of the Microsoft LZX DELTA and cabinet documents.
package lzx
