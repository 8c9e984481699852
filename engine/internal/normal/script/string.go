package script

import (
	"bytes"
	"unicode/utf8"
)

// str scans a string literal. It ends at the first quote that no backslash
// precedes, even when that backslash is itself escaped: a slip of the original.
func (l *lexer) str(quote byte) token {
	l.pos++
	start := l.pos
	for {
		i := bytes.IndexByte(l.src[l.pos:], quote)
		if i < 0 {
			l.pos = len(l.src)
			if !l.whole {
				return l.unfinished(start - 1)
			}
			return token{kind: str, text: l.unquote(start, l.pos)}
		}
		l.pos += i + 1
		if end := l.pos - 1; end == start || l.src[end-1] != '\\' {
			return token{kind: str, text: l.unquote(start, end)}
		}
	}
}

// unquote decodes src[start:end], each piece of the page for itself.
func (l *lexer) unquote(start, end int) []byte {
	out := make([]byte, 0, end-start)
	for len(l.cuts) > 0 && l.cuts[0] < end {
		if cut := l.cuts[0]; cut > start {
			out = unquote(out, l.src[start:cut])
			start = cut
		}
		l.cuts = l.cuts[1:]
	}
	return unquote(out, l.src[start:end])
}

// simpleEscapes are the escapes of one letter.
var simpleEscapes = [256]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '0': 1}

// unquote appends a string literal to out with its escapes decoded. NUL becomes
// 01, octal escapes do not exist, and incomplete escapes leave a backslash.
func unquote(out, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '\\' {
			out = append(out, c)
			continue
		}
		i++
		if i == len(s) {
			return append(out, '\\')
		}
		switch c = s[i]; {
		case c == 'x':
			if len(s)-i < 3 {
				return append(out, '\\')
			}
			out = append(out, notNUL(byte(hexByte(s[i+1], s[i+2]))))
			i += 2
		case c == 'u':
			if len(s)-i < 5 {
				out = append(out, '\\')
				continue
			}
			out = appendUTF8(out, hexWord(s[i+1:i+5]))
			i += 4
		case simpleEscapes[c] != 0:
			out = append(out, simpleEscapes[c])
		default:
			out = append(out, c)
		}
	}
	return out
}

func notNUL(c byte) byte {
	if c == 0 {
		return 1
	}
	return c
}

// hexDigit returns the value of a hexadecimal digit, or -1.
func hexDigit(c byte) int {
	switch {
	case c-'0' < 10:
		return int(c - '0')
	case c|0x20-'a' < 6:
		return int(c|0x20-'a') + 10
	}
	return -1
}

// hexByte joins two digits; a high digit that is none counts as 0, a low one
// makes the result -1.
func hexByte(hi, lo byte) int {
	h, l := max(hexDigit(hi), 0), hexDigit(lo)
	if l < 0 {
		return -1
	}
	return h<<4 | l
}

func hexWord(s []byte) uint16 {
	return uint16(hexByte(s[0], s[1])<<8 | hexByte(s[2], s[3]))
}

// appendUTF8 writes a UTF-16 unit as UTF-8 of its own; halves of surrogate
// pairs are not joined.
func appendUTF8(out []byte, u uint16) []byte {
	switch {
	case u == 0:
		return append(out, 1)
	case u < 0xD800 || u > 0xDFFF:
		return utf8.AppendRune(out, rune(u))
	}
	return append(out, 0xE0|byte(u>>12), 0x80|byte(u>>6)&0x3F, 0x80|byte(u)&0x3F)
}

// unescape decodes the %XX and %uXXXX of a string; others stay.
func unescape(s []byte) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if r := s[i+1:]; len(r) >= 5 && r[0] == 'u' && allHex(r[1:5]) {
				out = appendUTF8(out, hexWord(r[1:5]))
				i += 5
				continue
			} else if len(r) >= 2 && allHex(r[:2]) {
				out = append(out, notNUL(byte(hexByte(r[0], r[1]))))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

func allHex(s []byte) bool {
	for _, c := range s {
		if hexDigit(c) < 0 {
			return false
		}
	}
	return true
}
