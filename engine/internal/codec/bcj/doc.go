// Package bcj undoes the reversible filters that 7-Zip and xz put in front of a
// compressor: branch converters for eight processors, BCJ2, and Delta. All work
// in constant memory. The conversions are those published with the LZMA SDK and
// XZ Embedded (public domain).
package bcj
