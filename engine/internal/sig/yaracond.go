package sig

import "strings"

// condition reads boolean expressions joined by and, or.
func (p *yaraParser) condition() {
	if p.depth++; p.depth > maxYaraDepth {
		p.fail(p.tok.line, "memory exhausted")
	}
	p.boolean()
	for !p.failed && (p.accept("_AND_") || p.accept("_OR_")) {
		p.boolean()
	}
	p.depth--
}

// boolean reads one operand of and, or. Whether a parenthesis holds a number or
// a truth value does not matter here: both may be followed by an operator.
func (p *yaraParser) boolean() {
	for p.accept("_NOT_") {
	}
	switch p.tok.kind {
	case yaraString:
		name := p.tok.text
		p.accept(yaraString)
		p.refer(name, p.tok.line) // noticed with the token behind it
		switch {
		case p.accept("_AT_"):
			p.number()
		case p.accept("_IN_"):
			p.rangeOf()
		}
		return
	case "_TRUE_", "_FALSE_":
		p.accept(p.tok.kind)
		return
	case "_FOR_":
		p.accept("_FOR_")
		p.loop()
		return
	case "_ALL_", "_ANY_":
		p.accept(p.tok.kind)
		p.expect("_OF_", "_OF_")
		p.stringSet()
		return
	}
	p.number()
	switch p.tok.kind {
	case "_OF_":
		p.accept("_OF_")
		p.stringSet()
	case "_MATCHES_":
		p.accept("_MATCHES_")
		p.expect(yaraRegexp, yaraRegexp)
	case "_CONTAINS_":
		p.accept("_CONTAINS_")
		p.number()
	case "'<'", "'>'", "'<='", "'>='", "'=='", "'!='":
		p.accept(p.tok.kind)
		p.number()
	}
}

// loop reads a for expression behind its keyword.
func (p *yaraParser) loop() {
	if !p.accept("_ALL_") && !p.accept("_ANY_") {
		p.number()
	}
	if p.accept("_OF_") {
		p.stringSet()
		p.forOf++
		p.loopBody()
		p.forOf--
		return
	}
	name := p.expect(yaraIdentifier, yaraIdentifier)
	p.expect("_IN_", "_IN_")
	p.integerSet()
	p.loops = append(p.loops, name)
	p.loopBody()
	p.loops = p.loops[:len(p.loops)-1]
}

func (p *yaraParser) loopBody() {
	p.expect("':'", "':'")
	p.expect("'('", "'('")
	p.condition()
	p.expect("')'", "')'")
}

// stringSet reads them or a list of names and prefixes.
func (p *yaraParser) stringSet() {
	if p.accept("_THEM_") {
		p.refer("", 0)
		return
	}
	p.expect("'('", "_THEM_ or '('")
	for !p.failed {
		name, line := p.tok.text, p.tok.line
		if !p.accept(yaraString) && !p.accept(yaraWildcard) {
			p.unexpected("")
			return
		}
		p.refer(name, line)
		if !p.accept("','") {
			break
		}
	}
	p.expect("')'", "")
}

// integerSet reads (a, b, …) or (a..b).
func (p *yaraParser) integerSet() {
	p.expect("'('", "'('")
	p.number()
	if p.accept("'.'") {
		p.expect("'.'", "'.'")
		p.number()
	} else {
		for p.accept("','") {
			p.number()
		}
	}
	p.expect("')'", "")
}

func (p *yaraParser) rangeOf() {
	p.expect("'('", "'('")
	p.number()
	p.expect("'.'", "")
	p.expect("'.'", "'.'")
	p.number()
	p.expect("')'", "")
}

// number reads operands joined by arithmetic operators.
func (p *yaraParser) number() {
	if p.depth++; p.depth > maxYaraDepth {
		p.fail(p.tok.line, "memory exhausted")
	}
	isText := p.operand()
	for !p.failed && isArithmetic(p.tok.kind) {
		op, line := strings.Trim(p.tok.kind, "'"), p.tok.line
		p.accept(p.tok.kind)
		if rightText := p.operand(); isText || rightText {
			p.fail(line, `wrong type "string" for "`+op+`" operator`)
		}
	}
	p.depth--
}

func isArithmetic(kind string) bool {
	switch kind {
	case "'+'", "'-'", "'*'", `'\'`, "'%'", "'&'", "'|'", "'^'", "'<<'", "'>>'":
		return true
	}
	return false
}

// operand reads one and tells whether it is a string constant.
func (p *yaraParser) operand() (isText bool) {
	for p.accept("'~'") {
	}
	name, line := p.tok.text, p.tok.line
	switch {
	case p.accept(yaraText):
		return true
	case p.accept(yaraNumber), p.accept("_FILESIZE_"), p.accept("_ENTRYPOINT_"):
	case p.accept("_INT8_"), p.accept("_INT16_"), p.accept("_INT32_"),
		p.accept("_UINT8_"), p.accept("_UINT16_"), p.accept("_UINT32_"):
		p.expect("'('", "'('")
		p.number()
		p.expect("')'", "")
	case p.accept(yaraCount):
		p.refer("$"+name[1:], line)
	case p.accept(yaraOffset):
		p.refer("$"+name[1:], p.tok.line)
		if p.accept("'['") {
			p.number()
			p.expect("']'", "")
		}
	case p.accept("'('"):
		p.condition()
		p.expect("')'", "")
	case p.accept(yaraIdentifier):
		if !p.defined(name) {
			p.fail(p.tok.line, `undefined identifier "`+name+`"`)
		}
	default:
		p.unexpected("")
	}
	return false
}

// defined tells whether a name is a loop variable or an earlier rule.
func (p *yaraParser) defined(name string) bool {
	for _, v := range p.loops {
		if v == name {
			return true
		}
	}
	return p.known[name]
}
