package regex

// atom parses one item of a branch. nil means that the item adds nothing (a
// comment, an option setting). repeatable tells whether a quantifier may follow;
// for nil, whether one may belong to the item before.
func (p *parser) atom() (n *node, repeatable bool) {
	start := p.pos
	c := p.src[p.pos]
	p.pos++
	switch c {
	case '(':
		return p.group(start)
	case '[':
		if p.peek("[:<:]]") || p.peek("[:>:]]") {
			kind := assertWordStart
			if p.src[p.pos+2] == '>' {
				kind = assertWordEnd
			}
			p.pos += len("[:<:]]")
			return &node{op: opAssert, assert: kind}, true
		}
		p.outsideClass(start)
		return &node{op: opSet, set: p.class()}, true
	case '.':
		return p.dot(), true
	case '^':
		if p.modes.multiLine {
			return &node{op: opAssert, assert: assertLineStart}, false
		}
		return &node{op: opAssert, assert: assertStart}, false
	case '$':
		return &node{op: opAssert, assert: p.dollar()}, p.posix
	case '\\':
		if p.posix {
			return p.posixEscape(), true
		}
		return p.escape(start)
	case '*', '+', '?':
		p.fail(p.pos-1, notRepeatable)
	case '{':
		p.pos = start
		if p.posix && p.pos+1 < len(p.src) && !isDigit(p.src[p.pos+1]) {
			p.pos++
			return literal('{', false), true
		}
		if _, _, ok := p.counted(); ok {
			p.fail(p.pos-1, notRepeatable)
		}
		p.pos++
	}
	if p.utf && c >= 0x80 {
		return p.utfLiteral(start), true
	}
	return literal(c, p.modes.fold), true
}

// dollar returns what $ asserts in the current mode.
func (p *parser) dollar() assertKind {
	switch {
	case p.modes.multiLine:
		return assertLineEnd
	case p.dollarEnd:
		return assertEnd
	}
	return assertEndNewline
}

// dot returns the set of '.' in the current mode.
func (p *parser) dot() *node {
	set := anySet()
	if !p.modes.dotAll {
		set = p.newlineSet().inverted()
	}
	return p.setNode(set)
}

// setNode makes a node of a set; in UTF mode its upper half stands for all
// characters beyond ASCII.
func (p *parser) setNode(set byteSet) *node {
	if !p.utf {
		return &node{op: opSet, set: set}
	}
	if !set.has(0x80) {
		return &node{op: opSet, set: set}
	}
	ascii := set
	ascii[2], ascii[3] = 0, 0
	tail := &node{op: opSet, set: setRange(0x80, 0xbf)}
	lead := func(lo, hi, tails int) *node {
		list := []*node{{op: opSet, set: setRange(lo, hi)}}
		for range tails {
			list = append(list, tail)
		}
		return catenate(list)
	}
	return alternate([]*node{{op: opSet, set: ascii}, lead(0xc2, 0xdf, 1), lead(0xe0, 0xef, 2), lead(0xf0, 0xf4, 3)})
}

// utfLiteral reads the rest of a multi-byte character as one item.
func (p *parser) utfLiteral(start int) *node {
	for p.more() && p.src[p.pos]&0xc0 == 0x80 {
		p.pos++
	}
	return literalBytes(p.src[start:p.pos], false)
}

func literalBytes(b []byte, fold bool) *node {
	var list []*node
	for _, c := range b {
		list = append(list, literal(c, fold))
	}
	return catenate(list)
}

