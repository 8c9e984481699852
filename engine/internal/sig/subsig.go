package sig

import (
	"math"
	"strings"

	"gclam/engine/internal/cltype"
)

// subsig reads subsignature number id. The kinds are told apart in ClamAV's order.
func (f *file) subsig(s *Subsig, text string, id int, name string, target cltype.Target) error {
	s.Text = text
	switch {
	case strings.HasPrefix(text, "$"):
		s.Kind = SubMacro
		return f.macro(&s.Macro, text)
	case strings.Contains(text, "/"):
		s.Kind = SubPCRE
		return f.pcre(s, text, id, target)
	case strings.Contains(text, "(") && strings.Count(text, "#") >= 2:
		s.Kind = SubByteCompare
		if err := f.byteCompare(&s.Compare, text); err != nil {
			f.errorf("Problem adding byte compare subsignature: %s", text)
			return err
		}
		return nil
	case strings.HasPrefix(text, fuzzyPrefix):
		s.Kind = SubFuzzyImage
		return f.fuzzyImage(s, text)
	}
	s.Kind = SubPattern
	return f.subPattern(s, text, name, target)
}

// macroGroups is the number of macro groups.
const macroGroups = 32

// macro reads ${min-max}group$ as C's scanf would: white space before numbers
// and signs are accepted, a minus sign wraps.
func (f *file) macro(m *Macro, text string) error {
	if !strings.HasSuffix(text, "$") {
		f.errorf("Logical signature macro subsignature is missing the '$' terminator:  %s", text)
		return errMalformed
	}
	rest, ok := strings.CutPrefix(text, "${")
	var group uint32
	for i, after := range []string{"-", "}", "$"} {
		dst := []*uint32{&m.Min, &m.Max, &group}[i]
		if ok {
			*dst, rest, ok = scanUint(rest)
		}
		if ok {
			rest, ok = strings.CutPrefix(rest, after)
		}
	}
	if !ok || rest != "" {
		f.errorf("Invalid logical macro subsignature format:  %s", text)
		return errMalformed
	}
	if group >= macroGroups {
		f.errorf("Invalid logical subsignature: only %d macro groups are supported. %d macro groups found.", macroGroups, group)
		return errMalformed
	}
	m.Group = uint8(group)
	return nil
}

// scanUint reads a number as scanf's %u does.
func scanUint(s string) (v uint32, rest string, ok bool) {
	s = skipSpace(s)
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == 0 {
		return 0, s, false
	}
	v, _ = digits(s[:n])
	if neg {
		v = -v
	}
	return v, s[n:], true
}

// pcre reads [offset:]trigger/regex/[flags].
func (f *file) pcre(s *Subsig, text string, id int, target cltype.Target) error {
	head, rest, _ := strings.Cut(text, "/")
	offset := "*"
	if o, trigger, ok := strings.Cut(head, ":"); ok {
		offset, head = o, trigger
	}
	end := strings.LastIndexByte(rest, '/')
	if end < 0 || strings.Contains(head, ":") {
		f.errorf("PCRE subsig mismatched '/' delimiter")
		return errMalformed
	}
	if head == "" && offset == "*" {
		f.errorf("PCRE subsig must contain logical trigger")
		return errMalformed
	}
	s.PCRE.Regex, s.PCRE.Flags = rest[:end], rest[end+1:]
	if err := f.addPCRE(s, head, offset, id, target); err != nil {
		f.errorf("Problem adding PCRE subsignature.")
		return err
	}
	return nil
}

