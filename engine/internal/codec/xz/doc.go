// Package xz decodes .xz files: all streams, all blocks, with the filters LZMA2,
// Delta and the branch converters.
//
// This is our own reader because the available ones either cannot bound the
// dictionary or stop at filter chains. Checks (CRC32, CRC64, SHA-256) and the
// index are skipped, not verified: a damaged file is still worth scanning.
// Format: "The .xz File Format" 1.2.1, Tukaani project (public domain).
package xz
