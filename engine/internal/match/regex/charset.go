package regex

import "math/bits"

// byteSet is a set of byte values.
type byteSet [4]uint64

func (s *byteSet) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

func (s *byteSet) addRange(lo, hi int) {
	for c := lo; c <= hi; c++ {
		s.add(byte(c))
	}
}

func (s *byteSet) union(o byteSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s byteSet) inverted() byteSet {
	for i := range s {
		s[i] = ^s[i]
	}
	return s
}

func (s byteSet) size() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// single returns the only member of a set of size one.
func (s byteSet) single() (byte, bool) {
	if s.size() != 1 {
		return 0, false
	}
	for i, w := range s {
		if w != 0 {
			return byte(i*64 + bits.TrailingZeros64(w)), true
		}
	}
	return 0, false
}

// folded adds the other case of each ASCII letter.
func (s byteSet) folded() byteSet {
	out := s
	for c := byte('a'); c <= 'z'; c++ {
		if s.has(c) || s.has(c-32) {
			out.add(c)
			out.add(c - 32)
		}
	}
	return out
}

func setOf(members ...byte) byteSet {
	var s byteSet
	for _, c := range members {
		s.add(c)
	}
	return s
}

func setRange(lo, hi int) byteSet {
	var s byteSet
	s.addRange(lo, hi)
	return s
}

func setUnion(sets ...byteSet) byteSet {
	var s byteSet
	for _, o := range sets {
		s.union(o)
	}
	return s
}

// The character types of PCRE in the C locale (pcre2pattern, "Generic character
// types"); \s has included VT since 8.34.
func digitSet() byteSet { return setRange('0', '9') }

func wordSet() byteSet {
	return setUnion(digitSet(), setRange('a', 'z'), setRange('A', 'Z'), setOf('_'))
}
func spaceSet() byteSet      { return setUnion(setRange(9, 13), setOf(' ')) }
func horizontalSet() byteSet { return setOf(9, ' ', 0xa0) }
func verticalSet() byteSet   { return setUnion(setRange(10, 13), setOf(0x85)) }
func anySet() byteSet        { return setRange(0, 255) }

// posixSet returns a POSIX class by name, in the C locale.
func posixSet(name string) (byteSet, bool) {
	letters := setUnion(setRange('a', 'z'), setRange('A', 'Z'))
	switch name {
	case "alpha":
		return letters, true
	case "lower":
		return setRange('a', 'z'), true
	case "upper":
		return setRange('A', 'Z'), true
	case "alnum":
		return setUnion(letters, digitSet()), true
	case "ascii":
		return setRange(0, 127), true
	case "blank":
		return setOf(9, ' '), true
	case "cntrl":
		return setUnion(setRange(0, 31), setOf(127)), true
	case "digit":
		return digitSet(), true
	case "graph":
		return setRange(33, 126), true
	case "print":
		return setRange(32, 126), true
	case "punct":
		return setUnion(setRange(33, 47), setRange(58, 64), setRange(91, 96), setRange(123, 126)), true
	case "space":
		return spaceSet(), true
	case "word":
		return wordSet(), true
	case "xdigit":
		return setUnion(digitSet(), setRange('a', 'f'), setRange('A', 'F')), true
	}
	return byteSet{}, false
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 32
	}
	return c
}
