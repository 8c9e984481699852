package sig

import "strings"

// ereClasses are the names of character classes.
var ereClasses = [...]string{
	"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit",
}

// bracket reads a set behind its opening bracket.
func (c *ereChecker) bracket() {
	if strings.HasPrefix(c.s[c.pos:], "[:<:]]") || strings.HasPrefix(c.s[c.pos:], "[:>:]]") {
		c.pos += len("[:<:]]") // word boundaries
		return
	}
	if c.peek('^') {
		c.pos++
	}
	if c.peek(']') || c.peek('-') {
		c.pos++
	}
	for c.fail == "" && c.pos < len(c.s) && c.s[c.pos] != ']' && !strings.HasPrefix(c.s[c.pos:], "-]") {
		c.setItem()
	}
	if c.fail != "" {
		return
	}
	if c.peek('-') {
		c.pos++
	}
	if !c.peek(']') {
		c.fail = ereBracket
		return
	}
	c.pos++
}

func (c *ereChecker) peek(ch byte) bool { return c.pos < len(c.s) && c.s[c.pos] == ch }

// setItem reads a class, an equivalence class, a character or a range.
func (c *ereChecker) setItem() {
	rest := c.s[c.pos:]
	switch {
	case strings.HasPrefix(rest, "[:"):
		c.pos += 2
		c.class()
		return
	case strings.HasPrefix(rest, "[="):
		c.pos += 2
		c.collating('=')
		return
	case rest[0] == '-':
		c.fail = ereRange
		return
	}
	lo := c.setChar()
	if c.fail != "" || !c.peek('-') || strings.HasPrefix(c.s[c.pos:], "-]") {
		return
	}
	c.pos++
	hi := byte('-')
	if c.pos == len(c.s) {
		c.fail = ereBracket
		return
	}
	if c.peek('-') {
		c.pos++
	} else {
		hi = c.setChar()
	}
	if c.fail == "" && lo > hi {
		c.fail = ereRange
	}
}

// setChar reads a character or [.x.].
func (c *ereChecker) setChar() byte {
	if strings.HasPrefix(c.s[c.pos:], "[.") {
		c.pos += 2
		return c.collating('.')
	}
	c.pos++
	return c.s[c.pos-1]
}

func (c *ereChecker) class() {
	n := 0
	for c.pos+n < len(c.s) && c.s[c.pos+n] >= 'a' && c.s[c.pos+n] <= 'z' {
		n++
	}
	name := c.s[c.pos : c.pos+n]
	c.pos += n
	known := false
	for _, k := range ereClasses {
		known = known || k == name
	}
	switch {
	case !known:
		c.fail = ereClass
	case strings.HasPrefix(c.s[c.pos:], ":]"):
		c.pos += 2
	default:
		c.fail = ereClass
	}
}

// collating reads a collating element of one character up to its end mark. The
// long names of POSIX (space, hyphen, …) are not accepted: no signature uses them.
func (c *ereChecker) collating(mark byte) byte {
	end := strings.Index(c.s[c.pos:], string(mark)+"]")
	switch {
	case end < 0:
		c.fail = ereBracket
		return 0
	case end != 1:
		c.fail = ereCollate
		return 0
	}
	ch := c.s[c.pos]
	c.pos += end + 2
	return ch
}
