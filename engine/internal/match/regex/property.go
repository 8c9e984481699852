package regex

import "unicode"

// property parses \p{..} or \P{..} (with negate). In byte mode a byte stands for
// the character of that number, so only the first 256 characters matter.
func (p *parser) property(negate bool) byteSet {
	if !p.more() {
		p.fail(p.pos, malformedProperty)
	}
	name := string(p.src[p.pos])
	end := p.pos + 1
	if name == "{" {
		for end < len(p.src) && p.src[end] != '}' {
			end++
		}
		if end == len(p.src) {
			p.fail(end, malformedProperty)
		}
		name = string(p.src[p.pos+1 : end])
		end++
	}
	p.pos = end
	if len(name) > 0 && name[0] == '^' {
		name, negate = name[1:], !negate
	}
	in, ok := propertyTest(name)
	if !ok {
		p.fail(p.pos, "unknown property after \\P or \\p")
	}
	var set byteSet
	for c := range 256 {
		if in(rune(c)) != negate {
			set.add(byte(c))
		}
	}
	return set
}

const malformedProperty = "malformed \\P or \\p sequence"

// propertyTest returns the test for a general category, script or one of PCRE2's
// own properties.
func propertyTest(name string) (func(rune) bool, bool) {
	switch name {
	case "Any":
		return func(rune) bool { return true }, true
	case "L&":
		return func(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt) }, true
	case "Xan":
		return func(r rune) bool { return unicode.In(r, unicode.L, unicode.N) }, true
	case "Xwd":
		return func(r rune) bool { return unicode.In(r, unicode.L, unicode.N) || r == '_' }, true
	case "Xsp", "Xps":
		return unicode.IsSpace, true
	}
	for _, tables := range []map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts} {
		if t, ok := tables[name]; ok {
			return func(r rune) bool { return unicode.Is(t, r) }, true
		}
	}
	return nil, false
}
