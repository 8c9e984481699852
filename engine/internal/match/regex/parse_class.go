package regex

// class parses a character class; p.pos is after '['.
func (p *parser) class() byteSet {
	negative := p.accept("^")
	var set byteSet
	first, quoting := true, false
	for ; ; first = false {
		if !p.more() {
			p.fail(len(p.src), "missing terminating ] for character class")
		}
		if quoting && p.accept("\\E") {
			quoting = false
			continue
		}
		if !quoting && !p.posix {
			if p.accept("\\Q") {
				quoting = true
				continue
			}
			if p.accept("\\E") {
				continue
			}
		}
		c := p.src[p.pos]
		if c == ']' && !first && !quoting {
			p.pos++
			break
		}
		if !quoting && p.modes.extendedMore && (c == ' ' || c == '\t') {
			p.pos++
			continue
		}
		if !quoting && c == '[' && p.posixName(&set) {
			if p.peek("-") && p.pos+1 < len(p.src) && p.src[p.pos+1] != ']' && !p.posix {
				p.rangeAfterSet()
			}
			continue
		}
		p.classItem(&set, quoting)
	}
	if p.modes.fold {
		set = set.folded()
	}
	if negative {
		set = set.inverted()
	}
	return set
}

// classItem parses one character, range or escape of a class.
func (p *parser) classItem(set *byteSet, quoting bool) {
	lo, isSet := p.classCharacter(set, quoting)
	if quoting || !p.peek("-") || p.pos+1 >= len(p.src) || p.src[p.pos+1] == ']' {
		if !isSet {
			set.add(byte(lo))
		}
		return
	}
	if isSet {
		if next := p.src[p.pos+1]; next != '[' || !p.posix {
			p.rangeAfterSet()
		}
		return
	}
	p.pos++
	at := p.pos
	if p.src[p.pos] == '[' && p.pos+1 < len(p.src) && p.src[p.pos+1] == ':' {
		var ignored byteSet
		if p.posixName(&ignored) {
			p.fail(at, "invalid range in character class")
		}
	}
	p.accept("\\Q")
	hi, isSet := p.classCharacter(set, false)
	if isSet {
		p.fail(p.pos, "invalid range in character class")
	}
	if hi < lo {
		p.fail(max(at, p.pos-1), "range out of order in character class")
	}
	set.addRange(lo, min(hi, 0xff))
}

// rangeAfterSet handles a hyphen after \d and the like: PCRE2 refuses a range
// there when something other than another set or the end follows.
func (p *parser) rangeAfterSet() {
	p.fail(p.pos, "invalid range in character class")
}

// classCharacter parses one character of a class, or adds a whole set.
func (p *parser) classCharacter(set *byteSet, quoting bool) (value int, isSet bool) {
	c := p.src[p.pos]
	if c != '\\' || quoting || p.posix {
		p.pos++
		return int(c), false
	}
	p.pos++
	if !p.more() {
		p.fail(p.pos, "\\ at end of pattern")
	}
	c = p.src[p.pos]
	if s, ok := typeSet(c); ok {
		p.pos++
		set.union(s)
		return 0, true
	}
	switch c {
	case 'p', 'P':
		p.pos++
		set.union(p.property(c == 'P'))
		return 0, true
	case 'N':
		p.fail(p.pos+1, "\\N is not supported in a class")
	case 'B', 'R', 'X':
		p.fail(p.pos, "escape sequence is invalid in character class")
	}
	return p.character(true), false
}

// posixName parses [:name:] inside a class and adds it.
func (p *parser) posixName(set *byteSet) bool {
	if p.pos+1 >= len(p.src) {
		return false
	}
	mark := p.src[p.pos+1]
	if mark != ':' && mark != '.' && mark != '=' {
		return false
	}
	end := p.pos + 2
	for end+1 < len(p.src) && !(p.src[end] == mark && p.src[end+1] == ']') {
		if c := p.src[end]; c == ']' || c == '\\' || c == '[' {
			return false
		}
		end++
	}
	if end+1 >= len(p.src) {
		return false
	}
	name := string(p.src[p.pos+2 : end])
	if mark != ':' {
		if p.posix && len(name) == 1 {
			set.add(name[0])
			p.pos = end + 2
			return true
		}
		p.fail(p.pos, "POSIX collating elements are not supported")
	}
	negative := len(name) > 0 && name[0] == '^' && !p.posix
	if negative {
		name = name[1:]
	}
	s, ok := posixSet(name)
	if !ok {
		p.fail(p.pos+2, "unknown POSIX class name")
	}
	if p.modes.fold && (name == "lower" || name == "upper") {
		s = s.folded()
	}
	if negative {
		s = s.inverted()
	}
	set.union(s)
	p.pos = end + 2
	return true
}

// outsideClass refuses [:name:] that is not inside a class, a common mistake.
func (p *parser) outsideClass(start int) {
	if p.posix || !p.more() {
		return
	}
	mark := p.src[p.pos]
	if mark != ':' && mark != '.' && mark != '=' {
		return
	}
	for i := p.pos + 1; i+1 < len(p.src) && p.src[i] != ']' && p.src[i] != '\\'; i++ {
		if p.src[i] == mark && p.src[i+1] == ']' {
			p.fail(start, "POSIX named classes are supported only within a class")
		}
	}
}
