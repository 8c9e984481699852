// Package hfsplus reads HFS Plus and HFSX volumes: the data fork and the resource
// fork of each file in the catalogue go out, in the order of the leaf nodes, and
// what files hold in compressed form (decmpfs: stored, zlib, LZVN, LZFSE,
// inline or in blocks). Forks in more than eight pieces are followed into the extents file.
//
// Leaves that the chain does not reach, because it is broken or loops, are read
// as well; each node is read once. Forks that run past the end of the volume are
// given as far as they go.
//
// Format: Apple Technical Note TN1150; decmpfs as published in XNU's sources.
package hfsplus
