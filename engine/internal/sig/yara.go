package sig

import (
	"io"
	"strings"
)

// Limits of rule files.
const (
	maxYARAFile   = 64 << 20 // bytes
	maxYARADepth  = 16       // files including files
	minYARAString = 2        // bytes of a text string
)

// loadYARA reads a rule file. Bad rules are reported and left out; only when
// the last rule of the file is refused for a hex string the file is refused
// (observed: clamscan 1.4.6).
//
// Rules in containers are never loaded (observed: clamscan 1.4.6).
func loadYARA(f *file, r io.Reader) error {
	if f.src.InContainer {
		f.warnf("cli_loadyara: empty database file")
		return nil
	}
	src, err := readAll(r, maxYARAFile)
	if err != nil {
		return err
	}
	errors := 0
	report := func(line int, text string) {
		errors++
		if line == 0 {
			f.errorf("yyerror(): (file name missing) line 0 %s", text)
			return
		}
		f.errorf("yyerror(): %s line %d %s", f.path, line, text)
	}
	p := &yaraParser{known: f.rules, report: report}
	f.parseYARA(p, string(src), 0)
	y := YARA{File: f.name, Source: src}
	var last error
	for i := range p.rules {
		var counted bool
		if counted, last = f.yaraRule(&p.rules[i], &y); counted {
			f.count++
		} else if errors > 0 {
			errors++
		}
	}
	if errors > 0 {
		f.warnf("cli_loadyara: failed to parse or load %d yara rules from file %s, successfully loaded %d rules.", errors, f.path, f.count)
	}
	if len(p.rules) == 0 {
		f.warnf("cli_loadyara: empty database file")
	}
	f.chain = nil // none of these messages is about a refusal
	if last != nil {
		return last
	}
	if len(y.Rules) == 0 {
		return nil
	}
	return f.sink.YARA(&y)
}

// parseYARA parses one file and, in their place, those it includes.
func (f *file) parseYARA(p *yaraParser, src string, depth int) {
	p.lex = newYaraLexer(src, p.report)
	p.include = func(line int, name string) {
		var text []byte
		err := errUnknown
		if f.opt.Include != nil && depth < maxYARADepth {
			if b, e := f.opt.Include(f.path, name); e == nil {
				text, err = b, ""
			}
		}
		if err != "" {
			p.report(line, "can't open include file: "+name)
			return
		}
		outer, tok, include := p.lex, p.tok, p.include
		f.parseYARA(p, string(text), depth+1)
		p.lex, p.tok, p.include = outer, tok, include
	}
	p.file()
}

// yaraRule judges whether ClamAV can take a rule. counted tells whether it adds
// to the known viruses; the error is set when a hex string is to blame.
func (f *file) yaraRule(r *yaraRule, y *YARA) (counted bool, err error) {
	if f.isIgnored(r.name, r.name) {
		return true, nil
	}
	if len(r.strings) == 0 {
		f.warnf("load_oneyara: yara rule contains no supported strings, skipping YARA.%s", r.name)
		return false, nil
	}
	bad := 0
	for i := range r.strings {
		ok, refused := f.yaraString(&r.strings[i], r.name)
		if refused != nil {
			err = refused
		}
		if !ok {
			bad++
			break
		}
	}
	if bad > 0 {
		f.warnf("load_oneyara: clamav cannot support %d input strings, skipping YARA.%s", bad, r.name)
		if err != nil {
			f.warnf("cli_loadyara: problem parsing yara file %s, yara rule %s", f.path, r.name)
		}
		return false, err
	}
	if n := len(r.strings); n > maxSubsigs {
		f.warnf("load_oneyara: yara rule contains too many subsigs (%d, max: %d), skipping YARA.%s", n, maxSubsigs, r.name)
		return false, nil
	}
	y.Rules = append(y.Rules, r.name)
	return true, nil
}

func (f *file) yaraString(s *yaraStringDef, rule string) (ok bool, err error) {
	switch s.kind {
	case yaraText:
		if len(s.text) < minYARAString {
			f.warnf("load_oneyara: string is too short YARA.%s", rule)
			return false, nil
		}
		return true, nil
	case yaraRegexp:
		if s.wide {
			f.warnf("load_oneyara[verify]: wide modifier [w] is not supported for regex subsigs")
			return false, nil
		}
		return true, nil
	}
	return f.yaraHexString(s, rule)
}

// yaraHexString tries a hex string as a body pattern.
func (f *file) yaraHexString(s *yaraStringDef, rule string) (ok bool, err error) {
	hex, ok := YARAHexPattern(s.text)
	if !ok {
		f.errorf("parse_yara_hex_string: Single byte subpatterns unsupported in ClamAV")
		f.errorf("load_oneyara: error in parsing yara hex string")
		return false, errMalformed
	}
	if len(hex) < 2*minYARAString {
		f.warnf("load_oneyara[verify]: string is too short: %s", s.name)
		return false, errMalformed
	}
	o := PatternOptions{Name: "YARA." + rule, Virname: "YARA." + rule, Logical: true}
	if _, err := ParsePattern(hex, o); err != nil {
		err = f.patternError(err)
		f.warnf("load_oneyara[verify]: recovered from database loading error")
		f.warnf("load_oneyara[verify]: string failed test insertion: %s", s.name)
		return false, err
	}
	return true, nil
}

// YARAHexPattern rewrites a hex string, braces included, as a body pattern:
// blanks go, [n-m] becomes {n-m} and [-] becomes *. It refuses a single byte
// before the first or behind the last jump, which ClamAV does not support.
func YARAHexPattern(text string) (string, bool) {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	text = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(text)
	if strings.Contains(text, "[") {
		parts := splitJumps(text)
		if len(parts[0]) == 2 || len(parts[len(parts)-1]) == 2 {
			return "", false
		}
	}
	return strings.NewReplacer("[-]", "*", "[", "{", "]", "}").Replace(text), true
}

// splitJumps returns what stands between the jumps of a hex string.
func splitJumps(text string) []string {
	var parts []string
	for {
		i := strings.IndexByte(text, '[')
		j := strings.IndexByte(text, ']')
		if i < 0 || j < i {
			return append(parts, text)
		}
		parts = append(parts, text[:i])
		text = text[j+1:]
	}
}
