package regex

import "strings"

// CompilePOSIX compiles a POSIX extended regular expression as container
// signatures and the exclude and include options use them: case-sensitive,
// searched anywhere in a name; only whether it matches is defined. Back
// references are not part of it. A leading (?i) makes it ignore case.
func CompilePOSIX(pattern string) (*Program, error) {
	pattern, fold := strings.CutPrefix(pattern, "(?i)")
	p := &parser{src: []byte(pattern), posix: true, dollarEnd: true, modes: modes{dotAll: true, fold: fold}}
	tree, err := p.parse()
	if err != nil {
		return nil, err
	}
	return build(tree, p, 0)
}

// posixEscape parses a backslash: the next character stands for itself, except
// for the word boundaries \< and \>. There are no other escapes (observed with
// clamscan 1.4.6: \w is w).
func (p *parser) posixEscape() *node {
	if !p.more() {
		p.fail(p.pos, "trailing backslash")
	}
	c := p.src[p.pos]
	p.pos++
	switch c {
	case '<':
		return &node{op: opAssert, assert: assertWordStart}
	case '>':
		return &node{op: opAssert, assert: assertWordEnd}
	}
	return literal(c, p.modes.fold)
}

// maxPOSIXRepeat is the largest count of a POSIX repeat (RE_DUP_MAX).
const maxPOSIXRepeat = 255

// posixQuantifier refuses a second quantifier, and checks counts.
func (p *parser) posixQuantifier(rounds, lo, hi int) {
	if rounds > 0 {
		p.fail(p.pos, "repetition-operator operand invalid")
	}
	if lo > maxPOSIXRepeat || hi > maxPOSIXRepeat {
		p.fail(p.pos, "invalid repetition count(s)")
	}
}
