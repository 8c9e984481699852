package regex

// group parses everything that starts with '('; p.pos is behind it.
func (p *parser) group(start int) (*node, bool) {
	if p.posix {
		return p.capture(start, ""), true
	}
	if p.peek("*") && p.pos+1 < len(p.src) && (p.src[p.pos+1] >= 'A' && p.src[p.pos+1] <= 'Z' || p.src[p.pos+1] == ':' ||
		p.src[p.pos+1] >= 'a' && p.src[p.pos+1] <= 'z') {
		return p.verb(start)
	}
	if !p.accept("?") {
		if p.modes.noCapture {
			return enclosed(p.body(start)), true
		}
		return p.capture(start, ""), true
	}
	if !p.more() || p.peek("P") && p.pos+1 == len(p.src) {
		p.fail(len(p.src), "missing closing parenthesis")
	}
	switch {
	case p.accept("#"):
		return p.comment(start)
	case p.accept(":"):
		return enclosed(p.body(start)), true
	case p.accept("|"):
		return p.branchReset(start), true
	case p.accept(">"):
		return &node{op: opAtomic, subs: []*node{p.body(start)}}, true
	case p.accept("="):
		return p.look(start, false, false), true
	case p.accept("!"):
		return p.look(start, false, true), true
	case p.accept("<="):
		return p.look(start, true, false), true
	case p.accept("<!"):
		return p.look(start, true, true), true
	case p.accept("P<"), p.accept("<"):
		return p.namedCapture(start, '>'), true
	case p.accept("'"):
		return p.namedCapture(start, '\''), true
	case p.accept("P="):
		at := p.pos
		return p.namedReference(p.name(')'), at), true
	case p.accept("P>"), p.accept("&"):
		at := p.pos
		return p.call(&node{refName: p.name(')'), at: at}), true
	case p.accept("("):
		return p.conditional(start), true
	case p.accept("C"):
		return p.callout(start)
	}
	if c := p.src[p.pos]; c == 'R' || isDigit(c) || (c == '+' || c == '-') && p.pos+1 < len(p.src) && isDigit(p.src[p.pos+1]) {
		return p.callUntil(')'), true
	}
	return p.options(start)
}

// close consumes the ')' of a group.
func (p *parser) close() {
	if !p.accept(")") {
		p.fail(len(p.src), "missing closing parenthesis")
	}
}

// body parses alternatives up to ')'; option changes end there.
func (p *parser) body(_ int) *node {
	saved := p.modes
	n := p.alternation()
	p.close()
	p.modes = saved
	return n
}

// enclosed keeps the alternatives of a group apart from those of the group
// around it, which look-behind and conditions count.
func enclosed(n *node) *node {
	if n.op == opAlt {
		return &node{op: opCat, subs: []*node{n}}
	}
	return n
}

func (p *parser) capture(start int, name string) *node {
	p.groups++
	n := &node{op: opGroup, n: p.groups, at: start}
	if name != "" {
		p.names[name] = append(p.names[name], n.n)
	}
	n.subs = []*node{p.body(start)}
	return n
}

func (p *parser) namedCapture(start int, closing byte) *node {
	name := p.name(closing)
	for _, n := range p.names[name] {
		if n != p.groups+1 && !p.duplicates {
			p.duplicateName()
		}
	}
	return p.capture(start, name)
}

func (p *parser) duplicateName() {
	p.fail(p.pos, "two named subpatterns have the same name (PCRE2_DUPNAMES not set)")
}

func (p *parser) comment(start int) (*node, bool) {
	for p.more() && p.src[p.pos] != ')' {
		p.pos++
	}
	if !p.accept(")") {
		p.fail(len(p.src), "missing ) after (?# comment")
	}
	return nil, true
}

// callout skips (?C...), which does nothing without a caller who asks for it.
func (p *parser) callout(start int) (*node, bool) {
	for p.more() && p.src[p.pos] != ')' {
		p.pos++
	}
	p.close()
	return nil, false
}

// branchReset parses (?|...), in which every branch numbers its groups from the
// same start.
func (p *parser) branchReset(start int) *node {
	saved := p.modes
	if p.depth++; p.depth > maxNesting {
		p.fail(p.pos, "parentheses are too deeply nested")
	}
	first, most := p.groups, p.groups
	var branches []*node
	for {
		p.groups = first
		branches = append(branches, p.sequence())
		most = max(most, p.groups)
		if !p.accept("|") {
			break
		}
	}
	p.groups = most
	p.depth--
	p.close()
	p.modes = saved
	return enclosed(alternate(branches))
}

func (p *parser) look(start int, behind, negative bool) *node {
	if negative && !behind && p.peek(")") {
		p.pos++
		return &node{op: opFail}
	}
	n := &node{op: opLook, behind: behind, negative: negative, at: start}
	p.looks++
	n.subs = []*node{p.body(start)}
	p.looks--
	if behind {
		p.behinds = append(p.behinds, n)
	}
	return n
}

// checkBehind refuses look-behind of a length that is not fixed, as PCRE2 10.42
// does; only the branches may differ.
func (p *parser) checkBehind(n *node) {
	for _, b := range branches(n.subs[0]) {
		if !fixed(b) {
			p.fail(n.at, "lookbehind assertion is not fixed length")
		}
	}
}

