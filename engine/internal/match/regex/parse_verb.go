package regex

// verb parses (*VERB), (*VERB:name) and the spelled-out groups such as (*pla:...).
func (p *parser) verb(start int) (*node, bool) {
	p.pos++
	at := p.pos
	for p.more() && isWord(p.src[p.pos]) {
		p.pos++
	}
	word := string(p.src[at:p.pos])
	if p.accept(":") {
		if n := p.spelledGroup(start, word); n != nil {
			return n, true
		}
		for p.more() && p.src[p.pos] != ')' {
			p.pos++
		}
	}
	if !p.accept(")") {
		p.fail(p.pos, "(*VERB) not recognized or malformed")
	}
	v := func(k verbKind) (*node, bool) { return &node{op: opVerb, verb: k}, false }
	switch word {
	case "ACCEPT":
		return &node{op: opVerb, verb: verbAccept}, true
	case "F", "FAIL":
		return &node{op: opFail}, false
	case "COMMIT":
		return v(verbCommit)
	case "PRUNE":
		return v(verbPrune)
	case "SKIP":
		return v(verbSkip)
	case "THEN", "MARK", "": // (*THEN) only prunes alternatives: at worst a match too many
		return nil, false
	}
	p.fail(p.pos-1, "(*VERB) not recognized or malformed")
	return nil, false
}

// spelledGroup parses the alphabetic forms of look-around and atomic groups.
func (p *parser) spelledGroup(start int, word string) *node {
	switch word {
	case "pla", "positive_lookahead":
		return p.look(start, false, false)
	case "nla", "negative_lookahead":
		return p.look(start, false, true)
	case "plb", "positive_lookbehind":
		return p.look(start, true, false)
	case "nlb", "negative_lookbehind":
		return p.look(start, true, true)
	case "atomic":
		return &node{op: opAtomic, subs: []*node{p.body(start)}}
	}
	return nil
}
