package main

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gclam/engine/inspect"
)

// Limits of a line, as in the reference: further fields are not looked at.
const (
	maxFields    = 13
	maxSubsigs   = 64
	maxLogical   = maxSubsigs + 3 + 1
	maxSubFields = 4
)

// targets are the names of target types in --decode-sigs.
func targets() []string {
	return []string{
		"ANY FILE", "PE", "OLE2", "HTML", "MAIL", "GRAPHICS", "ELF", "NORMALIZED ASCII TEXT", "DISASM DATA", "MACHO",
		"PDF", "FLASH", "JAVA CLASS",
	}
}

// errDecode ends a run; its message has been printed.
var errDecode = errors.New("decode")

// decodeSigs explains the signatures on stdin.
func (t *tool) decodeSigs() int {
	sc := bufio.NewScanner(t.in.In)
	sc.Buffer(nil, maxLine)
	for sc.Scan() {
		line := strings.TrimRight(sc.Text(), "\r")
		if line == "" { // observed: an empty line ends it
			break
		}
		if t.decode(line, nil) != nil {
			return 1
		}
	}
	return 0
}

// decode explains one signature, or tries it on a file.
func (t *tool) decode(line string, on *target) error {
	switch {
	case strings.Contains(line, ";"):
		return t.decodeLogical(splitLogical(line), on)
	case strings.Contains(line, ":"):
		return t.decodeFields(splitFields(line), on)
	case strings.Contains(line, "="):
		name, body, _ := strings.Cut(line, "=")
		fmt.Fprintf(t.in.Out, "VIRUS NAME: %s\n", name)
		t.body(body, on, labels{decoded: "DECODED SIGNATURE:", raw: "SUBSIG: ", offset: "*"})
		return nil
	}
	fmt.Fprintln(t.in.Out, "decodesig: Not supported signature format")
	return errDecode
}

// splitFields splits at colons; what is beyond the last field is dropped.
func splitFields(line string) []string {
	f := strings.SplitN(line, ":", maxFields+1)
	return f[:min(len(f), maxFields)]
}

// splitLogical splits at semicolons that are not inside of a regular expression,
// which cannot begin before the third field.
func splitLogical(line string) []string {
	var out []string
	start, inside := 0, false
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '/' && len(out) >= 2 && line[i-1] != '\\':
			inside = !inside
		case line[i] == ';' && !inside:
			if out = append(out, line[start:i]); len(out) == maxLogical {
				return out
			}
			start = i + 1
		}
	}
	return append(out, line[start:])
}

// decodeFields tells the kinds of signatures with colons apart by the number of
// their fields.
func (t *tool) decodeFields(f []string, on *target) error {
	switch n := len(f); {
	case n >= 6 && n <= 8 && (f[0] == "0" || f[0] == "1" || f[0] == "4"):
		t.decodeType(f)
		return nil
	case n >= 4 && n <= 6:
		return t.decodeExtended(f, on)
	case n >= 10 && n <= 12:
		return t.decodeContainer(f)
	}
	fmt.Fprintf(t.in.Out, "TOKENS COUNT: %d\n", len(f))
	return t.fail("Invalid or not supported signature format")
}

// fail prints why a signature cannot be explained.
func (t *tool) fail(text string) error {
	t.in.Errorf("decodesig: %s", text)
	return errDecode
}

// levels is the text for "[:MIN[:MAX]]".
func levels(f []string) string {
	switch len(f) {
	case 0:
		return ""
	case 1:
		return ">=" + f[0]
	}
	return f[0] + ".." + f[1]
}

// decodeExtended is for "NAME:TARGET:OFFSET:HEX[:MINFL[:MAXFL]]".
func (t *tool) decodeExtended(f []string, on *target) error {
	out := t.in.Out
	fmt.Fprintf(out, "VIRUS NAME: %s\n", f[0])
	if l := levels(f[4:]); l != "" {
		fmt.Fprintf(out, "FUNCTIONALITY LEVEL: %s\n", l)
	}
	if strings.Trim(f[1], "0123456789") != "" {
		return t.fail("Invalid target type")
	}
	fmt.Fprint(out, "TARGET TYPE: ")
	i, err := strconv.ParseUint("0"+f[1], 10, 31)
	if err != nil || int(i) >= len(targets()) {
		return t.fail("Invalid target type")
	}
	fmt.Fprintf(out, "%s\nOFFSET: %s\n", targets()[i], f[2])
	t.body(f[3], on, labels{decoded: "DECODED SIGNATURE:", raw: "SUBSIG: ", offset: f[2]})
	return nil
}

// decodeType is for file types, "KIND:OFFSET:HEX:NAME:REQUIRED:DETECTED[:MINFL[:MAXFL]]".
func (t *tool) decodeType(f []string) {
	fmt.Fprintf(t.in.Out, "FILE TYPE NAME: %s\nFILE SIGNATURE TYPE: %s\nFILE MAGIC OFFSET: %s\nFILE MAGIC HEX: %s\nFILE MAGIC DECODED:\n",
		f[3], f[0], f[1], f[2])
	explainer{t}.pattern(f[2])
	fmt.Fprintf(t.in.Out, "FILE TYPE REQUIRED: %s\nFILE TYPE DETECTED: %s\n", f[4], f[5])
	if l := levels(f[6:]); l != "" {
		fmt.Fprintf(t.in.Out, "FTM FLEVEL: %s\n", l)
	}
}

