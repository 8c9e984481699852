// Package lzh decodes the LZ77 and Huffman methods of LHA (lh4 to lh7, lhx) and
// ARJ (1 to 4). The streams have no end mark: output ends at the given size.
// Formats as described in Haruhiko Okumura's ar002 and ARJ's technical notes.
package lzh