func (f *file) addPCRE(s *Subsig, trigger, offset string, id int, target cltype.Target) error {
	if trigger == "" || s.PCRE.Regex == "" {
		f.errorf("cli_pcre_addpatt: trigger or pattern cannot be an empty string")
		return errMalformed
	}
	expr, err := ParseExpr(trigger)
	if err != nil {
		f.logicError(err)
		f.errorf("cli_pcre_addpatt: regex subsig /%s/ is missing a valid logical trigger", s.PCRE.Regex)
		return errMalformed
	}
	switch last := expr.MaxID(); {
	case last == id:
		f.errorf("cli_pcre_addpatt: regex subsig %d logical trigger is self-referential", id)
		return errMalformed
	case last > id:
		f.errorf("cli_pcre_addpatt: regex subsig %d logical trigger refers to subsequent subsig %d", id, last)
		return errMalformed
	}
	s.PCRE.Trigger = expr
	if s.Offset, err = ParseOffset(offset, target); err != nil {
		f.errorf("%s", err)
		f.errorf("cli_pcre_addpatt: cannot calculate offset data: %s for pattern: %s", offset, s.PCRE.Regex)
		return errMalformed
	}
	for i := range len(s.PCRE.Flags) {
		if c := s.PCRE.Flags[i : i+1]; !strings.Contains("gresimxAEU", c) {
			f.errorf("cli_pcre_addpatt: unknown/extra pcre option encountered %s", c)
			return errMalformed
		}
	}
	return nil
}

const fuzzyPrefix = "fuzzy_img#"

// fuzzyImage reads fuzzy_img#hash[#distance]; only the distance 0 exists.
func (f *file) fuzzyImage(s *Subsig, text string) error {
	const failed = "Failed to load fuzzy hash logical subsignature '%s': %s"
	hash, distance, ok := strings.Cut(text[len(fuzzyPrefix):], "#")
	if ok {
		distance, _, _ = strings.Cut(distance, "#") // further fields are ignored
		n, valid := parseUint32(distance)
		if !valid {
			f.errorf(failed, text, "Failed to convert hamming distance to unsigned 32bit integer: "+distance)
			return errFormat
		}
		if n != 0 {
			f.errorf("Non-zero hamming distances for image fuzzy hashes are not supported in this version.")
			f.errorf(failed, text, "Invalid hamming distance: "+distance)
			return errFormat
		}
	}
	if len(hash) != 2*len(s.Fuzzy) {
		f.errorf(failed, text, "Invalid hash: ImageFuzzyHash hash must be 16 characters in length: "+hash)
		return errFormat
	}
	if !decodeHex(s.Fuzzy[:], hash) {
		f.errorf(failed, text, "Invalid hash: Invalid hash: "+hash+": "+hash)
		return errFormat
	}
	return nil
}

func parseUint32(s string) (uint32, bool) {
	s = strings.TrimPrefix(s, "+")
	if s == "" || !isDigits(s) {
		return 0, false
	}
	n, ok := strtoul(s)
	if !ok || n > math.MaxUint32 {
		return 0, false
	}
	return uint32(n), true
}

// maxSubFields is one more than the most fields a pattern subsignature has.
const maxSubFields = 5

// subPattern reads [offset:]pattern[::modifiers]. Text of more than four fields
// is its first field alone (observed: clamscan 1.4.6).
func (f *file) subPattern(s *Subsig, text, name string, target cltype.Target) error {
	var buf [maxSubFields]string
	tok := fields(buf[:], text, ':')
	offset, hex, mods := "*", tok[0], ""
	if len(tok) == 2 || len(tok) == 4 {
		offset, hex = tok[0], tok[1]
	}
	if len(tok) == 3 || len(tok) == 4 {
		mods = tok[len(tok)-1]
	}
	o := PatternOptions{Name: name, Virname: name, Target: target, Logical: true}
	ascii, wide := false, false
	for i := range len(mods) {
		switch mods[i] {
		case 'i':
			o.Nocase = true
		case 'f':
			o.Fullword = true
		case 'w':
			wide = true
		case 'a':
			ascii = true
		default:
			f.errorf("Signature for %s uses invalid option: %02x", name, mods[i])
			return errMalformed
		}
	}
	if wide {
		o.Wide = true
		if err := f.addPattern(s, offset, hex, o); err != nil {
			return err
		}
	}
	if !wide || ascii {
		o.Wide = false
		return f.addPattern(s, offset, hex, o)
	}
	return nil
}

func (f *file) addPattern(s *Subsig, offset, hex string, o PatternOptions) error {
	off, p, err := f.pattern(offset, hex, o)
	if err != nil {
		return err
	}
	s.Offset = off
	s.Patterns = append(s.Patterns, p)
	return nil
}
