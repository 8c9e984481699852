// Package adc decodes Apple Data Compression, the LZ77 of old disk images. It is
// a stream of three kinds of items: up to 128 literal bytes, a short match and a
// long one; distances reach 64 KiB back. There is no end mark: the output ends
// with the input.
//
// Nobody else has it in Go. Format: as observed in UDIF images (type UDCO).
package adc
