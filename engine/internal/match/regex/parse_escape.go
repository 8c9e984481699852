package regex

const notSupported = "PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u"

// character parses a backslash escape that stands for one character; p.pos is at
// the byte after the backslash. The value is at most 255 outside UTF mode.
func (p *parser) character(inClass bool) int {
	c := p.src[p.pos]
	p.pos++
	switch c {
	case 'a':
		return 7
	case 'e':
		return 27
	case 'f':
		return 12
	case 'n':
		return 10
	case 'r':
		return 13
	case 't':
		return 9
	case 'c':
		return p.control()
	case 'x':
		return p.hexadecimal()
	case 'o':
		return p.octalBraces()
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return p.octal(c)
	case 'L', 'l', 'N', 'U', 'u':
		p.fail(p.pos, notSupported)
	}
	if inClass && c == 'b' {
		return 8
	}
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		p.fail(p.pos-1, "unrecognized character follows \\")
	}
	return int(c)
}

// control parses the character of \cX.
func (p *parser) control() int {
	if !p.more() {
		p.fail(p.pos, "\\c at end of pattern")
	}
	c := p.src[p.pos]
	if c < 32 || c > 126 {
		p.fail(p.pos, "\\c must be followed by a printable ASCII character")
	}
	p.pos++
	if c >= 'a' && c <= 'z' {
		c -= 32
	}
	return int(c ^ 0x40)
}

// hexadecimal parses \xhh (none to two digits) and \x{h...}.
func (p *parser) hexadecimal() int {
	if p.peek("{") {
		i, v := p.pos+1, 0
		for i < len(p.src) && hexValue(p.src[i]) >= 0 {
			v = min(v*16+hexValue(p.src[i]), 1<<24)
			i++
		}
		if i >= len(p.src) && i == p.pos+1 {
			p.fail(i, "digits missing in \\x{} or \\o{} or \\N{U+}")
		}
		if i >= len(p.src) || p.src[i] != '}' || i == p.pos+1 {
			p.fail(i, "non-hex character in \\x{} (closing brace missing?)")
		}
		p.pos = i + 1
		return p.codePoint(v, "character code point value in \\x{} or \\o{} is too large")
	}
	v := 0
	for n := 0; n < 2 && p.more() && hexValue(p.src[p.pos]) >= 0; n++ {
		v = v*16 + hexValue(p.src[p.pos])
		p.pos++
	}
	return v
}

// codePoint checks a character number given in braces.
func (p *parser) codePoint(v int, message string) int {
	limit := 0xff
	if p.utf {
		limit = 0x10ffff
	}
	if v > limit {
		p.fail(p.pos-1, message)
	}
	return v
}

// octalBraces parses \o{ooo}.
func (p *parser) octalBraces() int {
	if !p.peek("{") {
		p.fail(p.pos-1, "missing opening brace after \\o")
	}
	i, v := p.pos+1, 0
	for i < len(p.src) && p.src[i] >= '0' && p.src[i] <= '7' {
		v = min(v*8+int(p.src[i]-'0'), 1<<24)
		i++
	}
	if i >= len(p.src) || p.src[i] != '}' || i == p.pos+1 {
		p.fail(i, "non-octal character in \\o{} (closing brace missing?)")
	}
	p.pos = i + 1
	return p.codePoint(v, "character code point value in \\x{} or \\o{} is too large")
}

// octal parses up to three octal digits, of which first has been read.
func (p *parser) octal(first byte) int {
	v := int(first - '0')
	for n := 1; n < 3 && p.more() && p.src[p.pos] >= '0' && p.src[p.pos] <= '7'; n++ {
		v = v*8 + int(p.src[p.pos]-'0')
		p.pos++
	}
	if v > 0xff && !p.utf {
		p.fail(p.pos, "octal value is greater than \\377 in 8-bit non-UTF-8 mode")
	}
	return v
}

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

const gMalformed = "\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number"

// gReference parses \g: a back reference with a number or name, or, with angle
// brackets or quotes, a subroutine call.
func (p *parser) gReference(start int) (*node, bool) {
	if p.peek("<") || p.peek("'") {
		closing := byte('>')
		if p.src[p.pos] == '\'' {
			closing = '\''
		}
		p.pos++
		return p.callUntil(closing), true
	}
	braced := p.accept("{")
	sign := 0
	if p.accept("-") {
		sign = -1
	} else if p.accept("+") {
		sign = 1
	}
	at := p.pos
	v, ok := p.number()
	if !ok {
		if braced && sign == 0 {
			name := p.name('}')
			return p.namedReference(name, at), true
		}
		p.fail(p.pos, gMalformed)
	}
	at = p.pos
	if braced && !p.accept("}") {
		p.fail(p.pos, gMalformed)
	}
	if v == 0 && sign == 0 {
		p.fail(at, "a numbered reference must not be zero")
	}
	switch sign {
	case -1:
		v = p.groups - v + 1
	case 1:
		v = p.groups + v
	}
	if v < 1 {
		p.fail(start+2, "reference to non-existent subpattern")
	}
	return p.reference(v, p.pos-1), true
}

// kReference parses \k<name>, \k'name' and \k{name}.
func (p *parser) kReference() (*node, bool) {
	if !p.more() {
		p.fail(p.pos, "\\k is not followed by a braced, angle-bracketed, or quoted name")
	}
	closing := byte(0)
	switch p.src[p.pos] {
	case '<':
		closing = '>'
	case '\'':
		closing = '\''
	case '{':
		closing = '}'
	default:
		p.fail(p.pos, "\\k is not followed by a braced, angle-bracketed, or quoted name")
	}
	p.pos++
	at := p.pos
	return p.namedReference(p.name(closing), at), true
}

// number parses decimal digits.
func (p *parser) number() (int, bool) {
	at, v := p.pos, 0
	for p.more() && isDigit(p.src[p.pos]) {
		v = min(v*10+int(p.src[p.pos]-'0'), 1<<20)
		p.pos++
	}
	return v, p.pos > at
}

// maxName is PCRE2's limit on the length of a group name.
const maxName = 32

// name parses a group name up to closing, which is consumed.
func (p *parser) name(closing byte) string {
	at := p.pos
	if !p.more() || p.src[p.pos] == closing {
		p.fail(p.pos, "subpattern name expected")
	}
	if isDigit(p.src[p.pos]) {
		p.fail(p.pos, "subpattern name must start with a non-digit")
	}
	for p.more() && isWord(p.src[p.pos]) {
		p.pos++
	}
	if p.pos-at > maxName {
		p.fail(p.pos, "subpattern name is too long (maximum 32 code units)")
	}
	if p.pos == at {
		p.fail(p.pos, "subpattern name expected")
	}
	text := string(p.src[at:p.pos])
	if !p.more() || p.src[p.pos] != closing {
		p.fail(p.pos, "syntax error in subpattern name (missing terminator?)")
	}
	p.pos++
	return text
}
