package main

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// part is one piece of a hexadecimal pattern.
type part struct {
	kind partKind
	text string // bytes; of alternatives the hexadecimal text between the brackets
	a, b int    // bounds of a gap, -1 for none; of a nibble mask and value
}

type partKind uint8

const (
	literal partKind = iota
	anyByte
	highNibble // a known high nibble in a
	lowNibble
	gap
	alternatives
	excluded
	boundary // (B), (L), (W): no bytes
)

const maxParts = 10_000 // of one pattern

// parsePattern takes a pattern apart. Errors are shown after "Decoding failed".
func parsePattern(s string) ([]part, error) {
	var out []part
	for s != "" {
		if len(out) == maxParts {
			return nil, fmt.Errorf("more than %d parts", maxParts)
		}
		p, n, err := parsePart(s)
		if err != nil {
			return nil, err
		}
		if last := len(out) - 1; p.kind == literal && last >= 0 && out[last].kind == literal {
			out[last].text += p.text
		} else {
			out = append(out, p)
		}
		s = s[n:]
	}
	return out, nil
}

func parsePart(s string) (part, int, error) {
	switch s[0] {
	case '*':
		return part{kind: gap, a: 0, b: -1}, 1, nil
	case '{', '[':
		end := strings.IndexAny(s, "}]")
		if end < 0 {
			return part{}, 0, fmt.Errorf("open gap: %s", s)
		}
		a, b, ok := parseGap(s[1:end])
		if !ok {
			return part{}, 0, fmt.Errorf("bad gap: %s", s[:end+1])
		}
		return part{kind: gap, a: a, b: b}, end + 1, nil
	case '(', '!':
		return parseGroup(s)
	}
	if len(s) < 2 {
		return part{}, 0, fmt.Errorf("half a byte: %s", s)
	}
	return parseByte(s[:2])
}

func parseGroup(s string) (part, int, error) {
	kind, start := alternatives, 1
	if s[0] == '!' {
		kind, start = excluded, 2
	}
	end := strings.IndexByte(s, ')')
	if end < start {
		return part{}, 0, fmt.Errorf("open group: %s", s)
	}
	text := s[start:end]
	if text == "B" || text == "L" || text == "W" {
		return part{kind: boundary, text: text}, end + 1, nil
	}
	for _, alt := range strings.Split(text, "|") {
		if _, err := hex.DecodeString(alt); err != nil {
			return part{}, 0, fmt.Errorf("(%d): %s", end, alt)
		}
	}
	return part{kind: kind, text: text}, end + 1, nil
}

func parseByte(s string) (part, int, error) {
	if s == "??" {
		return part{kind: anyByte}, 2, nil
	}
	if i := strings.IndexByte(s, '?'); i >= 0 {
		v, err := strconv.ParseUint(strings.Trim(s, "?"), 16, 4)
		if err != nil {
			return part{}, 0, fmt.Errorf("bad byte: %s", s)
		}
		if i == 1 {
			return part{kind: highNibble, a: int(v)}, 2, nil
		}
		return part{kind: lowNibble, a: int(v)}, 2, nil
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return part{}, 0, fmt.Errorf("bad byte: %s", s)
	}
	return part{kind: literal, text: string(b)}, 2, nil
}

// parseGap reads "5", "5-", "-5" and "5-7".
func parseGap(s string) (a, b int, ok bool) {
	lo, hi, two := strings.Cut(s, "-")
	if !two {
		n, err := strconv.ParseUint(lo, 10, 20)
		return int(n), int(n), err == nil
	}
	a, b = 0, -1
	if lo != "" {
		n, err := strconv.ParseUint(lo, 10, 20)
		if err != nil {
			return 0, 0, false
		}
		a = int(n)
	}
	if hi != "" {
		n, err := strconv.ParseUint(hi, 10, 20)
		if err != nil || int(n) < a {
			return 0, 0, false
		}
		b = int(n)
	}
	return a, b, lo != "" || hi != ""
}