// decodeContainer is for container metadata, "NAME:TYPE:SIZE:REGEX:PACKED:REAL:ENCRYPTED:POSITION:CRC:…".
func (t *tool) decodeContainer(f []string) error {
	out := t.in.Out
	kind := f[1]
	if kind == "*" {
		kind = "ANY"
	}
	fmt.Fprintf(out, "VIRUS NAME: %s\nCONTAINER TYPE: %s\n", f[0], kind)
	if err := t.rangeLine("CONTAINER SIZE", "container size", f[2]); err != nil {
		return err
	}
	fmt.Fprintf(out, "FILENAME REGEX: %s\n", f[3])
	if err := t.rangeLine("COMPRESSED FILESIZE", "compressed filesize", f[4]); err != nil {
		return err
	}
	if err := t.rangeLine("UNCOMPRESSED FILESIZE", "uncompressed filesize", f[5]); err != nil {
		return err
	}
	fmt.Fprint(out, "ENCRYPTION: ")
	switch {
	case f[6] == "*":
		fmt.Fprintln(out, "IGNORED")
	case strings.Trim(f[6], "0123456789") != "":
		return t.fail("Invalid encryption flag")
	case strings.Trim(f[6], "0") == "":
		fmt.Fprintln(out, "NO")
	default:
		fmt.Fprintln(out, "YES")
	}
	if err := t.rangeLine("FILE POSITION", "file position", f[7]); err != nil {
		return err
	}
	if kind == "CL_TYPE_ZIP" || kind == "CL_TYPE_RAR" {
		fmt.Fprintf(out, "CRC SUM: %s\n", crcText(f[8]))
	}
	return nil
}

// rangeLine prints "*", a number or a range.
func (t *tool) rangeLine(label, what, s string) error {
	fmt.Fprintf(t.in.Out, "%s: ", label)
	text, kind := s, ""
	if s == "*" {
		text = "ANY"
	} else if lo, rest, ok := strings.Cut(s, "-"); ok {
		hi, _, _ := strings.Cut(rest, "-")
		text, s, kind = "WITHIN RANGE "+lo+" to "+hi, lo+hi, " range"
	}
	if s != "*" && strings.Trim(s, "0123456789") != "" {
		return t.fail("Invalid " + what + kind)
	}
	fmt.Fprintln(t.in.Out, text)
	return nil
}

// crcText prints a checksum as the signed number that the reference shows.
func crcText(s string) string {
	if s == "*" {
		return "ANY"
	}
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(strings.ToLower(strings.TrimLeft(s, "+-")), "0x")
	end := 0
	for end < len(s) && nibble(s[end]) >= 0 {
		end++
	}
	n, _ := strconv.ParseInt("0"+s[:end], 16, 64) // too large: the largest number
	if neg {
		n = -n
	}
	return strconv.Itoa(int(int32(n)))
}

// decodeLogical is for "NAME;TDB;EXPRESSION;SUBSIG;…".
func (t *tool) decodeLogical(f []string, on *target) error {
	if len(f) < 4 {
		return t.fail("Invalid or not supported signature format")
	}
	fmt.Fprintf(t.in.Out, "VIRUS NAME: %s\nTDB: %s\nLOGICAL EXPRESSION: %s\n", f[0], f[1], f[2])
	n, err := inspect.Subsignatures(f[2])
	switch {
	case err != nil:
		t.libErrors(err)
		return t.fail("Broken logical expression")
	case n > maxSubsigs:
		return t.fail("Too many subsignatures")
	case n != len(f)-3:
		return t.fail(fmt.Sprintf("The number of subsignatures (==%d) doesn't match the IDs in the logical expression (==%d)", len(f)-3, n))
	}
	for i, s := range f[3:] {
		t.decodeSubsignature(i, s, on)
	}
	return nil
}

func (t *tool) decodeSubsignature(i int, s string, on *target) {
	offset, body, mods, modified := splitSubsignature(s)
	if offset == nil {
		offset = new(string)
		*offset = "ANY"
	}
	fmt.Fprintf(t.in.Out, " * SUBSIG ID %d\n +-> OFFSET: %s\n +-> SIGMOD:%s", i, *offset, modifiers(mods, modified))
	t.body(body, on, labels{decoded: " +-> DECODED SUBSIGNATURE:", raw: " +-> SUBSIG: ", offset: *offset})
}

// splitSubsignature takes "[OFFSET:]PATTERN[::MODIFIERS]" apart. The offset is nil
// where there is none.
func splitSubsignature(s string) (offset *string, body, mods string, modified bool) {
	if slash := strings.IndexByte(s, '/'); slash >= 0 {
		if colon := strings.IndexByte(s, ':'); colon >= 0 && colon < slash {
			o := s[:colon]
			return &o, s[colon+1:], "", false
		}
		return nil, s, "", false
	}
	f := strings.Split(s, ":")
	switch f = f[:min(len(f), maxSubFields)]; len(f) {
	case 1:
		return nil, f[0], "", false
	case 2:
		return &f[0], f[1], "", false
	case 3:
		return nil, f[0], f[2], true
	}
	return &f[0], f[1], f[3], true
}

// modifiers names the modifiers of a subsignature. An unknown one ends the list,
// and leaves the line open.
func modifiers(s string, modified bool) string {
	if !modified {
		return " NONE\n"
	}
	words := map[rune]string{'i': " NOCASE", 'f': " FULLWORD", 'w': " WIDE", 'a': " ASCII"}
	var out strings.Builder
	for _, r := range s {
		w, ok := words[r]
		if !ok {
			return out.String() + " UNKNOWN"
		}
		out.WriteString(w)
	}
	return out.String() + "\n"
}

// labels are the words around a pattern.
type labels struct{ decoded, raw, offset string }

// body explains one pattern, or tries it.
func (t *tool) body(pattern string, on *target, l labels) {
	if on != nil {
		fmt.Fprintf(t.in.Out, "%s%s\n", l.raw, pattern)
		t.try(pattern, l.offset, on)
		return
	}
	fmt.Fprintln(t.in.Out, l.decoded)
	explainer{t}.pattern(pattern)
}
