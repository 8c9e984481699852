// Package bzip2 decodes bzip2 in the dialect of the NSIS installer: no file
// header, one byte instead of six before a block and before the end, no
// checksums and no mark for randomised blocks. The blocks themselves are those
// of bzip2, of at most 900,000 bytes.
//
// The standard library's reader serves all other bzip2; it cannot be made to
// read this. What goes in is untrusted; tables grow with what a block really
// holds and are charged to the memory account.
package bzip2
