package regex

// CompilePOSIX compiles a POSIX extended regular expression as container
// signatures and the exclude and include options use them: case-sensitive,
// searched anywhere in a name; only whether it matches is defined. Back
// references are not part of it.
func CompilePOSIX(pattern string) (*Program, error) {
	p := &parser{src: []byte(pattern), posix: true, dollarEnd: true, modes: modes{dotAll: true}}
	tree, err := p.parse()
	if err != nil {
		return nil, err
	}
	return build(tree, p, 0)
}

// posixEscape parses a backslash: the next character stands for itself. The GNU
// extensions of the C library (\w, \b and so on) are understood, as they work in
// ClamAV.
func (p *parser) posixEscape() *node {
	if !p.more() {
		p.fail(p.pos, "trailing backslash")
	}
	c := p.src[p.pos]
	p.pos++
	switch c {
	case 'w', 'W', 's', 'S':
		set, _ := typeSet(c)
		return &node{op: opSet, set: set}
	case 'b':
		return &node{op: opAssert, assert: assertWord}
	case 'B':
		return &node{op: opAssert, assert: assertNotWord}
	case '<':
		return &node{op: opAssert, assert: assertWordStart}
	case '>':
		return &node{op: opAssert, assert: assertWordEnd}
	case '`':
		return &node{op: opAssert, assert: assertStart}
	case '\'':
		return &node{op: opAssert, assert: assertEnd}
	}
	return literal(c, p.modes.fold)
}
