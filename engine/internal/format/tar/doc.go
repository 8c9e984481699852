// Package tar walks tape archives of every dialect: v7, ustar, GNU, pax, star.
//
// Each entry with data is one child, scanned in place; the bytes are those that
// are stored, so sparse files are not expanded. A header with a wrong checksum
// is skipped block by block until a good one appears. This is our own walker
// because archive/tar stops at the first irregularity and expands sparse holes.
//
// ClamAV names members by the 100-byte name field only, and so do we: container
// metadata signatures are written against it.
package tar
