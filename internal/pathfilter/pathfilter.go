// Package pathfilter matches paths with ClamAV's include and exclude patterns:
// POSIX extended regular expressions, unanchored, case-sensitive, over bytes.
//
// Go's regexp has the same power but another grammar inside brackets and behind
// backslashes; patterns are translated. A pattern that is no expression matches
// nothing, silently, as in ClamAV.
package pathfilter

import (
	"errors"
	"regexp"
	"strings"
)

// MaxPath is how many bytes of a path are looked at.
const MaxPath = 512

// errRepeat: one repetition behind another.
var errRepeat = errors.New("repetition operator follows another")

// List is a set of patterns. The zero value is empty. It is immutable and safe for
// concurrent use.
type List struct {
	res []entry
}

type entry struct {
	re    *regexp.Regexp // nil for an invalid pattern
	slash bool           // ends in "/": matched against path + "/"
}

// New compiles patterns.
func New(patterns []string) List {
	var l List
	for _, p := range patterns {
		e := entry{slash: strings.HasSuffix(p, "/")}
		e.re, _ = Compile(p)
		l.res = append(l.res, e)
	}
	return l
}

// Empty tells whether the list has no patterns at all; a list of invalid ones is
// not empty.
func (l List) Empty() bool { return len(l.res) == 0 }

// Match tells whether a pattern is found in path.
func (l List) Match(path string) bool {
	if len(l.res) == 0 {
		return false
	}
	if len(path) > MaxPath {
		path = path[:MaxPath]
	}
	s := latin1(path)
	for _, e := range l.res {
		if e.re == nil {
			continue
		}
		if e.slash && e.re.MatchString(s+"/") || !e.slash && e.re.MatchString(s) {
			return true
		}
	}
	return false
}

// Compile translates a POSIX extended regular expression. It must be matched
// against text whose bytes were turned into runes one by one; List does that.
func Compile(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("(?s)") // "." matches a newline, too
	for i := 0; i < len(pattern); {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			b.WriteString(regexp.QuoteMeta(string(rune(pattern[i+1]))))
			i += 2
		case c == '[':
			n := bracket(&b, pattern[i:])
			i += n
		case c == '?' && i > 0 && strings.IndexByte("*+?}", pattern[i-1]) >= 0 && !escaped(pattern, i-1):
			// Go would read "*?" as a lazy star; the reference refuses it.
			return nil, errRepeat
		default:
			b.WriteRune(rune(c))
			i++
		}
	}
	return regexp.Compile(b.String())
}

// escaped tells whether the byte at i has a backslash before it that counts.
func escaped(p string, i int) bool {
	n := 0
	for i--; i >= 0 && p[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// bracket translates one bracket expression at the beginning of p and returns its
// length. Inside, a backslash is an ordinary character.
func bracket(b *strings.Builder, p string) int {
	i := 1
	b.WriteByte('[')
	if i < len(p) && p[i] == '^' {
		b.WriteByte('^')
		i++
	}
	for first := true; i < len(p); first = false {
		switch c := p[i]; {
		case c == ']' && !first:
			b.WriteByte(']')
			return i + 1
		case c == '[' && i+1 < len(p) && strings.IndexByte(":.=", p[i+1]) >= 0:
			end := strings.Index(p[i+2:], p[i+1:i+2]+"]")
			if end < 0 {
				b.WriteString(`\[`)
				i++
				continue
			}
			if p[i+1] == ':' {
				b.WriteString(p[i : i+2+end+2])
			} else {
				b.WriteString(regexp.QuoteMeta(latin1(p[i+2 : i+2+end])))
			}
			i += 2 + end + 2
		case strings.IndexByte(`\[]^&~`, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
			i++
		default:
			b.WriteRune(rune(c))
			i++
		}
	}
	return i
}

// latin1 turns each byte into the rune of its value, so that matching is by byte.
func latin1(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}
