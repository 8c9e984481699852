package regex

import "fmt"

// Error is a syntax error. Offset is a byte offset in the pattern; both follow
// PCRE2 10.42, whose text ClamAV prints.
type Error struct {
	Offset  int
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("regex: at offset %d: %s", e.Offset, e.Message)
}

// Caps of the parser. Nesting and repeat counts are PCRE2's.
const (
	maxNesting = 250
	maxRepeat  = 65535
	maxPattern = 1 << 20 // bytes; a signature line is at most 32 KiB
)

// notRepeatable is the message about a quantifier without an item.
const notRepeatable = "quantifier does not follow a repeatable item"

// modes are the options that (?...) can change.
type modes struct {
	fold, dotAll, multiLine, extended, extendedMore, ungreedy, noCapture bool
}

// newlines is which bytes end a line.
type newlines uint8

const (
	newlineLF newlines = iota
	newlineCR
	newlineNUL
	newlineAny // CR or LF; stands for CRLF, ANY and ANYCRLF
)

// parser turns a pattern into a syntax tree. Errors are raised by panic of
// *Error and caught in parse.
type parser struct {
	src        []byte
	pos        int
	depth      int
	modes      modes
	dollarEnd  bool
	utf        bool
	newline    newlines
	groups     int // capturing groups so far
	names      map[string][]int
	pending    []*node // references to check when all groups are known
	behinds    []*node // look-behinds whose length is to be checked then
	looks      int     // look-arounds around the current position
	keepLook   bool    // \K inside a look-around
	posix      bool    // POSIX extended syntax
	calls      bool    // some subroutine call exists
	duplicates bool    // (?J): names may be used twice
}

// parse parses the whole pattern.
func (p *parser) parse() (tree *node, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			tree, err = nil, e
		}
	}()
	if len(p.src) > maxPattern {
		p.fail(0, "regular expression is too large")
	}
	p.names = map[string][]int{}
	if !p.posix {
		p.leadingVerbs()
	}
	tree = p.alternation()
	if p.more() { // only an unmatched ')' stops the alternation early
		p.pos++
		p.fail(p.pos-1, "unmatched closing parenthesis")
	}
	p.resolve()
	return tree, nil
}

func (p *parser) fail(at int, message string) {
	panic(&Error{Offset: at, Message: message})
}

func (p *parser) more() bool { return p.pos < len(p.src) }

// peek tells whether the rest starts with s.
func (p *parser) peek(s string) bool {
	return len(p.src)-p.pos >= len(s) && string(p.src[p.pos:p.pos+len(s)]) == s
}

func (p *parser) accept(s string) bool {
	if p.peek(s) {
		p.pos += len(s)
		return true
	}
	return false
}

// alternation parses branches up to ')' or the end.
func (p *parser) alternation() *node {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.pos, "parentheses are too deeply nested")
	}
	defer func() { p.depth-- }()
	var branches []*node
	for {
		branches = append(branches, p.sequence())
		if !p.accept("|") {
			p.lastBranch(branches)
			return alternate(branches)
		}
	}
}

// lastBranch makes POSIX checks when all branches of a group are known.
func (p *parser) lastBranch(branches []*node) {
	if !p.posix {
		return
	}
	for _, b := range branches {
		if b.op == opEmpty && (len(branches) > 1 || p.depth == 1) {
			p.fail(p.pos, "empty (sub)expression")
		}
	}
}

// sequence parses one branch.
func (p *parser) sequence() *node {
	var list []*node
	last := false // whether the last of list may have a quantifier
	for p.more() {
		if p.modes.extended && p.skipSpace() {
			continue
		}
		c := p.src[p.pos]
		if c == '|' || c == ')' && (!p.posix || p.depth > 1) {
			break
		}
		n, repeatable := p.atom()
		if n == nil {
			// After a comment or an empty quotation a quantifier belongs to what
			// stands before it.
			if repeatable && last {
				list[len(list)-1] = p.quantified(list[len(list)-1], true)
			}
			continue
		}
		before := p.pos
		list = append(list, p.quantified(n, repeatable))
		last = repeatable && p.pos == before
	}
	return catenate(list)
}

// skipSpace skips white space and a comment in extended mode.
func (p *parser) skipSpace() bool {
	c := p.src[p.pos]
	if c == '#' {
		for p.more() && !p.isNewline(p.src[p.pos]) {
			p.pos++
		}
		return true
	}
	if c == ' ' || c >= 9 && c <= 13 {
		p.pos++
		return true
	}
	return false
}

func (p *parser) isNewline(c byte) bool { s := p.newlineSet(); return s.has(c) }

func (p *parser) newlineSet() byteSet {
	switch p.newline {
	case newlineCR:
		return setOf('\r')
	case newlineNUL:
		return setOf(0)
	case newlineAny:
		return setOf('\r', '\n')
	}
	return setOf('\n')
}

