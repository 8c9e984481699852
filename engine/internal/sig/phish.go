package sig

import (
	"fmt"
	"strings"
)

// maxPhishLine is the longest line of a URL database.
const maxPhishLine = 8189

func parsePDB(f *file, text string) error { return f.phishLine('p', text) }
func parseGDB(f *file, text string) error { return f.phishLine('g', text) }
func parseWDB(f *file, text string) error { return f.phishLine('w', text) }

// phishLine validates a line of a .pdb, .gdb or .wdb: a letter for its meaning,
// flags without effect, a colon, a pattern, and an optional :min-max of levels.
func (f *file) phishLine(list byte, text string) error {
	if len(text) > maxPhishLine {
		f.errorf("Overlong regex line %d", f.line)
		return errMalformed
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		lo, hi, ok := levelRange(text[i+1:])
		if ok {
			if f.opt.Level < lo || f.opt.Level > hi {
				return errSkip
			}
			text = text[:i]
		}
	}
	_, pattern, ok := strings.Cut(text, ":")
	if !ok {
		f.errorf("Malformed regex list line %d", f.line)
		return errMalformed
	}
	if err := f.phishPattern(list, text[0], pattern); err != nil {
		return err
	}
	return f.sink.Phish(&Phish{List: list, Line: text})
}

// levelRange reads min-max or min- of levels; anything else is no range.
func levelRange(s string) (lo, hi int, ok bool) {
	a, b, ok := strings.Cut(s, "-")
	if !ok || !isDigits(a) || !isDigits(b) {
		return 0, 0, false
	}
	if b == "" {
		return atoi(a), 1 << 30, true
	}
	return atoi(a), atoi(b), true
}

func (f *file) phishPattern(list, letter byte, pattern string) error {
	allow := list == 'w'
	switch letter {
	case 'R', 'X', 'Y':
		if (letter == 'R') == allow {
			return errMalformed
		}
		return f.phishRegex(pattern)
	case 'H', 'M':
		if (letter == 'H') == allow {
			return errMalformed
		}
		if pattern == "" {
			return f.noSuffix(errMalformed)
		}
		return nil
	case 'S':
		return f.urlHash(allow, pattern)
	}
	return errMalformed
}

// noSuffix reports an expression without any fixed end, which ClamAV fails to
// allocate memory for.
func (f *file) noSuffix(err error) error {
	f.warnf("cli_max_realloc(): File or section is too large to scan (0 bytes). For your safety," +
		" ClamAV limits how much memory an operation can allocate to 1073741824 bytes")
	return err
}

func (f *file) phishRegex(pattern string) error {
	body := pattern
	pattern += "/"
	switch reason := checkERE(pattern); {
	case body == "$" || strings.Contains(body, "()"):
		return errMalformed
	case reason == "" && !indexable(body), reason == ereEmpty:
		return f.noSuffix(errMemory)
	case reason != "":
		f.errorf("regex_suffix: Error compiling regular expression %s: %s", pattern, reason)
		return errMalformed
	}
	return nil
}

// optionalPath is how URL expressions end that match with and without a path.
const optionalPath = "([/?].*)?"

// Limits of the search for fixed ends.
const (
	maxSuffixSteps = 4096 // branches looked into; groups multiply them
	minSuffix      = 2    // characters, the slash that ClamAV appends included
)

// indexable tells whether ClamAV can index a valid URL expression by its end:
// every branch must end in two characters or small sets of them, the last one
// being the slash that is appended (observed: clamscan 1.4.6).
func indexable(re string) bool {
	last := minSuffix - 1
	if end := unopened(re); end >= 0 {
		re, last = re[:end], minSuffix // what follows a stray parenthesis is not read
	}
	steps := 0
	branches := splitBranches(strings.TrimSuffix(re, optionalPath))
	for i, branch := range branches {
		need := minSuffix
		if i == len(branches)-1 {
			need = last
		}
		if !fixedEnd(branch, need, &steps) {
			return false
		}
	}
	return true
}

