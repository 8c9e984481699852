package script

import (
	"bytes"
	"strconv"
)

// maxTail bounds what is kept of a token that the input ends in the middle of.
const maxTail = 4096

// lexer splits a script into tokens. Words and numbers that the input ends in
// the middle of are no tokens, but go on in the input that follows.
type lexer struct {
	src   []byte
	pos   int
	cuts  []int // offsets at which a line comment ends; ascending
	whole bool  // an unterminated string at the end of the input is a token

	tail []byte // the unfinished token
	dot  bool   // the last token was a '.'
	held [2]token
	n    int // tokens held back or read ahead: held[:n]
}

// more goes on with another piece of input, which starts in the middle of the
// token that the last one ended in.
func (l *lexer) more(src []byte) {
	if len(l.tail) > 0 {
		src = append(l.tail[:len(l.tail):len(l.tail)], src...)
		l.tail = nil
	}
	l.src, l.pos, l.cuts, l.whole = src, 0, nil, false
}

// unfinished notes that the input ended in a token that began at start.
func (l *lexer) unfinished(start int) token {
	l.tail = l.src[start:min(len(l.src), start+maxTail)]
	return token{}
}

// next returns the next token, joining strings that are added to each other.
// The kind of the token after the last one is none.
func (l *lexer) next() token {
	t := l.take()
	for t.kind == str {
		plus := l.take()
		if !plus.is('+') {
			l.hold(plus)
			break
		}
		s := l.take()
		if s.kind != str {
			l.hold(plus, s)
			break
		}
		t.text = append(t.text, s.text...)
	}
	return t
}

func (l *lexer) hold(t ...token) { l.n = copy(l.held[:], t) }

// take returns a token that was held back, or scans one.
func (l *lexer) take() token {
	if l.n > 0 {
		t := l.held[0]
		l.held[0] = l.held[1]
		l.n--
		return t
	}
	t := l.scan()
	if t.kind != none {
		l.dot = t.is('.')
	}
	return t
}

func (l *lexer) scan() token {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c-'0' < 10:
			return l.number()
		case isWord(c) || c == '\\':
			return l.word()
		case c == '"' || c == '\'':
			return l.str(c)
		case c == '/' && l.comment():
			continue
		case isPunct(c):
			return l.punct(c)
		}
		l.pos++
	}
	return token{}
}

func isWord(c byte) bool {
	return c-'a' < 26 || c-'A' < 26 || c-'0' < 10 || c == '_' || c == '$'
}

func isSpace(c byte) bool { return c == ' ' || c-'\t' < 5 }

func isPunct(c byte) bool {
	return bytes.IndexByte([]byte("!%&()*+,-./:;<=>?[]^{|}~"), c) >= 0
}

// punct scans punctuation. Only the operators that must not be mistaken for
// their first character are kept together.
func (l *lexer) punct(c byte) token {
	n, o := 1, c
	if l.pos+1 < len(l.src) {
		d := l.src[l.pos+1]
		if (c == '+' && (d == '+' || d == '=')) || (c == '=' && d == '=') {
			n, o = 2, 0
		}
	}
	t := token{kind: op, op: o, text: l.src[l.pos : l.pos+n]}
	l.pos += n
	return t
}

// word scans an identifier. A backslash ends it, except that \u counts as a
// backslash in it.
func (l *lexer) word() token {
	t := token{kind: word, dotted: l.dot, scope: -1}
	begin, start := l.pos, l.pos
	var buf []byte // used once the spelling differs from the source
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if c == '\\' {
			buf = append(buf, l.src[start:l.pos]...)
			l.pos++
			if l.pos == len(l.src) || l.src[l.pos] != 'u' {
				t.text = buf
				return t
			}
			buf = append(buf, '\\')
			l.pos++
			start = l.pos
			continue
		}
		if !isWord(c) {
			t.text = l.src[start:l.pos]
			if buf != nil {
				t.text = append(buf, t.text...)
			}
			return t
		}
		l.pos++
	}
	return l.unfinished(begin)
}

// comment skips a comment that starts here. A line comment ends at a blank as
// well, and where the page was cut: a slip of the original.
func (l *lexer) comment() bool {
	if l.pos+1 >= len(l.src) {
		return false
	}
	switch l.src[l.pos+1] {
	case '*':
		end := bytes.Index(l.src[l.pos+2:], []byte("*/"))
		if end < 0 {
			l.pos = len(l.src)
			l.tail = []byte("/*")
		} else {
			l.pos += 2 + end + 2
		}
	case '/':
		l.pos += 2
		for len(l.cuts) > 0 && l.cuts[0] < l.pos {
			l.cuts = l.cuts[1:]
		}
		limit := len(l.src)
		if len(l.cuts) > 0 {
			limit = min(l.cuts[0], limit)
		}
		for l.pos < limit && l.src[l.pos] != ' ' && l.src[l.pos] != '\n' {
			l.pos++
		}
	default:
		return false
	}
	return true
}

// number scans an integer, which wraps like a 32-bit int, or a decimal
// fraction, which keeps six digits. An exponent counts only after a '.'.
func (l *lexer) number() token {
	start := l.pos
	l.digits()
	if l.pos < len(l.src) && l.src[l.pos] == '.' {
		l.pos++
		return l.fraction(start)
	}
	if l.pos == len(l.src) {
		return l.unfinished(start)
	}
	v, err := strconv.ParseInt(string(l.src[start:l.pos]), 10, 64)
	if err != nil {
		v = -1 // the largest 64-bit value, cut to 32 bits
	}
	return token{kind: number, text: strconv.AppendInt(nil, int64(int32(v)), 10)}
}

func (l *lexer) digits() {
	for l.pos < len(l.src) && l.src[l.pos]-'0' < 10 {
		l.pos++
	}
}

// fraction scans what follows the '.' of a number that starts at start.
func (l *lexer) fraction(start int) token {
	l.digits()
	end := l.pos // of the part that makes a number
	for first := true; l.pos < len(l.src) && l.src[l.pos]|0x20 == 'e'; first = false {
		l.pos++
		if l.pos < len(l.src) && (l.src[l.pos] == '+' || l.src[l.pos] == '-') {
			l.pos++
		}
		digits := l.pos
		l.digits()
		if l.pos == digits {
			break
		}
		if first {
			end = l.pos
		}
	}
	if l.pos == len(l.src) {
		return l.unfinished(start)
	}
	f, _ := strconv.ParseFloat(string(l.src[start:end]), 64)
	return token{kind: number, text: strconv.AppendFloat(nil, f, 'g', 6, 64)}
}