// escape parses what follows a backslash outside a class.
func (p *parser) escape(start int) (*node, bool) {
	if !p.more() {
		p.fail(p.pos, "\\ at end of pattern")
	}
	c := p.src[p.pos]
	p.pos++
	assertion := func(k assertKind) (*node, bool) { return &node{op: opAssert, assert: k}, false }
	switch c {
	case 'Q':
		return p.quoted()
	case 'E':
		return nil, true
	case 'b':
		return assertion(assertWord)
	case 'B':
		return assertion(assertNotWord)
	case 'A':
		return assertion(assertStart)
	case 'z':
		return assertion(assertEnd)
	case 'Z':
		return assertion(assertEndNewline)
	case 'G':
		return assertion(assertSearchStart)
	case 'K':
		p.keepLook = p.keepLook || p.looks > 0
		return &node{op: opKeep}, false
	case 'C':
		return &node{op: opSet, set: anySet()}, true
	case 'N':
		if p.peek("{") {
			if _, _, ok := p.tryCounted(); !ok {
				p.fail(p.pos, notSupported)
			}
		}
		return p.setNode(p.newlineSet().inverted()), true
	case 'R':
		return newlineSequence(), true
	case 'X':
		return &node{op: opAtomic, subs: []*node{alternate([]*node{literalBytes([]byte("\r\n"), false), p.setNode(anySet())})}}, true
	case 'g':
		return p.gReference(start)
	case 'k':
		return p.kReference()
	}
	if set, ok := typeSet(c); ok {
		return p.setNode(set), true
	}
	if c == 'p' || c == 'P' {
		return p.setNode(p.property(c == 'P')), true
	}
	if c >= '1' && c <= '9' {
		if n, ok := p.numberedReference(start); ok {
			return n, true
		}
	}
	p.pos = start + 1
	v := p.character(false)
	if p.utf && v >= 0x80 {
		return literalBytes([]byte(string(rune(v))), false), true
	}
	return literal(byte(v), p.modes.fold), true
}

// tryCounted looks whether a counted repeat follows, without consuming it.
func (p *parser) tryCounted() (lo, hi int, ok bool) {
	at := p.pos
	lo, hi, ok = p.counted()
	p.pos = at
	return lo, hi, ok
}

// newlineSequence is \R: any newline sequence, as a unit.
func newlineSequence() *node {
	one := setUnion(verticalSet())
	return &node{op: opAtomic, subs: []*node{alternate([]*node{
		literalBytes([]byte("\r\n"), false), {op: opSet, set: one},
	})}}
}

// quoted parses the rest of \Q...\E as a run of literals; a quantifier behind it
// belongs to the last character, so only one character is returned at a time.
func (p *parser) quoted() (*node, bool) {
	end := p.pos
	for end < len(p.src) && !(p.src[end] == '\\' && end+1 < len(p.src) && p.src[end+1] == 'E') {
		end++
	}
	text := p.src[p.pos:end]
	p.pos = min(end+2, len(p.src))
	if len(text) == 0 {
		return nil, true
	}
	last := len(text) - 1
	if p.utf {
		for last > 0 && text[last]&0xc0 == 0x80 {
			last--
		}
	}
	head := literalBytes(text[:last], p.modes.fold)
	tail := p.quantified(literalBytes(text[last:], p.modes.fold), true)
	return catenate([]*node{head, tail}), false
}

// typeSet returns the set of \d, \w and so on.
func typeSet(c byte) (byteSet, bool) {
	switch c {
	case 'd':
		return digitSet(), true
	case 'D':
		return digitSet().inverted(), true
	case 'w':
		return wordSet(), true
	case 'W':
		return wordSet().inverted(), true
	case 's':
		return spaceSet(), true
	case 'S':
		return spaceSet().inverted(), true
	case 'h':
		return horizontalSet(), true
	case 'H':
		return horizontalSet().inverted(), true
	case 'v':
		return verticalSet(), true
	case 'V':
		return verticalSet().inverted(), true
	}
	return byteSet{}, false
}

// numberedReference parses \1 and so on; ok is false when the digits are an
// octal character instead.
func (p *parser) numberedReference(start int) (*node, bool) {
	i, v := start+1, 0
	for i < len(p.src) && isDigit(p.src[i]) {
		v = min(v*10+int(p.src[i]-'0'), 1<<20)
		i++
	}
	if v > 9 && p.src[start+1] < '8' && v > p.groups {
		return nil, false
	}
	p.pos = i
	return p.reference(v, i-1), true
}

// reference makes a back reference to group v.
func (p *parser) reference(v, at int) *node {
	n := &node{op: opBackref, n: v, refs: []int{v}, fold: p.modes.fold, at: at}
	p.pending = append(p.pending, n)
	return n
}

func (p *parser) namedReference(name string, at int) *node {
	n := &node{op: opBackref, refName: name, fold: p.modes.fold, at: at}
	p.pending = append(p.pending, n)
	return n
}
