// Package sevenzip takes 7z archives apart: packed headers, solid folders, and
// all coders and filters in use (copy, LZMA, LZMA2, PPMd, deflate, deflate64,
// bzip2, zstd, BCJ family, BCJ2, Delta). Encryption is detected, not undone.
//
// This is our own reader because the available one loops for ever on a legal
// archive and allocates whatever a header claims. Here each count is compared
// with the header bytes that would have to describe it, and dictionaries grow
// with the output. Checksums are not verified: what decodes is handed on.
//
// Format: 7zFormat.txt of the LZMA SDK (public domain).
package sevenzip
