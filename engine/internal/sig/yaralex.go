package sig

import "strings"

// yaraToken is a lexical element; kind is the name the grammar gives it, such
// as _RULE_ or '{', and $end behind the last one, whose line is 0.
type yaraToken struct {
	kind string
	text string // identifier, string content or pattern, without delimiters
	line int
}

const (
	yaraEnd           = "$end"
	yaraIdentifier    = "_IDENTIFIER_"
	yaraNumber        = "_NUMBER_"
	yaraText          = "_TEXT_STRING_"
	yaraHex           = "_HEX_STRING_"
	yaraRegexp        = "_REGEXP_"
	yaraString        = "_STRING_IDENTIFIER_"
	yaraWildcard      = "_STRING_IDENTIFIER_WITH_WILDCARD_"
	yaraCount         = "_STRING_COUNT_"
	yaraOffset        = "_STRING_OFFSET_"
	maxYaraIdentifier = 128
	// yaraPunctuation are the characters that are tokens of their own.
	yaraPunctuation = `(){}[]:=.,+-*\%&|^~<>`
)

// yaraKeywords are the reserved words; the token of one is its upper-case form
// between underscores.
var yaraKeywords = map[string]bool{
	"all": true, "and": true, "any": true, "ascii": true, "at": true, "condition": true, "contains": true,
	"entrypoint": true, "false": true, "filesize": true, "for": true, "fullword": true, "global": true,
	"import": true, "in": true, "include": true, "int8": true, "int16": true, "int32": true, "matches": true,
	"meta": true, "nocase": true, "not": true, "of": true, "or": true, "private": true, "rule": true,
	"strings": true, "them": true, "true": true, "uint8": true, "uint16": true, "uint32": true, "wide": true,
}

// yaraLexer cuts a rule file into tokens. report receives errors that do not
// stop it.
type yaraLexer struct {
	src    string
	pos    int
	line   int
	report func(line int, text string)
}

func newYaraLexer(src string, report func(int, string)) *yaraLexer {
	return &yaraLexer{src: src, line: 1, report: report}
}

func (l *yaraLexer) next() yaraToken {
	l.skipBlank()
	if l.pos >= len(l.src) {
		return yaraToken{kind: yaraEnd}
	}
	c := l.src[l.pos]
	switch {
	case isNameStart(c):
		return l.word()
	case c >= '0' && c <= '9':
		return l.number()
	case c == '"':
		return l.text()
	case c == '/':
		return l.regexp()
	case c == '$' || c == '#' || c == '@':
		return l.reference()
	case c == '{':
		if end := hexStringEnd(l.src[l.pos:]); end > 0 {
			return l.take(yaraHex, end)
		}
	}
	for _, op := range []string{"<<", ">>", "<=", ">=", "==", "!="} {
		if strings.HasPrefix(l.src[l.pos:], op) {
			return l.take("'"+op+"'", 2)
		}
	}
	if strings.IndexByte(yaraPunctuation, c) < 0 {
		return l.take("$undefined", 1)
	}
	return l.take("'"+string(rune(c))+"'", 1)
}

// take makes a token of the next n bytes.
func (l *yaraLexer) take(kind string, n int) yaraToken {
	t := yaraToken{kind: kind, text: l.src[l.pos : l.pos+n]}
	l.pos += n
	l.line += strings.Count(t.text, "\n")
	t.line = l.line
	return t
}

func (l *yaraLexer) skipBlank() {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		n := 1
		switch {
		case strings.HasPrefix(rest, "//"):
			if n = strings.IndexByte(rest, '\n'); n < 0 {
				n = len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			if n = strings.Index(rest[2:], "*/") + 4; n < 4 {
				n = len(rest)
			}
		case rest[0] != ' ' && rest[0] != '\t' && rest[0] != '\r' && rest[0] != '\n':
			return
		}
		l.line += strings.Count(rest[:n], "\n")
		l.pos += n
	}
}

