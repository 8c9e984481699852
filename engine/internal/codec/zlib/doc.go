// Package zlib inflates zlib streams (RFC 1950) as containers hold them: what
// goes in may be cut or have a wrong checksum, what comes out is everything that
// could be inflated.
//
// This is not compress/zlib because that one refuses the last block of a stream
// whose checksum is wrong or missing, which is where damaged malware hides.
package zlib
