package uu

import "bytes"

// maxData is the largest byte count a line can announce and still be taken for
// uuencoded data (observed: clamscan 1.4.6 stops at lengths over 62).
const maxData = 62

// Header parses a line "begin <octal mode> <name>" and returns the name, which
// may be empty.
func Header(line []byte) (name []byte, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("begin "))
	if !ok {
		return nil, false
	}
	rest = bytes.TrimLeft(rest, " \t")
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '7' {
		digits++
	}
	if digits < 3 || digits > 6 {
		return nil, false
	}
	rest = rest[digits:]
	if len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' {
		return nil, false
	}
	return bytes.TrimSpace(rest), true
}

// Line appends the bytes of one data line. It returns false, and dst unchanged,
// when the line ends the data: "end", an empty line, a count of zero or a line
// that no encoder writes.
func Line(dst, line []byte) ([]byte, bool) {
	n, ok := count(line)
	if !ok {
		return dst, false
	}
	body := line[1:]
	for i := 0; n > 0; i += 4 {
		a, b, c, e := sextet(body, i), sextet(body, i+1), sextet(body, i+2), sextet(body, i+3)
		group := [3]byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | e}
		dst = append(dst, group[:min(n, 3)]...)
		n -= 3
	}
	return dst, true
}

// count returns how many bytes a data line announces.
func count(line []byte) (int, bool) {
	if len(line) < 2 || string(bytes.TrimRight(line, " \t")) == "end" {
		return 0, false
	}
	n := int(line[0]) - ' '
	if n <= 0 || n > maxData {
		return 0, false
	}
	// Only the low six bits count, so foreign encoders may use any printable
	// character; a control or 8-bit character shows that this is other text.
	for _, c := range line[1:min(len(line), 1+(n+2)/3*4)] {
		if c < ' ' || c > '~' {
			return 0, false
		}
	}
	return n, true
}

// sextet returns the 6 bits of character i, zero beyond the end.
func sextet(s []byte, i int) byte {
	if i >= len(s) {
		return 0
	}
	return (s[i] - ' ') & 0x3F
}
