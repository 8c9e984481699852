package db

import _ "embed" // the pair table

// pairs holds 8*log2(1+n) for each case-folded byte pair, n being its count in
// 1 GiB of ordinary programs and texts. gen/freq.go makes it.
//
//go:embed freq.bin
var pairs string

// window is the number of bytes that the literal tables look up.
const window = 4

// rarity rates a literal: the rarer its rarest window, the higher.
func rarity(b []byte) int {
	_, s := rarest(b)
	return s
}

// rarest returns where the rarest window of b begins and its score.
func rarest(b []byte) (at, score int) {
	n := min(len(b), window)
	score = -1
	for i := 0; i+n <= len(b); i++ {
		if s := windowScore(b[i : i+n]); s > score {
			at, score = i, s
		}
	}
	return at, score
}

func windowScore(w []byte) int {
	s := 0
	for i := 0; i+1 < len(w); i++ {
		pair := int(w[i]|0x20)<<8 | int(w[i+1]|0x20)
		s += 256 - int(pairs[pair])
	}
	// A run of one byte value is common wherever that value is padding.
	if len(w) == window && w[0] == w[1] && w[1] == w[2] && w[2] == w[3] {
		s /= 4
	}
	return s
}