// describe is the pattern in sigtool's words.
func describe(ps []part) string {
	var out strings.Builder
	for _, p := range ps {
		switch p.kind {
		case literal:
			out.WriteString(p.text)
		case anyByte:
			out.WriteString("{WILDCARD_IGNORE}")
		case highNibble:
			fmt.Fprintf(&out, "{WILDCARD_NIBBLE_HIGH:0x%x}", p.a<<4)
		case lowNibble:
			fmt.Fprintf(&out, "{WILDCARD_NIBBLE_LOW:0x%x}", p.a)
		case gap:
			out.WriteString(describeGap(p))
		case alternatives:
			out.WriteString("{STRING_ALTERNATIVE:" + decodeAlternatives(p.text) + "}")
		case excluded:
			out.WriteString("{EXCLUDING_STRING_ALTERNATIVE:" + decodeAlternatives(p.text) + "}")
		}
	}
	return out.String()
}

func describeGap(p part) string {
	switch {
	case p.a == 0 && p.b < 0:
		return "{WILDCARD_ANY_STRING}"
	case p.a == p.b:
		return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH==%d)}", p.a)
	case p.b < 0:
		return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH>=%d)}", p.a)
	case p.a == 0:
		return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH<=%d)}", p.b)
	}
	return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH>=%d&&<=%d)}", p.a, p.b)
}

func decodeAlternatives(s string) string {
	alts := strings.Split(s, "|")
	for i, a := range alts {
		b, _ := hex.DecodeString(a) // checked by parseGroup
		alts[i] = string(b)
	}
	return strings.Join(alts, "|")
}

// maxRepeat is the largest count that package regexp takes.
const maxRepeat = 1000

// matcher turns a pattern into a regular expression over text in which each rune
// stands for a byte.
func matcher(ps []part) (*regexp.Regexp, error) {
	var re strings.Builder
	re.WriteString("(?s)^")
	for _, p := range ps {
		switch p.kind {
		case literal:
			re.WriteString(quoteBytes(p.text))
		case anyByte:
			re.WriteString(".")
		case highNibble:
			fmt.Fprintf(&re, `[\x{%x}-\x{%x}]`, p.a<<4, p.a<<4|15)
		case lowNibble:
			re.WriteString("[")
			for hi := range 16 {
				fmt.Fprintf(&re, `\x{%x}`, hi<<4|p.a)
			}
			re.WriteString("]")
		case gap:
			re.WriteString(gapExpression(p))
		case alternatives:
			var alts []string
			for _, a := range strings.Split(decodeAlternatives(p.text), "|") {
				alts = append(alts, quoteBytes(a))
			}
			re.WriteString("(?:" + strings.Join(alts, "|") + ")")
		case excluded:
			return nil, fmt.Errorf("excluded alternatives are not matched here")
		}
	}
	return regexp.Compile(re.String())
}

func gapExpression(p part) string {
	switch {
	case p.a > maxRepeat || p.b > maxRepeat:
		return strings.Repeat(".", min(p.a, maxRepeat)) + ".*?"
	case p.b < 0:
		return fmt.Sprintf(".{%d,}?", p.a)
	}
	return fmt.Sprintf(".{%d,%d}?", p.a, p.b)
}

func quoteBytes(s string) string {
	var out strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&out, `\x{%x}`, s[i])
	}
	return out.String()
}

// asRunes maps bytes to runes of the same value.
func asRunes(b []byte) string {
	var out strings.Builder
	out.Grow(len(b))
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return out.String()
}

// offsets finds every place at which the pattern begins to match.
func offsets(re *regexp.Regexp, text string) []int {
	var out []int
	for at := 0; text != ""; at++ {
		if re.MatchString(text) {
			out = append(out, at)
		}
		_, n := utf8.DecodeRuneInString(text)
		text = text[n:]
	}
	return out
}
