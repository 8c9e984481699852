package sig

import (
	"strconv"
	"strings"

	"gclam/engine/internal/cltype"
)

// OffsetKind says from where an offset counts.
type OffsetKind uint8

// The offset kinds of body signatures.
const (
	OffAny         OffsetKind = iota // "*"
	OffAbsolute                      // n: bytes from the start
	OffEOF                           // EOF-n: bytes before the end
	OffEntryPlus                     // EP+n: after the entry point
	OffEntryMinus                    // EP-n: before the entry point
	OffSection                       // Sx+n: after the start of section x
	OffSectionLast                   // SL+n: after the start of the last section
	OffSectionAny                    // SEx: anywhere in section x, its end included
	OffVersionInfo                   // VI: at a version information string
	OffMacro                         // $id$: member of a macro group
)

// Offset says where a pattern may start. The zero value is "anywhere".
type Offset struct {
	Kind     OffsetKind
	Value    uint32 // n
	Shift    uint32 // the match may start up to Shift bytes later; valid with HasShift
	HasShift bool
	Section  uint16 // OffSection, OffSectionAny: 0-based
	Group    uint8  // OffMacro: 0..31
}

// Exact tells whether the offset names one single position.
func (o Offset) Exact() bool {
	return o.Kind != OffAny && o.Kind != OffVersionInfo && o.Kind != OffMacro && !o.HasShift
}

// maxOffsetText is the longest offset field that ClamAV accepts.
const maxOffsetText = 64

// offsetError is a malformed offset; its text is the first line of ClamAV's chain.
type offsetError string

func (e offsetError) Error() string { return string(e) }

// ParseOffset reads the offset field of a body signature or subsignature.
func ParseOffset(text string, target cltype.Target) (Offset, error) {
	if len(text) > maxOffsetText {
		return Offset{}, offsetError("cli_caloff: Offset string too long")
	}
	if text == "*" {
		return Offset{}, nil
	}
	if strings.HasPrefix(text, "$") {
		return parseMacroOffset(text)
	}
	var o Offset
	if i := strings.IndexByte(text, ','); i >= 0 {
		shift, ok := digits(text[i+1:])
		if !ok {
			return Offset{}, offsetError("cli_caloff: Invalid offset shift value")
		}
		o.Shift, o.HasShift = shift, true
		text = text[:i]
	}
	return parseAnchored(o, text, target)
}

func parseAnchored(o Offset, text string, target cltype.Target) (Offset, error) {
	switch {
	case strings.HasPrefix(text, "EP+"), strings.HasPrefix(text, "EP-"):
		o.Kind = OffEntryPlus
		if text[2] == '-' {
			o.Kind = OffEntryMinus
		}
		return finishOffset(o, text[3:], "cli_caloff: Invalid offset value", target)
	case strings.HasPrefix(text, "SE"):
		n, ok := digits(text[2:])
		if !ok || text == "SE" {
			return o, offsetError("cli_caloff: Invalid section number")
		}
		o.Kind, o.Section = OffSectionAny, uint16(min(n, 0xffff))
		return o, executableOnly(target)
	case strings.HasPrefix(text, "SL"):
		o.Kind = OffSectionLast
		if !strings.HasPrefix(text, "SL+") {
			return o, offsetError("cli_caloff: Invalid offset string")
		}
		return finishOffset(o, text[3:], "cli_caloff: Invalid offset value", target)
	case strings.HasPrefix(text, "S"):
		sec, rest, found := strings.Cut(text[1:], "+")
		n, ok := digits(sec)
		if !found || !ok || sec == "" {
			return o, offsetError("cli_caloff: Invalid offset string")
		}
		o.Kind, o.Section = OffSection, uint16(min(n, 0xffff))
		return finishOffset(o, rest, "cli_caloff: Invalid offset value", target)
	case strings.HasPrefix(text, "VI"):
		o.Kind = OffVersionInfo
		return o, executableOnly(target)
	case strings.HasPrefix(text, "EOF-"):
		o.Kind = OffEOF
		return finishOffset(o, text[4:], "cli_caloff: Invalid offset value", cltype.TargetPE)
	}
	o.Kind = OffAbsolute
	return finishOffset(o, text, "cli_caloff: Invalid offset value", cltype.TargetPE)
}

func finishOffset(o Offset, number, message string, target cltype.Target) (Offset, error) {
	n, ok := digits(number)
	if !ok {
		return o, offsetError(message)
	}
	o.Value = n
	return o, executableOnly(target)
}

func executableOnly(t cltype.Target) error {
	if t == cltype.TargetPE || t == cltype.TargetELF || t == cltype.TargetMachO {
		return nil
	}
	return offsetError("cli_caloff: Invalid offset type for target " + strconv.Itoa(int(t)))
}

func parseMacroOffset(text string) (Offset, error) {
	num := strings.TrimSuffix(text[1:], "$")
	n, ok := digits(num)
	if !ok || num == "" {
		return Offset{}, offsetError("cli_caloff: Invalid macro($) in offset")
	}
	if n >= 32 {
		return Offset{}, offsetError("cli_caloff: at most 32 macro groups supported")
	}
	return Offset{Kind: OffMacro, Group: uint8(n)}, nil
}

// digits reads a decimal number; the empty string reads as 0. Values above 32
// bits saturate: such an offset never matches.
func digits(s string) (uint32, bool) {
	var v uint64
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		if v = v*10 + uint64(c-'0'); v > 0xffffffff {
			v = 0xffffffff
		}
	}
	return uint32(v), true
}
