// Package bzip2 unpacks bzip2 files with the standard library's decoder, whose
// memory is fixed (about 4 MB) and which survived all trials.
//
// The first stream is one unnamed child, which is all that ClamAV extracts; when
// more streams follow, the whole content is a second one. Complete blocks before
// damage are kept.
package bzip2
