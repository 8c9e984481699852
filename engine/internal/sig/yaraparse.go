package sig

import "strings"

// yaraRule is a rule that parsed.
type yaraRule struct {
	name    string
	strings []yaraStringDef
}

// yaraStringDef is one entry of a strings section.
type yaraStringDef struct {
	name       string // with the dollar sign; "$" is anonymous
	kind       string // yaraText, yaraHex or yaraRegexp
	text       string
	wide       bool
	ascii      bool
	referenced bool
}

// maxYaraDepth bounds expressions inside each other.
const maxYaraDepth = 2000

// yaraParser checks a rule file against the grammar of YARA 2.1 as far as
// ClamAV embeds it: it decides which rules exist, not what they mean.
type yaraParser struct {
	lex    *yaraLexer
	tok    yaraToken
	known  map[string]bool // identifiers of all rules of the engine
	report func(line int, text string)
	// include handles an include directive; it reports what it cannot open.
	include func(line int, name string)
	rules   []yaraRule
	rule    *yaraRule
	loops   []string // variables of enclosing for loops
	forOf   int      // enclosing for … of loops, where $ names the current string
	depth   int
	failed  bool // the current rule was reported and is given up
	// quiet is the number of tokens to read until syntax errors are reported
	// again: behind an error an LALR parser first wants to be sure of its place.
	quiet int
}

// quietTokens is that number right behind an error.
const quietTokens = 3

func (p *yaraParser) advance() { p.tok = p.lex.next() }

// fail reports the current rule once and gives it up.
func (p *yaraParser) fail(line int, text string) {
	if !p.failed {
		p.failed = true
		p.quiet = quietTokens
		p.report(line, text)
	}
}

func (p *yaraParser) unexpected(expecting string) {
	text := "syntax error, unexpected " + p.tok.kind
	if expecting != "" {
		text += ", expecting " + expecting
	}
	if p.quiet > 0 {
		p.failed = true
		p.quiet = quietTokens
		return
	}
	p.fail(p.tok.line, text)
}

func (p *yaraParser) accept(kind string) bool {
	if p.failed || p.tok.kind != kind {
		return false
	}
	p.quiet = max(p.quiet-1, 0)
	p.advance()
	return true
}

func (p *yaraParser) expect(kind, message string) string {
	text := p.tok.text
	if !p.accept(kind) {
		p.unexpected(message)
	}
	return text
}

// file reads all rules. Behind an error everything up to the start of the next
// rule is skipped.
func (p *yaraParser) file() {
	for p.advance(); p.tok.kind != yaraEnd; {
		p.failed = false
		switch p.tok.kind {
		case "_IMPORT_":
			p.accept("_IMPORT_")
			p.expect(yaraText, yaraText)
		case "_INCLUDE_":
			line := p.tok.line
			p.accept("_INCLUDE_")
			if name := p.expect(yaraText, ""); !p.failed {
				p.include(line, name)
			}
		case "_RULE_", "_PRIVATE_", "_GLOBAL_":
			p.oneRule()
		default:
			p.unexpected("")
		}
		for p.failed && p.tok.kind != yaraEnd && !startsRule(p.tok.kind) {
			p.advance()
		}
	}
}

func startsRule(kind string) bool {
	switch kind {
	case "_RULE_", "_PRIVATE_", "_GLOBAL_", "_IMPORT_", "_INCLUDE_":
		return true
	}
	return false
}

func (p *yaraParser) oneRule() {
	for p.accept("_PRIVATE_") || p.accept("_GLOBAL_") {
	}
	p.expect("_RULE_", "_RULE_")
	line := p.tok.line
	name := p.expect(yaraIdentifier, yaraIdentifier)
	if p.failed {
		return
	}
	if p.known[name] {
		p.fail(line, `duplicate identifier "`+name+`"`)
		return
	}
	p.rule, p.loops, p.forOf, p.depth = &yaraRule{name: name}, nil, 0, 0
	if p.accept("':'") {
		p.expect(yaraIdentifier, yaraIdentifier)
		for p.accept(yaraIdentifier) {
		}
	}
	p.expect("'{'", "'{'")
	if p.accept("_META_") {
		p.expect("':'", "':'")
		p.meta()
	}
	if p.accept("_STRINGS_") {
		p.expect("':'", "':'")
		p.stringSection()
	}
	p.expect("_CONDITION_", "_CONDITION_")
	p.expect("':'", "':'")
	p.condition()
	end := p.tok.line
	if p.tok.kind != "'}'" {
		p.unexpected("'}'")
	}
	if p.failed {
		return
	}
	p.checkReferenced(end)
	if p.failed {
		return
	}
	p.advance()
	p.known[name] = true
	p.rules = append(p.rules, *p.rule)
}

func (p *yaraParser) checkReferenced(line int) {
	for _, s := range p.rule.strings {
		if !s.referenced {
			p.fail(line, `unreferenced string "`+s.name+`"`)
			return
		}
	}
}

func (p *yaraParser) meta() {
	for first := true; first || p.tok.kind == yaraIdentifier; first = false {
		p.expect(yaraIdentifier, yaraIdentifier)
		p.expect("'='", "'='")
		switch {
		case p.accept(yaraText), p.accept(yaraNumber), p.accept("_TRUE_"), p.accept("_FALSE_"):
		default:
			p.unexpected("")
		}
		if p.failed {
			return
		}
	}
}

func (p *yaraParser) stringSection() {
	for first := true; first || p.tok.kind == yaraString; first = false {
		s := yaraStringDef{name: p.expect(yaraString, yaraString)}
		p.expect("'='", "'='")
		if p.failed {
			return
		}
		s.kind, s.text = p.tok.kind, p.tok.text
		line := p.tok.line
		switch {
		case p.accept(yaraText):
			if s.text == "" {
				p.report(line, "empty string")
			}
			p.modifiers(&s)
		case p.accept(yaraRegexp):
			p.modifiers(&s)
		case p.accept(yaraHex):
		default:
			p.unexpected(yaraRegexp)
			return
		}
		p.rule.strings = append(p.rule.strings, s)
	}
}

func (p *yaraParser) modifiers(s *yaraStringDef) {
	for {
		switch {
		case p.accept("_WIDE_"):
			s.wide = true
		case p.accept("_ASCII_"):
			s.ascii = true
		case p.accept("_NOCASE_"), p.accept("_FULLWORD_"):
		default:
			return
		}
	}
}

// refer marks strings as used: a name, a prefix with * or "" for all.
func (p *yaraParser) refer(name string, line int) {
	if name == "$" {
		if p.forOf == 0 {
			p.fail(line, "wrong use of anonymous string")
		}
		return
	}
	prefix, wildcard := strings.CutSuffix(name, "*")
	found := false
	for i := range p.rule.strings {
		s := &p.rule.strings[i]
		switch {
		case name == "", wildcard && strings.HasPrefix(s.name, prefix):
			s.referenced = true
			found = true
		case s.name == name && !found:
			s.referenced = true
			found = true
		}
	}
	if !found && name != "" && !wildcard {
		p.fail(line, `undefined string "`+name+`"`)
	}
}
