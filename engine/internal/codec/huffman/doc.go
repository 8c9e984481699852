// Package huffman decodes canonical prefix codes of up to 16 bits, as deflate64,
// LZX, LZH and implode define them: codes of one length are consecutive, in the
// order of their symbols, shorter codes first.
package huffman
