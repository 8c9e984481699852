package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"gclam/engine/inspect"
)

// explainer writes patterns in sigtool's words. What it prints before it meets an
// error stays printed: a pattern is explained piece by piece, each piece whole or
// not at all (observed: sigtool 1.4.6, as everything here).
type explainer struct{ t *tool }

// pattern explains a pattern, and ends the line if all of it could be explained.
func (x explainer) pattern(p string) {
	var ok bool
	switch {
	case strings.Contains(p, "/"):
		ok = x.regex(p)
	case strings.ContainsAny(p, "{["):
		ok = x.gaps(p)
	case strings.Contains(p, "*"):
		ok = x.chain(p)
	default:
		ok = x.piece(p)
	}
	if ok {
		x.print("\n")
	}
}

func (x explainer) print(s string) { fmt.Fprint(x.t.in.Out, s) }

// regex explains "trigger/expression/flags".
func (x explainer) regex(p string) bool {
	if strings.HasPrefix(p, "/") {
		x.t.in.Errorf("pcre without logical trigger")
		return false
	}
	trigger, expr, flags, ok := inspect.SplitRegex(p)
	if !ok {
		x.t.in.Errorf("missing regex expression terminator /")
		return false
	}
	if flags == "" {
		flags = "null"
	}
	x.print(fmt.Sprintf("     +-> TRIGGER: %s\n     +-> REGEX: %s\n     +-> CFLAGS: %s", trigger, expr, flags))
	return true
}

// chain explains a pattern whose only gaps are stars.
func (x explainer) chain(p string) bool {
	// Stars in a row count as one between parts, but each promises a part.
	tokens := strings.FieldsFunc(p, func(r rune) bool { return r == '*' })
	if strings.HasPrefix(p, "*") {
		tokens = nil
	}
	for i := range strings.Count(p, "*") + 1 {
		if i > 0 {
			x.print("{WILDCARD_ANY_STRING}")
		}
		if i >= len(tokens) {
			x.t.in.Errorf("Can't extract part %d of partial signature", i+1)
			return false
		}
		if !x.piece(tokens[i]) {
			return false
		}
	}
	return true
}

// gaps explains a pattern with bounded gaps: {n-m} or [n-m].
func (x explainer) gaps(p string) bool {
	for p != "" {
		open := strings.IndexAny(p, "{[")
		if open < 0 {
			return x.stars(p)
		}
		if !x.stars(p[:open]) {
			return false
		}
		p = p[open+1:]
		end := strings.IndexByte(p, '}')
		if end < 0 {
			end = strings.IndexByte(p, ']')
		}
		if end < 0 {
			return false
		}
		text, ok := gapText(p[:end])
		if !ok {
			return false
		}
		x.print(text)
		p = p[end+1:]
	}
	return true
}

// stars explains what stands between bounded gaps, where empty parts do no harm.
func (x explainer) stars(p string) bool {
	for i, s := range strings.Split(p, "*") {
		if i > 0 {
			x.print("{WILDCARD_ANY_STRING}")
		}
		if !x.piece(s) {
			return false
		}
	}
	return true
}

// gapText explains the inside of {n-m}.
func gapText(s string) (string, bool) {
	lo, hi, ranged := strings.Cut(s, "-")
	a, ok := gapNumber(lo)
	if !ok {
		return "", false
	}
	b, ok := gapNumber(hi)
	switch {
	case !ok:
		return "", false
	case !ranged && a != 0, ranged && a == b && a != 0:
		return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH==%d)}", a), true
	case a == 0 && b == 0:
		return "", true
	case b == 0:
		return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH>=%d)}", a), true
	case a == 0:
		return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH<=%d)}", b), true
	}
	return fmt.Sprintf("{WILDCARD_ANY_STRING(LENGTH>=%d&&<=%d)}", a, b), true
}

// gapNumber reads a number as the reference does: empty is 0, and what does not
// fit is cut to 32 bits.
func gapNumber(s string) (int32, bool) {
	if strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, _ := strconv.ParseInt("0"+s, 10, 64) // too large: the largest number
	return int32(n), int32(n) >= 0
}

// piece explains a run without gaps; on failure nothing of it is printed.
func (x explainer) piece(p string) bool {
	var text string
	ok := false
	if strings.Contains(p, "(") {
		text, ok = x.special(p)
	} else {
		text, ok = x.bytes(p)
	}
	if !ok {
		x.t.in.Errorf("Decoding failed")
		return false
	}
	x.print(text)
	return true
}

