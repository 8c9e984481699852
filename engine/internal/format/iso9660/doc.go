// Package iso9660 takes CD and DVD images apart: ISO 9660 and its Joliet trees,
// in plain images, in raw ones whose sectors carry headers and error correction
// (2048 to 2448 bytes a sector), and in data that has something in front of or
// behind the image. Several sessions of one image are all walked.
//
// What comes out are the files of the primary tree, then those of the Joliet
// tree; an extent that was handed over before is not handed over again, only its
// name. Files that run past the end of the image are given as far as they go.
// Each block is read as a directory once, so that loops end by themselves.
//
// This is our own reader because the available one overflows the stack on a
// looped continuation area and allocates what headers claim.
//
// Format: ECMA-119; Joliet specification (Microsoft, 1995).
package iso9660
