package sig

import (
	"errors"
	"strconv"
	"strings"
)

// maxHexLength is the longest hexadecimal text a byte compare reads.
const maxHexLength = 18

// byteCompare reads ref(offset#options#comparisons). Text behind the closing
// parenthesis is ignored.
func (f *file) byteCompare(b *ByteCompare, text string) error {
	const pre = "cli_bcomp_addpatt: "
	ref, rest, _ := strings.Cut(text, "(")
	id, ok := cInt(ref, 10)
	if !ok {
		f.errorf(pre + "while byte compare subsig parsing, reference subsig id was invalid or included non-decimal character")
		return errMalformed
	}
	if id > maxSubsigs {
		f.errorf(pre + "while byte compare subsig parsing, reference subigid exceeded limits on max LDB subsigs")
		return errMalformed
	}
	b.Ref = int(max(id, -1))
	inner, _, ok := strings.Cut(rest, ")")
	if !ok {
		f.errorf(pre + "ending paren not found")
		return errMalformed
	}
	var buf [4]string
	tok := fields(buf[:], inner, '#')
	if len(tok) != 3 {
		f.errorf(pre+"%d (or more) params provided, 3 expected", len(tok))
		return errMalformed
	}
	fail := func(reason string) {
		f.errorf(pre+"while parsing (%s), %s", inner, reason)
	}
	if reason := compareOffset(b, tok[0]); reason != "" {
		fail(reason)
		return errMalformed
	}
	if reason := compareOptions(b, tok[1]); reason != "" {
		fail(reason)
		return errMalformed
	}
	if strings.Count(tok[2], ",") > 1 {
		fail("too many commas found in comparison string")
		return errParse
	}
	for _, c := range strings.Split(tok[2], ",") {
		if reason := comparison(b, c); reason != "" {
			fail(reason)
			return errMalformed
		}
	}
	return nil
}

// compareOffset reads >>n, <<n, 0 or nothing; text that starts with 0 is 0.
func compareOffset(b *ByteCompare, s string) (reason string) {
	if s == "" || s[0] == '0' {
		return ""
	}
	if s[0] != '>' && s[0] != '<' {
		return "shift operator included invalid characters"
	}
	if len(s) < 2 || s[1] != s[0] {
		return "shift operator and/or offset not valid"
	}
	n, ok := cInt(s[2:], 0)
	if !ok {
		return "offset parameter included invalid characters"
	}
	if b.Offset = n; s[0] == '<' {
		b.Offset = -n
	}
	return ""
}

// compareOptions reads [hdai][lb][e]length in any order of the letters.
func compareOptions(b *ByteCompare, s string) (reason string) {
	const invalid = "option parameter was found invalid"
	n := 0
	for n < len(s) && (s[n] < '0' || s[n] > '9') {
		switch c := s[n]; c {
		case 'h', 'd', 'a', 'i':
			if b.Format != 0 && b.Format != c {
				return invalid
			}
			b.Format = c
		case 'l', 'b':
			if b.HasEndian && b.Little != (c == 'l') {
				return invalid
			}
			b.HasEndian, b.Little = true, c == 'l'
		case 'e':
			b.Exact = true
		default:
			return invalid
		}
		n++
	}
	if n == len(s) || b.Format == 'd' && b.Little {
		return invalid
	}
	if b.Format == 'd' {
		b.HasEndian = true
	}
	length, ok := cInt(s[n:], 0)
	if !ok || length == 0 {
		return "byte length parameter included invalid characters"
	}
	switch {
	case b.Format == 'i' && length != 1 && length != 2 && length != 4 && length != 8:
		return "byte length was either too long or not a valid number of bytes"
	case b.Format == 'h' && length > maxHexLength:
		return "byte length was too long"
	}
	b.Length = uint32(min(length, 1<<31))
	return ""
}

func comparison(b *ByteCompare, s string) (reason string) {
	if s == "" || s[0] != '>' && s[0] != '<' && s[0] != '=' {
		return "byte comparison symbol was invalid (>, <, = are supported operators) " + s
	}
	v, ok := cInt(s[1:], 0)
	if !ok {
		return "comparison value contained invalid input"
	}
	b.Comparisons = append(b.Comparisons, Comparison{Op: s[0], Value: v})
	return ""
}

// cInt reads a whole field as C's strtoll does: leading white space, a sign
// and, with base 0, the prefixes 0x and 0. The empty string is 0; values out of
// range saturate.
func cInt(s string, base int) (int64, bool) {
	s = skipSpace(s)
	if s == "" {
		return 0, true
	}
	neg := s[0] == '-'
	if neg || s[0] == '+' {
		s = s[1:]
	}
	if base == 0 {
		switch {
		case len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'):
			base, s = 16, s[2:]
		case len(s) > 1 && s[0] == '0':
			base = 8
		default:
			base = 10
		}
	}
	if s == "" || s[0] == '-' || s[0] == '+' {
		return 0, false
	}
	v, err := strconv.ParseInt(s, base, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	if neg {
		v = -v
	}
	return v, true
}