// bytes explains hexadecimal digits with ?.
func (x explainer) bytes(p string) (string, bool) {
	if len(p)%2 != 0 {
		x.t.libError(fmt.Sprintf("cli_hex2ui(): Malformed hexstring: %s (length: %d)", p, len(p)))
		return "", false
	}
	var out strings.Builder
	for ; p != ""; p = p[2:] {
		switch hi, lo := nibble(p[0]), nibble(p[1]); {
		case p[:2] == "??":
			out.WriteString("{WILDCARD_IGNORE}")
		case p[0] == '?' && lo >= 0:
			fmt.Fprintf(&out, "{WILDCARD_NIBBLE_LOW:0x%x}", lo)
		case p[1] == '?' && hi >= 0:
			fmt.Fprintf(&out, "{WILDCARD_NIBBLE_HIGH:0x%x}", hi<<4)
		case hi >= 0 && lo >= 0:
			out.WriteByte(byte(hi<<4 | lo))
		default:
			return "", false
		}
	}
	return out.String(), true
}

// nibble is the value of a hexadecimal digit, -1 for anything else.
func nibble(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// special explains a run with groups.
func (x explainer) special(p string) (string, bool) {
	var out strings.Builder
	first := true
	for ; ; first = false {
		open := strings.IndexByte(p, '(')
		if open < 0 {
			break
		}
		before, rest := p[:open], p[open+1:]
		not := strings.HasSuffix(before, "!")
		text, ok := x.bytes(strings.TrimSuffix(before, "!"))
		if !ok {
			x.t.in.Errorf("Decoding failed (1): %s", rest)
			return "", false
		}
		out.WriteString(text)
		end := closing(rest)
		if end < 0 {
			x.t.in.Errorf("decodehexspecial: Missing closing parenthesis")
			return "", false
		}
		text, ok = x.group(rest[:end], not, first && out.Len() == 0, rest[end+1:] == "")
		if !ok {
			return "", false
		}
		out.WriteString(text)
		p = rest[end+1:]
	}
	text, ok := x.bytes(p)
	if !ok {
		x.t.in.Errorf("Decoding failed (2)")
		return "", false
	}
	return out.String() + text, true
}

// closing finds the parenthesis that closes a group whose inside begins s.
func closing(s string) int {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// group explains the inside of parentheses; start and end tell that nothing stands
// before and behind them.
func (x explainer) group(s string, not, start, end bool) (string, bool) {
	switch s {
	case "":
		x.t.in.Errorf("decodehexspecial: Empty block")
		return "", false
	case "B", "L", "W":
		return boundaryText(s, not, start, end), true
	}
	text, ok := x.alternatives(s)
	if not {
		return "{EXCLUDING_STRING_ALTERNATIVE:" + text + "}", ok
	}
	return "{STRING_ALTERNATIVE:" + text + "}", ok
}

// boundaryText is empty for what the reference forgets: boundaries inside a run,
// and negated ones before it.
func boundaryText(s string, not, start, end bool) string {
	word := map[string]string{"B": "BOUNDARY", "L": "LINE_MARKER", "W": "WORD_MARKER"}[s]
	switch {
	case end && not:
		return "{NOT_" + word + "_RIGHT}"
	case end:
		return "{" + word + "_RIGHT}"
	case start && !not:
		return "{" + word + "_LEFT}"
	}
	return ""
}

// alternatives explains "hex|hex|(hex|hex)hex".
func (x explainer) alternatives(s string) (string, bool) {
	var out strings.Builder
	last := byte('|') // the delimiter before the current text
	for {
		i := strings.IndexAny(s, "|()")
		code := 3
		if i < 0 {
			i, code = len(s), 4
		}
		text, ok := x.alternative(s[:i], code)
		if !ok {
			return "", false
		}
		out.WriteString(text)
		if i == len(s) {
			return out.String(), true
		}
		switch s[i] {
		case '|', ')':
			if text == "" && last != ')' {
				x.t.in.Errorf("decodehexspecial: Empty string alternative block")
				return "", false
			}
			out.WriteByte(map[byte]byte{'|': '|', ')': '}'}[s[i]])
		case '(':
			out.WriteString("{STRING_ALTERNATIVE:")
		}
		last, s = s[i], s[i+1:]
	}
}

func (x explainer) alternative(s string, code int) (string, bool) {
	b, err := hex.DecodeString(s)
	if err == nil {
		return string(b), true
	}
	if len(s)%2 != 0 {
		x.t.libError(fmt.Sprintf("cli_hex2str(): Malformed hexstring: %s (length: %d)", s, len(s)))
	}
	x.t.in.Errorf("Decoding failed (%d): %s", code, s)
	return "", false
}
