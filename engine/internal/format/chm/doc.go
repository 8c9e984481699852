// Package chm takes Microsoft compiled HTML help apart: the uncompressed section
// and the LZX-compressed one. Internal entries (names beginning with "::") are
// used, not handed over.
//
// Format: Matthew T. Russotto, "Unofficial CHM spec".
package chm
