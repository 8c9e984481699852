// Package lzfse decodes LZFSE and LZVN, which Apple uses in disk images and in
// compressed files of HFS Plus. LZFSE is a sequence of blocks: stored, LZVN, or
// matches whose lengths and distances are coded with finite state entropy. LZVN is
// a sequence of byte-aligned instructions.
//
// What goes in is untrusted; memory is a window of 256 KiB (64 KiB for LZVN) and
// the entropy-coded part of one block, at most 2 MiB, of which no more is held
// than arrived. Blocks with tables that are not packed ("bvx1"), which no known
// encoder writes, are not supported.
//
// There is no decoder in Go that bounds its memory. Format: as published by Apple
// (https://github.com/lzfse/lzfse).
package lzfse
