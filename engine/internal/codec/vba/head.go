package vba

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// Identifiers of dir stream records (MS-OVBA 2.3.4.2).
const (
	projectSysKind      = 0x0001
	projectCodepage     = 0x0003
	projectVersion      = 0x0009
	endOfProject        = 0x0010
	moduleName          = 0x0019
	moduleStream        = 0x001a
	moduleStreamUnicode = 0x0032
	moduleOffset        = 0x0031

	versionSize = 6 // u32 major, u16 minor
)

// kind is how a record's data is written in the head.
type kind uint8

const (
	text   kind = iota // string in the project's code page
	wide               // UTF-16
	hex16              // integer as %04x
	hex32              // integer as %08x
	number             // integer in decimal
	system             // name of a platform
	dotted             // version
	fixed              // label only
)

// line describes the REM line that a record gives.
type line struct {
	label string
	kind  kind
}

// projectLines and moduleLines give the lines in which ClamAV writes a record;
// others, such as references, are left out (observed with clamscan 1.4.6).
var projectLines = map[uint16]line{
	projectSysKind:  {"PROJECTSYSKIND", system},
	0x0002:          {"PROJECTLCID", hex32},
	0x0014:          {"PROJECTLCIDINVOKE", hex32},
	projectCodepage: {"PROJECTCODEPAGE", hex16},
	0x0004:          {"PROJECTNAME", text},
	0x0005:          {"PROJECTDOCSTRING", text},
	0x0040:          {"PROJECTDOCSTRINGUNICODE", wide},
	0x0006:          {"PROJECTHELPFILEPATH", text},
	0x003d:          {"PROJECTHELPFILEPATH2", wide},
	0x0007:          {"PROJECTHELPCONTEXT", hex16},
	0x0008:          {"PROJECTLIBFLAGS", hex16},
	projectVersion:  {"PROJECTVERSION", dotted},
	0x000f:          {"PROJECTMODULES", number},
	0x0013:          {"PROJECTCOOKIE", hex16},
}

var moduleLines = map[uint16]line{
	moduleName:          {"MODULENAME", text},
	0x0047:              {"MODULENAMEUNICODE", wide},
	moduleStream:        {"MODULESTREAMNAME", text},
	moduleStreamUnicode: {"MODULESTREAMNAMEUNICODE", wide},
	0x001c:              {"MODULEDOCSTRING", text},
	0x0048:              {"MODULEDOCSTRINGUNICODE", wide},
	moduleOffset:        {"MODULEOFFSET", hex32},
	0x001e:              {"MODULEHELPCONTEXT", hex32},
	0x002c:              {"MODULECOOKIE", hex16},
	0x0021:              {"MODULETYPE: Procedural", fixed},
	0x0022:              {"MODULETYPE: Class", fixed},
	0x0025:              {"MODULEREADONLY", fixed},
	0x0028:              {"MODULEPRIVATE", fixed},
}

var systems = []string{"Windows 16 bit", "Windows 32 bit", "Macintosh", "Windows 64 bit"}

// undecodable stands for strings that are not in the encoding they claim.
const undecodable = "<error decoding string>"

// headLine writes the line of one record, if it has one.
func headLine(w *bytes.Buffer, lines map[uint16]line, id uint16, d []byte, codepage uint16) {
	l, ok := lines[id]
	if !ok {
		return
	}
	if l.kind == fixed {
		fmt.Fprintf(w, "REM %s\n", l.label)
		return
	}
	fmt.Fprintf(w, "REM %s: %s\n", l.label, value(l.kind, d, codepage))
}

func value(k kind, d []byte, codepage uint16) string {
	switch k {
	case text:
		return decode(codepage, d)
	case wide:
		if s, ok := fromUTF16(d); ok {
			return s
		}
		return undecodable
	case dotted:
		if len(d) < versionSize {
			return ""
		}
		return fmt.Sprintf("%d.%d", binary.LittleEndian.Uint32(d), binary.LittleEndian.Uint16(d[4:]))
	}
	n := integer(d)
	switch k {
	case hex32:
		return fmt.Sprintf("0x%08x", n)
	case number:
		return fmt.Sprintf("%d", n)
	case system:
		if int64(n) < int64(len(systems)) {
			return systems[n]
		}
		return fmt.Sprintf("unknown (0x%x)", n)
	}
	return fmt.Sprintf("0x%04x", n)
}

// integer reads a little-endian integer of up to four bytes.
func integer(d []byte) uint32 {
	var n uint32
	for i := min(len(d), 4) - 1; i >= 0; i-- {
		n = n<<8 | uint32(d[i])
	}
	return n
}

// fromUTF16 converts little-endian UTF-16; half a unit or half a pair is an error.
func fromUTF16(d []byte) (string, bool) {
	if len(d)%2 != 0 {
		return "", false
	}
	u := make([]uint16, len(d)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(d[2*i:])
	}
	return string(utf16.Decode(u)), true
}
