package pdf

import "bytes"

// kind is the kind of a token (ISO 32000-2, 7.2 and 7.3).
type kind uint8

const (
	tokEnd     kind = iota // end of the text
	tokName                // /Name, without the solidus
	tokNumber              // an integer or real number
	tokString              // (literal), without the parentheses
	tokHex                 // <hexadecimal>, without the brackets
	tokOpen                // [ or <<
	tokClose               // ] or >>
	tokKeyword             // anything else
	tokRef                 // N G R, made by walk
)

// token is a piece of text b[from:to].
type token struct {
	kind     kind
	dict     bool // of tokOpen and tokClose: << or >>
	num      int64
	from, to int
}

// lexer cuts text into tokens; it never looks beyond end.
type lexer struct {
	b   []byte
	pos int
	end int
	// lenient takes the parenthesis of a string that does not end for a stray
	// character. It costs time for each of them, so it is for short texts.
	lenient bool
	// text takes a percent sign for a stray character: what follows is no comment.
	text bool
}

// class says what a byte is: white space, delimiter, or regular (0).
const (
	white = 1
	delim = 2
)

func class(c byte) int {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ':
		return white
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return delim
	}
	return 0
}

// skip moves over white space and comments.
func (l *lexer) skip() {
	for l.pos < l.end {
		c := l.b[l.pos]
		if c == '%' && !l.text {
			n := bytes.IndexAny(l.b[l.pos:l.end], "\r\n")
			if n < 0 {
				l.pos = l.end
				return
			}
			l.pos += n
			continue
		}
		if class(c) != white {
			return
		}
		l.pos++
	}
}

// next returns the next token.
func (l *lexer) next() token {
	l.skip()
	t := token{from: l.pos, to: l.pos}
	if l.pos >= l.end {
		return t
	}
	c := l.b[l.pos]
	l.pos++
	switch c {
	case '/':
		t.kind, t.from = tokName, l.pos
		l.regular()
	case '(':
		return l.literal()
	case '[':
		t.kind = tokOpen
	case ']':
		t.kind = tokClose
	case '<':
		if !l.double('<') {
			return l.hex()
		}
		t.kind, t.dict = tokOpen, true
	case '>':
		t.kind = tokKeyword
		if l.double('>') {
			t.kind, t.dict = tokClose, true
		}
	case ')', '{', '}', '%':
		t.kind = tokKeyword
	default:
		t.kind = tokKeyword
		l.regular()
		if n, ok := integer(l.b[t.from:l.pos]); ok {
			t.kind, t.num = tokNumber, n
		}
	}
	t.to = l.pos
	return t
}

func (l *lexer) double(c byte) bool {
	if l.pos < l.end && l.b[l.pos] == c {
		l.pos++
		return true
	}
	return false
}

func (l *lexer) regular() {
	for l.pos < l.end && class(l.b[l.pos]) == 0 {
		l.pos++
	}
}

// literal reads a string in parentheses, which may be nested.
func (l *lexer) literal() token {
	t := token{kind: tokString, from: l.pos}
	depth := 1
	for ; l.pos < l.end; l.pos++ {
		switch l.b[l.pos] {
		case '\\':
			l.pos++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				t.to = l.pos
				l.pos++
				return t
			}
		}
	}
	if l.lenient {
		l.pos = t.from
		return token{kind: tokKeyword, from: t.from - 1, to: t.from}
	}
	l.pos = l.end
	t.to = l.pos
	return t
}

func (l *lexer) hex() token {
	t := token{kind: tokHex, from: l.pos}
	n := bytes.IndexByte(l.b[l.pos:l.end], '>')
	if l.lenient && (n < 0 || !allHex(l.b[l.pos:l.pos+n])) {
		return token{kind: tokKeyword, from: t.from - 1, to: t.from}
	}
	if n < 0 {
		l.pos = l.end
		t.to = l.pos
		return t
	}
	l.pos += n
	t.to = l.pos
	l.pos++
	return t
}

// allHex tells whether b holds nothing but digits and white space.
func allHex(b []byte) bool {
	for _, c := range b {
		if digit(c) < 0 && class(c) != white {
			return false
		}
	}
	return true
}

// integer reads a number of up to 18 digits; a fraction is cut off.
func integer(b []byte) (int64, bool) {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg, b = b[0] == '-', b[1:]
	}
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n int64
	for i, c := range b {
		if c == '.' && i > 0 {
			break
		}
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if neg {
		n = -n
	}
	return n, true
}

// maxName is the longest name looked at, in bytes: twice the limit of readers.
const maxName = 256

// name resolves the #xx escapes of a name; escaped tells whether there are any.
func name(b []byte) (s string, escaped bool) {
	b = b[:min(len(b), maxName)]
	if bytes.IndexByte(b, '#') < 0 {
		return string(b), false
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '#' && i+2 < len(b) {
			hi, lo := digit(b[i+1]), digit(b[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				escaped = true
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return string(out), escaped
}

// digit is the value of a hexadecimal digit, or -1.
func digit(c byte) int {
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