// branches returns the alternatives of a node.
func branches(n *node) []*node {
	if n.op == opAlt {
		return n.subs
	}
	return []*node{n}
}

func fixed(n *node) bool {
	lo, hi := n.width()
	return lo == hi
}

// callUntil parses the number or name of a subroutine call.
func (p *parser) callUntil(closing byte) *node {
	at := p.pos
	if p.accept("R") {
		if !p.more() || p.src[p.pos] != closing {
			p.fail(p.pos, "(?R (recursive pattern call) must be followed by a closing parenthesis")
		}
		p.pos++
		return p.call(&node{n: 0, at: at})
	}
	sign := 0
	if p.accept("-") {
		sign = -1
	} else if p.accept("+") {
		sign = 1
	}
	v, ok := p.number()
	if !ok {
		p.pos = at
		return p.call(&node{refName: p.name(closing), at: at})
	}
	if !p.more() || p.src[p.pos] != closing {
		p.fail(p.pos, "missing closing parenthesis")
	}
	p.pos++
	if sign != 0 && v == 0 {
		p.fail(p.pos-1, "a relative value of zero is not allowed")
	}
	if sign < 0 && v > p.groups {
		p.fail(p.pos-1, "reference to non-existent subpattern")
	}
	switch sign {
	case -1:
		v = p.groups - v + 1
	case 1:
		v = p.groups + v
	}
	return p.call(&node{n: v, at: p.pos - 1})
}

func (p *parser) call(n *node) *node {
	n.op = opCall
	p.calls = true
	p.pending = append(p.pending, n)
	return n
}

// conditional parses (?(condition)yes|no).
func (p *parser) conditional(start int) *node {
	n := &node{op: opCond, at: p.pos}
	p.condition(n, start)
	saved := p.modes
	tree := p.alternation()
	p.close()
	p.modes = saved
	parts := branches(tree)
	if len(parts) > 2 {
		p.fail(start, "conditional subpattern contains more than two branches")
	}
	if n.cond == condDefine && len(parts) > 1 {
		p.fail(start+3, "DEFINE subpattern contains more than one branch")
	}
	if len(parts) == 1 {
		parts = append(parts[:1:1], &node{op: opEmpty})
	}
	n.subs = parts
	return n
}

// condition parses what is between the inner parentheses.
func (p *parser) condition(n *node, start int) {
	at := p.pos
	if p.peek("?") {
		p.pos--
		inner, _ := p.atom()
		if inner == nil || inner.op != opLook && inner.op != opFail {
			p.fail(at, "assertion expected after (?( or (?(?C)")
		}
		n.cond, n.look = condLook, inner
		if inner.op == opFail {
			n.look = &node{op: opLook, negative: true, subs: []*node{{op: opEmpty}}}
		}
		return
	}
	switch {
	case p.accept("DEFINE)"):
		n.cond = condDefine
		return
	case p.accept("R)"):
		n.cond, n.n = condRecursion, -1
		return
	case p.accept("R&"):
		n.cond, n.refName = condRecursion, p.name(')')
		p.pending = append(p.pending, n)
		return
	case p.peek("R") && p.pos+1 < len(p.src) && isDigit(p.src[p.pos+1]):
		p.pos++
		n.cond = condRecursion
		n.n, _ = p.number()
		p.close()
		return
	case p.accept("<"):
		n.refName = p.name('>')
		p.close()
	case p.accept("'"):
		n.refName = p.name('\'')
		p.close()
	default:
		p.groupCondition(n)
	}
	n.cond = condGroup
	p.pending = append(p.pending, n)
}

// groupCondition parses a group number or bare name.
func (p *parser) groupCondition(n *node) {
	sign := 0
	if p.accept("-") {
		sign = -1
	} else if p.accept("+") {
		sign = 1
	}
	v, ok := p.number()
	if !ok {
		n.refName = p.name(')')
		return
	}
	switch sign {
	case -1:
		v = p.groups - v + 1
	case 1:
		v = p.groups + v
	}
	if v < 1 {
		p.fail(p.pos, "invalid condition (?(0)")
	}
	n.n, n.refs = v, []int{v}
	p.close()
}

// options parses (?i-s) and (?i-s:...).
func (p *parser) options(start int) (*node, bool) {
	saved, set := p.modes, true
	if p.accept("^") {
		p.modes = modes{ungreedy: p.modes.ungreedy}
	}
	for p.more() {
		c := p.src[p.pos]
		p.pos++
		switch c {
		case ')':
			return nil, false
		case ':':
			n := p.alternation()
			p.close()
			p.modes = saved
			return enclosed(n), true
		case '-':
			set = false
		case 'i':
			p.modes.fold = set
		case 's':
			p.modes.dotAll = set
		case 'm':
			p.modes.multiLine = set
		case 'x':
			p.modes.extended = set
			p.modes.extendedMore = set && p.accept("x")
		case 'n':
			p.modes.noCapture = set
		case 'U':
			p.modes.ungreedy = set
		case 'J':
			p.duplicates = set
		case 'P':
			p.fail(p.pos, "unrecognized character after (?P")
		default:
			p.fail(p.pos-1, "unrecognized character after (? or (?-")
		}
	}
	p.fail(len(p.src), "missing closing parenthesis")
	return nil, false
}