// quantified applies the quantifiers that follow n.
func (p *parser) quantified(n *node, repeatable bool) *node {
	for rounds := 0; ; rounds++ {
		if rounds > maxNesting {
			p.fail(p.pos, "quantifiers are too deeply nested")
		}
		for p.modes.extended && p.more() && p.skipSpace() {
		}
		lo, hi, ok := p.quantifier()
		if !ok {
			return n
		}
		end := p.pos
		if p.posix {
			p.posixQuantifier(rounds, lo, hi)
		}
		kind := greedy
		switch {
		case p.posix:
		case p.accept("?"):
			kind = lazy
		case p.accept("+"):
			kind = possessive
		}
		if !repeatable {
			p.fail(end-1, notRepeatable)
		}
		if p.modes.ungreedy {
			switch kind {
			case greedy:
				kind = lazy
			case lazy:
				kind = greedy
			}
		}
		if n.op == opLook {
			lo, hi = min(lo, 1), 1 // repeating an assertion changes nothing
		}
		n = &node{op: opRepeat, subs: []*node{n}, min: lo, max: hi, greed: kind}
		repeatable = p.posix
	}
}

// quantifier parses *, +, ? or a counted repeat.
func (p *parser) quantifier() (lo, hi int, ok bool) {
	switch {
	case p.accept("*"):
		return 0, unlimited, true
	case p.accept("+"):
		return 1, unlimited, true
	case p.accept("?"):
		return 0, 1, true
	case p.peek("{"):
		return p.counted()
	}
	return 0, 0, false
}

// counted parses {n}, {n,} and {n,m}; anything else is literal text.
func (p *parser) counted() (lo, hi int, ok bool) {
	i, start := p.pos+1, p.pos
	number := func() (int, bool) {
		from, v := i, 0
		for i < len(p.src) && isDigit(p.src[i]) {
			v = min(v*10+int(p.src[i]-'0'), maxRepeat+1)
			i++
		}
		return v, i > from
	}
	lo, found := number()
	if !found {
		return 0, 0, false
	}
	defer func() {
		if p.posix && !ok {
			p.fail(start, "invalid repetition count(s)")
		}
	}()
	loEnd := i
	hi = lo
	hiEnd := i
	if i < len(p.src) && p.src[i] == ',' {
		i++
		if hi, found = number(); !found {
			hi = unlimited
		}
		hiEnd = i
	}
	if i >= len(p.src) || p.src[i] != '}' {
		return 0, 0, false
	}
	if lo > maxRepeat {
		p.fail(min(start+6, loEnd), "number too big in {} quantifier")
	}
	if hi > maxRepeat {
		p.fail(hiEnd, "number too big in {} quantifier")
	}
	if hi != unlimited && hi < lo {
		p.fail(hiEnd, "numbers out of order in {} quantifier")
	}
	p.pos = i + 1
	return lo, hi, true
}

// leadingVerbs reads (*UTF8) and the like, which are allowed at the start only.
func (p *parser) leadingVerbs() {
	for {
		switch {
		case p.accept("(*UTF8)"), p.accept("(*UTF)"):
			p.utf = true
		case p.accept("(*CR)"):
			p.newline = newlineCR
		case p.accept("(*LF)"):
			p.newline = newlineLF
		case p.accept("(*NUL)"):
			p.newline = newlineNUL
		case p.accept("(*CRLF)"), p.accept("(*ANYCRLF)"), p.accept("(*ANY)"):
			p.newline = newlineAny
		case p.accept("(*UCP)"), p.accept("(*BSR_ANYCRLF)"), p.accept("(*BSR_UNICODE)"),
			p.accept("(*NO_START_OPT)"), p.accept("(*NO_AUTO_POSSESS)"), p.accept("(*NO_DOTSTAR_ANCHOR)"),
			p.accept("(*NO_JIT)"), p.accept("(*NOTEMPTY)"), p.accept("(*NOTEMPTY_ATSTART)"):
		case p.peek("(*LIMIT_"):
			end := p.pos
			for end < len(p.src) && p.src[end] != ')' {
				end++
			}
			if end == len(p.src) {
				return
			}
			p.pos = end + 1
		default:
			return
		}
	}
}

// resolve fills in references by name and checks that groups exist.
func (p *parser) resolve() {
	for _, n := range p.pending {
		if n.refName != "" {
			list := p.names[n.refName]
			if len(list) == 0 {
				p.fail(n.at, "reference to non-existent subpattern")
			}
			n.refs, n.n = list, list[0]
			continue
		}
		if n.n > p.groups {
			p.fail(n.at, "reference to non-existent subpattern")
		}
	}
	for _, n := range p.behinds {
		p.checkBehind(n)
	}
	if p.keepLook {
		p.fail(len(p.src), "\\K is not allowed in lookarounds (but see PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK)")
	}
}