func isNameStart(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isNameByte(c byte) bool { return isNameStart(c) || c >= '0' && c <= '9' }

func nameLength(s string) int {
	n := 0
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	return n
}

func (l *yaraLexer) word() yaraToken {
	n := nameLength(l.src[l.pos:])
	word := l.src[l.pos : l.pos+n]
	if yaraKeywords[word] {
		return l.take("_"+strings.ToUpper(word)+"_", n)
	}
	if n > maxYaraIdentifier {
		l.report(l.line, "identifier too long")
	}
	return l.take(yaraIdentifier, n)
}

func (l *yaraLexer) number() yaraToken {
	rest := l.src[l.pos:]
	n := 0
	if strings.HasPrefix(rest, "0x") && len(rest) > 2 && hexValue(rest[2]) >= 0 {
		n = 2
		for n < len(rest) && hexValue(rest[n]) >= 0 {
			n++
		}
		return l.take(yaraNumber, n)
	}
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if strings.HasPrefix(rest[n:], "KB") || strings.HasPrefix(rest[n:], "MB") {
		n += 2
	}
	return l.take(yaraNumber, n)
}

// reference reads $name, $name*, #name or @name.
func (l *yaraLexer) reference() yaraToken {
	rest := l.src[l.pos:]
	n := 1 + nameLength(rest[1:])
	switch {
	case rest[0] == '#':
		return l.take(yaraCount, n)
	case rest[0] == '@':
		return l.take(yaraOffset, n)
	case n < len(rest) && rest[n] == '*':
		return l.take(yaraWildcard, n+1)
	}
	return l.take(yaraString, n)
}

// hexStringEnd returns the length of a hex string at the start of s, 0 if it is
// only a brace: a comment or any other foreign character makes it one.
func hexStringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '}':
			if i > 1 {
				return i + 1
			}
			return 0
		case hexValue(c) >= 0 || strings.IndexByte(" -|?[]()\n\r\t", c) >= 0:
		default:
			return 0
		}
	}
	return 0
}

// giveUp ends a file at a line end where a text should have ended.
func (l *yaraLexer) giveUp(text string) yaraToken {
	l.line++
	l.pos = len(l.src)
	l.report(l.line, text)
	return yaraToken{kind: yaraEnd, line: l.line}
}

// text reads a string up to its closing quote and resolves escapes.
func (l *yaraLexer) text() yaraToken {
	var b strings.Builder
	i := l.pos + 1
	for i < len(l.src) {
		c := l.src[i]
		switch {
		case c == '"':
			t := yaraToken{kind: yaraText, text: b.String(), line: l.line}
			l.pos = i + 1
			return t
		case c == '\n':
			return l.giveUp("unterminated string")
		case c == '\\':
			i += l.escape(&b, l.src[i+1:]) + 1
		default:
			b.WriteByte(c)
			i++
		}
	}
	l.pos = len(l.src)
	return yaraToken{kind: yaraEnd}
}

// escape resolves what follows a backslash and returns its length.
func (l *yaraLexer) escape(b *strings.Builder, s string) int {
	if s != "" {
		switch s[0] {
		case '\\', '"':
			b.WriteByte(s[0])
			return 1
		case 't':
			b.WriteByte('\t')
			return 1
		case 'n':
			b.WriteByte('\n')
			return 1
		case 'x':
			if len(s) > 2 && hexValue(s[1]) >= 0 && hexValue(s[2]) >= 0 {
				b.WriteByte(byte(hexValue(s[1])<<4 | hexValue(s[2])))
				return 3
			}
		}
	}
	l.report(l.line, "illegal escape sequence")
	return 0
}

// regexp reads /…/ with the flags i and s.
func (l *yaraLexer) regexp() yaraToken {
	i := l.pos + 1
	for i < len(l.src) && l.src[i] != '/' {
		if l.src[i] == '\n' {
			return l.giveUp("unterminated regular expression")
		}
		if l.src[i] == '\\' {
			i++
		}
		i++
	}
	if i >= len(l.src) {
		l.pos = len(l.src)
		return yaraToken{kind: yaraEnd}
	}
	t := yaraToken{kind: yaraRegexp, text: l.src[l.pos+1 : i], line: l.line}
	i++
	for _, flag := range "is" {
		if i < len(l.src) && l.src[i] == byte(flag) {
			i++
		}
	}
	l.pos = i
	return t
}
