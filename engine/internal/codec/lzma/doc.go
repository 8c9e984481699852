// Package lzma decodes LZMA and LZMA2 streams: the raw streams of 7-Zip, xz and
// ZIP, and the .lzma and .lz file formats.
//
// This is our own decoder because none available bounds the dictionary: here it
// is a window that grows with the output, up to what the stream declares, and
// each growth is charged to the memory account. The format is that of Igor
// Pavlov's LZMA specification (public domain).
package lzma
