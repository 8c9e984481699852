package match

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/match/pattern"
	"gclam/engine/internal/sig"
)

// bigExecutable is the size from which ClamAV tests a fixed string with the
// offset SEx at the section's start only (observed with clamscan 1.4.6).
const bigExecutable = 256 << 10

// where turns an offset into bounds of the start of a match in this buffer; ok
// is false if it can never match.
func (p *pass) where(o sig.Offset, target cltype.Target, plain bool) (pattern.Where, bool) {
	size := int64(len(p.obj.Buf))
	if o.Kind == sig.OffAny {
		return pattern.Anywhere(len(p.obj.Buf)), true
	}
	if o.Kind == sig.OffMacro {
		return pattern.Where{}, false
	}
	if o.Kind != sig.OffAbsolute && p.obj.Flat {
		return pattern.Where{}, false
	}
	if o.Kind != sig.OffAbsolute && executable(target) && !p.obj.Exe.Usable() {
		return pattern.Where{}, false
	}
	lo, span := int64(-1), int64(0)
	switch o.Kind {
	case sig.OffAbsolute:
		lo = int64(o.Value)
	case sig.OffEOF:
		lo = size - int64(o.Value)
	case sig.OffVersionInfo:
		if len(p.obj.Exe.VersionInfo) == 0 {
			return pattern.Where{}, false
		}
		return pattern.Where{Lo: 0, Hi: len(p.obj.Buf), Only: p.obj.Exe.VersionInfo}, true
	default:
		lo, span = p.layoutOffset(o)
		if plain && target == cltype.TargetPE && size >= bigExecutable {
			span = 0
		}
	}
	if lo < 0 || lo > size {
		return pattern.Where{}, false
	}
	if o.HasShift {
		span += int64(o.Shift)
	}
	return pattern.Where{Lo: int(lo), Hi: int(min(lo+span, size))}, true
}

func executable(t cltype.Target) bool {
	return t == cltype.TargetPE || t == cltype.TargetELF || t == cltype.TargetMachO
}

// layoutOffset computes offsets relative to entry point and sections; lo is -1
// if there is no such place.
func (p *pass) layoutOffset(o sig.Offset) (lo, span int64) {
	f := p.obj.Exe
	if f == nil {
		return -1, 0
	}
	sec := int(o.Section)
	switch o.Kind {
	case sig.OffEntryPlus, sig.OffEntryMinus:
		if f.Entry < 0 {
			return -1, 0
		}
		if o.Kind == sig.OffEntryMinus {
			return f.Entry - int64(o.Value), 0
		}
		return f.Entry + int64(o.Value), 0
	case sig.OffSectionLast:
		sec = len(f.Sections) - 1
	}
	if sec < 0 || sec >= len(f.Sections) {
		return -1, 0
	}
	s := &f.Sections[sec]
	if o.Kind == sig.OffSectionAny {
		return s.Raw, s.RawSize
	}
	return s.Raw + int64(o.Value), 0
}
