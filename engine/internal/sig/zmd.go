package sig

import "gclam/engine/internal/cltype"

func parseZMD(f *file, text string) error { return f.oldMetadata(text, cltype.ZIP) }
func parseRMD(f *file, text string) error { return f.oldMetadata(text, cltype.RAR) }

// mdFields is the number of fields of the old metadata formats.
const mdFields = 9

// oldMetadata reads Name:Encrypted:FileNameRegex:OriginalSize:CompressedSize:
// CRC32:Method:FilePos:MaxDepth. Method and depth are validated but unused.
func (f *file) oldMetadata(text string, container cltype.Type) error {
	tok := fields(f.tok[:mdFields+1], text, ':')
	if len(tok) != mdFields {
		return errMalformed
	}
	name := tok[0]
	for _, c := range []struct {
		field int
		name  string
	}{{1, "encrypted"}, {3, "original size"}, {4, "compressed size"}, {6, "compression method"}, {7, "file number"}, {8, "max depth"}} {
		if t := tok[c.field]; t != "*" && !isDigits(t) {
			f.errorf("cli_loadmd: Invalid value for the '%s' field", c.name)
			return errMalformed
		}
	}
	virname, err := f.virname(name)
	if err != nil {
		return errMemory
	}
	if f.isIgnored(virname, name) {
		return errSkip
	}
	c := Container{Name: virname, Type: container, Encrypted: -1}
	if tok[1] != "*" {
		c.Encrypted = atoi(tok[1])
	}
	if tok[2] != "*" {
		if checkERE(tok[2]) != "" {
			f.errorf("cli_loadmd: Can't compile regular expression %s in signature for %s", tok[2], name)
			return errMemory
		}
		c.NameRegex, c.HasName = tok[2], true
	}
	c.Real, c.Packed, c.Position = exactly(tok[3]), exactly(tok[4]), exactly(tok[7])
	if tok[5] != "*" {
		if len(tok[5])%2 != 0 || len(tok[5]) > 8 {
			f.errorf("cli_hex2num(): Malformed hexstring: %s (length: %d)", tok[5], len(tok[5]))
			return errMalformed
		}
		c.CRC32, c.HasCRC = hexNumber(tok[5]), true
	}
	return f.sink.Container(&c)
}

func exactly(text string) Range {
	if text == "*" {
		return Range{}
	}
	n, _ := digits(text)
	return Range{Set: true, Min: n, Max: n}
}

// hexNumber reads hexadecimal digits. Another character makes it a number that
// no checksum equals in practice, as in ClamAV.
func hexNumber(s string) uint32 {
	v := uint32(0)
	for i := range len(s) {
		d := hexValue(s[i])
		if d < 0 {
			return ^uint32(0)
		}
		v = v<<4 | uint32(d)
	}
	return v
}
