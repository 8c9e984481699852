package sig

import (
	"errors"
	"strings"

	"gclam/engine/internal/cltype"
)

// parseDB reads Name=HexPattern.
func parseDB(f *file, text string) error {
	name, hex, ok := strings.Cut(text, "=")
	if !ok {
		f.errorf("Malformed pattern line %d", f.line)
		return errMalformed
	}
	if strings.HasPrefix(hex, "=") {
		return errSkip // reserved; ClamAV leaves such lines out
	}
	if f.isIgnored(name, text) {
		return errSkip
	}
	return f.body(Body{Line: text}, name, "*", hex)
}

func parseNDB(f *file, text string) error { return f.ndb(text, false) }
func parseSDB(f *file, text string) error { return f.ndb(text, true) }

// maxNDBFields is the number of fields of Name:Target:Offset:Pattern:MinFL:MaxFL.
const maxNDBFields = 6

func (f *file) ndb(text string, early bool) error {
	if f.opt.NoPhishing && (strings.HasPrefix(text, "HTML.Phishing") || strings.HasPrefix(text, "Email.Phishing")) {
		return errSkip
	}
	tok := fields(f.tok[:maxNDBFields+1], text, ':')
	if len(tok) < 4 || len(tok) > maxNDBFields {
		return errMalformed
	}
	name := tok[0]
	if f.unwanted(name) || f.isIgnored(name, text) {
		return errSkip
	}
	if err := f.levels(tok[4:]); err != nil {
		return err
	}
	target := uint32(0)
	if tok[1] != "*" {
		n, ok := digits(tok[1])
		if !ok {
			return errMalformed
		}
		target = n
	}
	if target >= uint32(cltype.TargetCount) {
		return errSkip
	}
	return f.body(Body{Target: cltype.Target(target), Early: early, Line: text}, name, tok[2], tok[3])
}

// body completes and hands over a body signature.
func (f *file) body(b Body, name, offset, hex string) error {
	var err error
	if b.Name, err = f.virname(name); err != nil {
		return err
	}
	o := PatternOptions{Name: name, Virname: b.Name, Target: b.Target}
	if b.Offset, b.Pattern, err = f.pattern(offset, hex, o); err != nil {
		return err
	}
	return f.sink.Body(&b)
}

// pattern parses an offset and a pattern, reporting ClamAV's messages.
func (f *file) pattern(offset, hex string, o PatternOptions) (Offset, *Pattern, error) {
	off, offErr := ParseOffset(offset, o.Target)
	o.Offset = off
	if offErr != nil {
		// ClamAV looks at the offset last: a malformed pattern is reported first.
		o.Offset = Offset{Kind: OffAbsolute}
	}
	p, err := ParsePattern(hex, o)
	if err != nil {
		return off, nil, f.patternError(err)
	}
	if offErr != nil {
		f.errorf("%s", offErr)
		if fixedString(offset, hex, o) {
			f.errorf("cli_bm_addpatt: Can't calculate offset for signature %s", o.Virname)
			f.errorf("cli_add_content_match_pattern: Problem adding signature (4).")
		} else {
			f.errorf("cli_add_content_match_pattern: Problem adding signature (3).")
		}
		return off, nil, errMalformed
	}
	return off, p, nil
}

// fixedString tells whether ClamAV gives a pattern whose offset is malformed to
// its fixed-string matcher; only the messages differ.
func fixedString(offset, hex string, o PatternOptions) bool {
	if o.Logical || strings.ContainsAny(hex, "?([*{") || strings.HasPrefix(offset, "VI") || strings.HasPrefix(offset, "$") {
		return false
	}
	return o.Target == cltype.TargetAny || o.Target == cltype.TargetPE && !strings.Contains(offset, ",")
}

// patternError reports the chain of a malformed pattern. Lines about the
// pre-filter are warnings.
func (f *file) patternError(err error) error {
	var pe *PatternError
	if !errors.As(err, &pe) {
		return errMalformed
	}
	for _, line := range pe.Lines {
		if isFilterWarning(line) {
			f.warnf("%s", line)
			continue
		}
		f.errorf("%s", line)
	}
	return errMalformed
}

func isFilterWarning(line string) bool {
	return strings.HasPrefix(line, "Don't know how to create filter") ||
		strings.HasPrefix(line, "filter rejecting") || strings.HasSuffix(line, "cannot use filter for trie")
}
