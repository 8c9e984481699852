package sig

import "math"

// isDigits tells whether s consists of decimal digits only; the empty string does.
func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// skipSpace returns s without the leading white space that C's number readers skip.
func skipSpace(s string) string {
	for s != "" && (s[0] == ' ' || s[0] >= '\t' && s[0] <= '\r') {
		s = s[1:]
	}
	return s
}

// atoi reads a number like C's atoi: leading white space and a sign are
// accepted, reading stops at the first other character, no digits mean 0.
// Values outside of 32 bits saturate.
func atoi(s string) int {
	s = skipSpace(s)
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	v := int64(0)
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		v = min(v*10+int64(s[i]-'0'), math.MaxInt32+1)
	}
	if neg {
		return int(-v)
	}
	return int(min(v, math.MaxInt32))
}

// strtoul reads a whole decimal field like C's strtoul: leading white space and
// a plus sign are accepted, trailing text is not. A minus sign wraps to a huge
// number in C and is refused here, as every caller limits the value.
func strtoul(s string) (uint64, bool) {
	s = skipSpace(s)
	if s != "" && s[0] == '+' {
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	v := uint64(0)
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		d := uint64(s[i] - '0')
		if v > (math.MaxUint64-d)/10 {
			return math.MaxUint64, true
		}
		v = v*10 + d
	}
	return v, true
}

// hexValue returns the value of a hexadecimal digit, or -1.
func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// decodeHex writes the bytes of s, of even length, to dst.
func decodeHex(dst []byte, s string) bool {
	if len(s)%2 != 0 || len(s)/2 > len(dst) {
		return false
	}
	for i := 0; i < len(s); i += 2 {
		h, l := hexValue(s[i]), hexValue(s[i+1])
		if h < 0 || l < 0 {
			return false
		}
		dst[i/2] = byte(h<<4 | l)
	}
	return true
}