// fixedEnd tells whether a branch ends in at least need fixed characters.
func fixedEnd(re string, need int, steps *int) bool {
	*steps++
	for need > 0 {
		n := len(re)
		if n == 0 || *steps > maxSuffixSteps {
			return false
		}
		if escapedAt(re, n-1) {
			re = re[:n-2]
			need--
			continue
		}
		switch re[n-1] {
		case '*', '?', '.', '$':
			return false
		case '+':
			re = re[:n-1]
			continue
		case ']':
			open := strings.LastIndexByte(re[:n-1], '[')
			if open < 0 {
				break // an ordinary character
			}
			if set := re[open+1 : n-1]; strings.HasPrefix(set, "^") || strings.Contains(set, "-") {
				return false
			}
			re = re[:open]
			need--
			continue
		case ')':
			open := openingOf(re)
			if open < 0 {
				return false
			}
			for _, branch := range splitBranches(re[open+1 : n-1]) {
				if !fixedEnd(re[:open]+branch, need, steps) {
					return false
				}
			}
			return true
		}
		re = re[:n-1]
		need--
	}
	return true
}

// unopened finds the first closing parenthesis without an opening one, or -1.
func unopened(re string) int {
	level, inSet := 0, false
	for i := 0; i < len(re); i++ {
		switch c := re[i]; {
		case c == '\\' && !inSet:
			i++
		case inSet:
			inSet = c != ']'
		case c == '[':
			inSet = true
			if i+1 < len(re) && re[i+1] == ']' {
				i++
			}
		case c == '(':
			level++
		case c == ')':
			if level--; level < 0 {
				return i
			}
		}
	}
	return -1
}

// escapedAt tells whether the byte at i stands behind an odd number of backslashes.
func escapedAt(re string, i int) bool {
	n := 0
	for i-n > 0 && re[i-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

// openingOf finds the parenthesis that the last byte of re closes, or -1.
func openingOf(re string) int {
	level := 0
	for i := len(re) - 1; i >= 0; i-- {
		if escapedAt(re, i) {
			continue
		}
		switch re[i] {
		case ')':
			level++
		case '(':
			if level--; level == 0 {
				return i
			}
		}
	}
	return -1
}

// splitBranches cuts an expression at the bars outside of groups and sets.
func splitBranches(re string) []string {
	var out []string
	level, start, inSet := 0, 0, false
	for i := 0; i < len(re); i++ {
		switch c := re[i]; {
		case c == '\\' && !inSet:
			i++
		case inSet:
			inSet = c != ']'
		case c == '[':
			inSet = true
			if i+1 < len(re) && re[i+1] == ']' {
				i++
			}
		case c == '(':
			level++
		case c == ')':
			level--
		case c == '|' && level == 0:
			out = append(out, re[start:i])
			start = i + 1
		}
	}
	return append(out, re[start:])
}

// urlHash reads F:sha256, P:prefix or W:sha256. An allow list takes W only.
func (f *file) urlHash(allow bool, pattern string) error {
	switch {
	case allow && !strings.HasPrefix(pattern, "W"):
		return errMalformed
	case pattern == "":
		f.unended = fmt.Sprintf("Error loading line: %d, ", f.line) // and a NUL
		return errMalformed
	}
	if pattern[0] != 'F' && pattern[0] != 'P' && pattern[0] != 'W' || len(pattern) < 2 || pattern[1] != ':' {
		f.errorf("Error loading line: %d, %c", f.line, pattern[0])
		return errMalformed
	}
	hash := pattern[2:]
	switch {
	case hash == "":
		f.errorf("add_hash: Invalid pattern '' in database")
	case len(hash)%2 != 0:
		f.errorf("cli_mpool_hex2str(): Malformed hexstring: %s (length: %d)", hash, len(hash))
	case decodeHex(make([]byte, len(hash)/2), hash):
		return nil
	}
	f.errorf("Error loading at line: %d", f.line)
	return errMalformed
}
