package sig

import "strings"

// maxRepeat is the highest count in {n,m}.
const maxRepeat = 255

// maxERE bounds groups inside each other; ClamAV's own limit is its line length.
const maxERE = 8192

// ereNocase, at the start of an expression, makes it ignore case (observed with
// clamscan 1.4.6; nowhere else is it anything but a malformed group).
const ereNocase = "(?i)"

// Texts of regex(3) errors, as ClamAV prints them.
const (
	ereCollate = "invalid collating element"
	ereClass   = "invalid character class"
	ereEscape  = `trailing backslash (\)`
	ereBracket = "brackets ([ ]) not balanced"
	ereParen   = "parentheses not balanced"
	ereBrace   = "braces not balanced"
	ereBadBR   = "invalid repetition count(s)"
	ereRange   = "invalid character range"
	ereRepeat  = "repetition-operator operand invalid"
	ereEmpty   = "empty (sub)expression"
)

// ereChecker validates POSIX extended regular expressions in the dialect that
// ClamAV's container and URL signatures are compiled with (observed: clamscan
// 1.4.6). It only accepts or refuses; matching is elsewhere.
type ereChecker struct {
	s     string
	pos   int
	depth int
	fail  string
}

// checkERE returns why an expression does not compile, "" if it does.
func checkERE(s string) string {
	c := &ereChecker{s: strings.TrimPrefix(s, ereNocase)}
	c.expression()
	return c.fail
}

// expression walks alternatives and groups with an explicit depth instead of
// recursion: a hostile line may open thousands of parentheses.
func (c *ereChecker) expression() {
	items := 0 // in the current branch
	for c.fail == "" {
		if c.pos == len(c.s) {
			c.ending(items)
			return
		}
		ch := c.s[c.pos]
		switch {
		case ch == '|':
			if items == 0 {
				c.fail = ereEmpty
			}
			c.pos++
			items = 0
			if c.pos == len(c.s) || c.depth > 0 && c.s[c.pos] == ')' {
				c.fail = ereEmpty
			}
		case ch == '(':
			items = c.open()
		case ch == ')' && c.depth > 0:
			if items == 0 {
				c.fail = ereEmpty
			}
			c.pos++
			c.depth--
			c.repetition()
			items = 1
		default:
			c.atom()
			items++
		}
	}
}

func (c *ereChecker) ending(items int) {
	switch {
	case c.depth > 0:
		c.fail = ereParen
	case items == 0:
		c.fail = ereEmpty
	}
}

// open enters a group; the empty group () is an item of its own.
func (c *ereChecker) open() (items int) {
	c.pos++
	if c.pos == len(c.s) {
		c.fail = ereParen
		return 0
	}
	if c.s[c.pos] == ')' {
		c.pos++
		c.repetition()
		return 1
	}
	if c.depth++; c.depth > maxERE {
		c.fail = ereParen
	}
	return 0
}

// atom reads one element outside of groups and what repeats it.
func (c *ereChecker) atom() {
	ch := c.s[c.pos]
	c.pos++
	switch ch {
	case '*', '+', '?':
		c.fail = ereRepeat
	case '{':
		if c.pos < len(c.s) && startsWithDigit(c.s[c.pos:]) {
			c.fail = ereRepeat
		}
	case '\\':
		if c.pos == len(c.s) {
			c.fail = ereEscape
			return
		}
		c.pos++
	case '[':
		c.bracket()
	case '^':
		if c.repeats() {
			c.fail = ereRepeat
		}
		return
	}
	c.repetition()
}

// repeats tells whether a repetition operator is next.
func (c *ereChecker) repeats() bool {
	rest := c.s[c.pos:]
	if rest == "" {
		return false
	}
	return rest[0] == '*' || rest[0] == '+' || rest[0] == '?' || rest[0] == '{' && startsWithDigit(rest[1:])
}

// repetition reads an optional operator; two in a row are an error.
func (c *ereChecker) repetition() {
	if c.fail != "" || !c.repeats() {
		return
	}
	c.pos++
	if c.s[c.pos-1] == '{' {
		c.counts()
	}
	if c.fail == "" && c.repeats() {
		c.fail = ereRepeat
	}
}

// counts reads n}, n,} or n,m}.
func (c *ereChecker) counts() {
	lo := c.number()
	hi := lo
	if c.pos < len(c.s) && c.s[c.pos] == ',' {
		c.pos++
		hi = maxRepeat
		if c.pos < len(c.s) && startsWithDigit(c.s[c.pos:]) {
			hi = c.number()
		}
	}
	switch {
	case lo > maxRepeat || hi > maxRepeat || lo > hi:
		c.fail = ereBadBR
	case c.pos < len(c.s) && c.s[c.pos] == '}':
		c.pos++
	case strings.IndexByte(c.s[c.pos:], '}') < 0:
		c.fail = ereBrace
	default:
		c.fail = ereBadBR
	}
}

func (c *ereChecker) number() int {
	n := 0
	for c.pos < len(c.s) && startsWithDigit(c.s[c.pos:]) {
		n = min(n*10+int(c.s[c.pos]-'0'), maxRepeat+1)
		c.pos++
	}
	return n
}
