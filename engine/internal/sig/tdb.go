package sig

import (
	"strings"

	"gclam/engine/internal/cltype"
)

// Limits of the target description block.
const (
	maxAttributes    = 10 // what follows the tenth is ignored
	maxIntermediates = 16
	extensionLevel   = 51 // lowest Engine level that permits other attributes
)

// tdbText is a parsed target description block before it is judged.
type tdbText struct {
	TDB
	hasTarget bool
	target    uint32 // as written; TDB.Target once it is known to be valid
	engine    Range
	hasIcon1  bool
	hasIcon2  bool
}

// parseTDB reads comma separated Key:Value attributes. An unknown key or type
// leaves out the signature (errSkip).
func (f *file) parseTDB(text string) (t tdbText, err error) {
	var buf [maxAttributes]string
	for i, attribute := range fields(buf[:], text, ',') {
		attribute, _, _ := strings.Cut(attribute, ",") // beyond the tenth
		key, value, ok := strings.Cut(attribute, ":")
		if !ok {
			f.errorf("lsigattribs: Incorrect format of attribute '%s'", attribute)
			return t, errMalformed
		}
		if err := f.attribute(&t, i, key, value); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (f *file) attribute(t *tdbText, index int, key, value string) error {
	switch key {
	case "Target":
		n, ok := digits(value)
		if !ok {
			f.errorf("lsigattribs: Invalid argument for Target")
			return errMalformed
		}
		t.hasTarget, t.target = true, n
		t.Target = cltype.Target(min(n, uint32(cltype.TargetCount)))
		return nil
	case "Engine":
		if index > 0 {
			f.errorf("lsigattribs: For backward compatibility the Engine attribute must be on the first position")
			return errMalformed
		}
		return f.attributeRange(&t.engine, key, value)
	case "FileSize", "EntryPoint", "NumberOfSections", "Container", "Intermediates", "IconGroup1", "IconGroup2", "HandlerType":
	default:
		return errSkip
	}
	if !t.engine.Set || t.engine.Min < extensionLevel {
		f.errorf("lsigattribs: For backward compatibility all signatures using new attributes must have the Engine" +
			" attribute present and set to min_level of at least 51 (0.96)")
		return errMalformed
	}
	return f.extension(t, key, value)
}

// extension reads the attributes that need an Engine level.
func (f *file) extension(t *tdbText, key, value string) error {
	var ok bool
	switch key {
	case "FileSize":
		return f.attributeRange(&t.FileSize, key, value)
	case "EntryPoint":
		return f.attributeRange(&t.EntryPoint, key, value)
	case "NumberOfSections":
		return f.attributeRange(&t.Sections, key, value)
	case "Container":
		if t.Container, ok = cltype.Parse(value); !ok {
			return errSkip
		}
		t.HasContainer = true
	case "Intermediates":
		return intermediates(t, value)
	case "IconGroup1":
		t.IconGroup1, t.hasIcon1 = value, true
	case "IconGroup2":
		t.IconGroup2, t.hasIcon2 = value, true
	case "HandlerType":
		if t.HandlerType, ok = cltype.Parse(value); !ok {
			return errSkip
		}
		t.HasHandler = true
	}
	return nil
}

func intermediates(t *tdbText, value string) error {
	var buf [maxIntermediates]string
	t.Intermediates = nil
	for _, name := range fields(buf[:], value, '>') {
		// Whatever follows the sixteenth name is ignored.
		name, _, _ = strings.Cut(name, ">")
		typ, ok := cltype.Parse(name)
		if !ok {
			return errSkip
		}
		t.Intermediates = append(t.Intermediates, typ)
	}
	return nil
}

// attributeRange reads min-max in digits, where an empty bound is 0.
func (f *file) attributeRange(r *Range, key, value string) error {
	lo, hi, ok := strings.Cut(value, "-")
	if !ok {
		f.errorf("lsigattribs: Incorrect parameters in '%s'", key)
		return errMalformed
	}
	a, okA := digits(lo)
	b, okB := digits(hi)
	if !okA || !okB {
		f.errorf("lsigattribs: Invalid argument for %s", key)
		return errMalformed
	}
	*r = Range{Set: true, Min: a, Max: b}
	return nil
}

// checkTDB judges a block as a whole.
func (f *file) checkTDB(t tdbText) error {
	level := uint32(max(f.opt.Level, 0))
	switch {
	case t.engine.Set && (t.engine.Min > level || t.engine.Max < level):
		return errSkip
	case !t.hasTarget:
		f.errorf("init_tdb: No target specified in TDB")
		return errMalformed
	case t.target >= uint32(cltype.TargetCount):
		return errSkip
	}
	executable := t.Target == cltype.TargetPE || t.Target == cltype.TargetELF || t.Target == cltype.TargetMachO
	switch {
	case (t.hasIcon1 || t.hasIcon2) && t.Target != cltype.TargetPE:
		f.errorf("init_tdb: IconGroup is only supported in PE (target 1) signatures")
		return errMalformed
	case (t.EntryPoint.Set || t.Sections.Set) && !executable:
		f.errorf("init_tdb: EntryPoint/NumberOfSections is only supported in PE/ELF/Mach-O signatures")
		return errMalformed
	}
	return nil
}
