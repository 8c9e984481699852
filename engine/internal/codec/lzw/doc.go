// Package lzw decodes Unix compress (.Z): LZW with codes of 9 to 16 bits, least
// significant bit first, in groups of eight codes. Memory is fixed, 256 KiB.
package lzw
