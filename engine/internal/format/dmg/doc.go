// Package dmg takes Apple disk images (UDIF) apart: the property list goes out,
// then each partition, put together from its runs as the block table lists them.
// Runs may be stored, ADC, zlib, bzip2, LZFSE or LZMA; those of other methods and those
// that cannot be decoded are filled with zeros, so that what follows stays in
// its place. Old images keep the table in a resource fork; that is read, too.
// Holes at the end of a partition are left out and the zeros of all the others
// are bounded, for they cost nothing to declare.
//
// Format: as known from the images; there is no specification.
package dmg
