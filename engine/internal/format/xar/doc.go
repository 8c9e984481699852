// Package xar takes xar archives apart: macOS installer packages and Safari
// extensions. What comes out is the table of contents, embedded documents, and the
// data of each file and of each extended attribute.
//
// gzip (which is zlib here) and LZMA members are decoded; bzip2 and xz members
// are handed on as they are, for their own parsers; so is what has an unknown
// encoding. Checksums are not compared, a damaged member is given as far as it
// goes. The table of contents is bounded by a cap and charged to the budget.
//
// Format: https://github.com/mackyle/xar/wiki/xarformat.
package xar
