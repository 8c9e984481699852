package regex

import "bytes"

// prefix is what is known about the beginning of every match: a literal, or at
// least the set of first bytes.
type prefix struct {
	text     []byte // lower-cased when fold
	fold     bool
	hasFirst bool
	first    byteSet
	table    *[256]bool // first as a table, nil without hasFirst
}

// maxPrefix bounds the literal; more does not find anything faster.
const maxPrefix = 32

// prefixOf computes the prefix of a tree.
func prefixOf(tree *node) prefix {
	var p prefix
	p.literal(tree)
	if len(p.text) == 0 {
		p.fold = false
	}
	set, nullable, known := firstBytes(tree)
	if known && !nullable && set.size() < 256 {
		p.hasFirst, p.first, p.table = true, set, new([256]bool)
		for c := range p.table {
			p.table[c] = set.has(byte(c))
		}
	}
	return p
}

// next returns the first position at or after from where a match may begin, or
// -1 if there is none.
func (p *prefix) next(buf []byte, from int) int {
	switch {
	case len(p.text) > 0 && !p.fold:
		i := bytes.Index(buf[from:], p.text)
		if i < 0 {
			return -1
		}
		return from + i
	case p.hasFirst:
		for i, c := range buf[from:] {
			if p.table[c] && p.holds(buf[from+i:]) {
				return from + i
			}
		}
		return -1
	}
	return from
}

// holds tells whether b begins with a folded literal.
func (p *prefix) holds(b []byte) bool {
	if len(b) < len(p.text) {
		return false
	}
	for i, c := range p.text {
		if lower(b[i]) != c {
			return false
		}
	}
	return true
}

// literal appends the literal beginning of n; it returns whether what follows n
// continues the literal.
func (p *prefix) literal(n *node) bool {
	switch n.op {
	case opEmpty, opAssert, opLook, opKeep:
		return true
	case opSet:
		return p.byteOf(n.set)
	case opCat:
		for _, s := range n.subs {
			if !p.literal(s) {
				return false
			}
		}
		return true
	case opGroup, opAtomic:
		return p.literal(n.subs[0])
	case opRepeat:
		if n.min == 0 {
			return n.max == 0
		}
		for range min(n.min, maxPrefix) {
			if !p.literal(n.subs[0]) {
				return false
			}
		}
		return n.min == n.max && n.min <= maxPrefix
	}
	return false
}

// byteOf appends one byte if the set is a byte, or both cases of a letter.
func (p *prefix) byteOf(s byteSet) bool {
	if len(p.text) >= maxPrefix {
		return false
	}
	c, ok := s.single()
	if !ok {
		if s.size() != 2 || s != s.folded() {
			return false
		}
		for i := range 256 {
			if s.has(byte(i)) {
				c = lower(byte(i))
				break
			}
		}
		if !isLetter(c) {
			return false
		}
		if !p.fold && hasLetter(p.text) {
			return false // one case so far, both from here on
		}
		p.fold = true
		p.text = append(p.text, c)
		return true
	}
	if p.fold && isLetter(c) {
		return false
	}
	p.text = append(p.text, c)
	return true
}

func isLetter(c byte) bool { return lower(c) >= 'a' && lower(c) <= 'z' }

func hasLetter(b []byte) bool {
	for _, c := range b {
		if isLetter(c) {
			return true
		}
	}
	return false
}

// firstBytes returns the bytes with which a match of n can begin, and whether it
// can be empty. known is false when that cannot be told.
func firstBytes(n *node) (set byteSet, nullable, known bool) {
	switch n.op {
	case opEmpty, opAssert, opLook, opKeep:
		return set, true, true
	case opFail:
		return set, false, true
	case opSet:
		return n.set, false, true
	case opGroup, opAtomic:
		return firstBytes(n.subs[0])
	case opRepeat:
		if n.max == 0 {
			return set, true, true
		}
		set, nullable, known = firstBytes(n.subs[0])
		return set, nullable || n.min == 0, known
	case opCat:
		for _, s := range n.subs {
			a, empty, ok := firstBytes(s)
			if !ok {
				return set, false, false
			}
			set.union(a)
			if !empty {
				return set, false, true
			}
		}
		return set, true, true
	case opAlt:
		for _, s := range n.subs {
			a, empty, ok := firstBytes(s)
			if !ok {
				return set, false, false
			}
			set.union(a)
			nullable = nullable || empty
		}
		return set, nullable, true
	}
	return set, true, false
}

// beginsAtStart tells whether n can only match at the start of the buffer.
func beginsAtStart(n *node) bool {
	switch n.op {
	case opAssert:
		return n.assert == assertStart
	case opGroup, opAtomic:
		return beginsAtStart(n.subs[0])
	case opCat:
		for _, s := range n.subs {
			if beginsAtStart(s) {
				return true
			}
			if _, longest := s.width(); longest != 0 || s.op == opVerb || s.op == opCall {
				return false
			}
		}
	case opAlt:
		for _, s := range n.subs {
			if !beginsAtStart(s) {
				return false
			}
		}
		return true
	case opRepeat:
		return n.min > 0 && beginsAtStart(n.subs[0])
	}
	return false
}
