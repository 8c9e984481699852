package sig

import (
	"math"
	"strings"

	"gclam/engine/internal/cltype"
)

// Fields of a .cdb line, without and with both levels.
const (
	minCDBFields = 10
	maxCDBFields = 12
)

// parseCDB reads Name:ContainerType:ContainerSize:FileNameRegex:SizeInContainer:
// RealSize:IsEncrypted:FilePos:Res1:Res2[:MinFL[:MaxFL]]. That most failures
// are reported as lack of memory is ClamAV's behaviour.
func parseCDB(f *file, text string) error {
	tok := fields(f.tok[:maxCDBFields+1], text, ':')
	if len(tok) < minCDBFields || len(tok) > maxCDBFields {
		return errMalformed
	}
	if err := f.levels(tok[minCDBFields:]); err != nil {
		return err
	}
	name := tok[0]
	virname, err := f.virname(name)
	if err != nil {
		return errMemory
	}
	if f.isIgnored(virname, name) {
		return errSkip
	}
	c := Container{Name: virname, Encrypted: -1}
	if tok[1] != "*" {
		typ, ok := cltype.Parse(tok[1])
		if !ok {
			f.errorf("cli_loadcdb: Unknown container type %s in signature for %s, skipping", tok[1], name)
			return errMalformed
		}
		c.Type = typ
	}
	if tok[3] != "*" {
		if checkERE(tok[3]) != "" {
			f.errorf("cli_loadcdb: Can't compile regular expression %s in signature for %s", tok[3], name)
			return errMemory
		}
		c.NameRegex, c.HasName = tok[3], true
	}
	for _, field := range []struct {
		dst  *Range
		text string
	}{{&c.Size, tok[2]}, {&c.Packed, tok[4]}, {&c.Real, tok[5]}} {
		if err := f.metaRange(field.dst, field.text, name); err != nil {
			return err
		}
	}
	switch tok[6] {
	case "0":
		c.Encrypted = 0
	case "1":
		c.Encrypted = 1
	case "*":
	default:
		f.errorf("cli_loadcdb: Invalid encryption flag value in signature for %s", name)
		return errMemory
	}
	if err := f.metaRange(&c.Position, tok[7], name); err != nil {
		return err
	}
	return f.sink.Container(&c)
}

// metaRange reads *, n or n-m, the latter as C's scanf with "%u-%u" would. A
// bound of 0 in a range is no bound; a single 0 is the number.
func (f *file) metaRange(r *Range, text, name string) error {
	if text == "*" {
		return nil
	}
	if !strings.Contains(text, "-") {
		n, ok := digits(text)
		if !ok {
			return f.badMetaRange(text, name)
		}
		*r = Range{Set: true, Min: n, Max: n}
		return nil
	}
	lo, rest, ok := scanUint(text)
	if ok {
		rest, ok = strings.CutPrefix(rest, "-")
	}
	var hi uint32
	if ok {
		hi, _, ok = scanUint(rest)
	}
	if !ok {
		return f.badMetaRange(text, name)
	}
	*r = Range{Set: lo != 0 || hi != 0, Min: lo, Max: hi}
	if hi == 0 {
		r.Max = math.MaxUint32
	}
	return nil
}

func (f *file) badMetaRange(text, name string) error {
	f.errorf("cli_loadcdb: Invalid value %s in signature for %s", text, name)
	return errMemory
}
