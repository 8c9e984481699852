package vba

import "bytes"

// The fixed parts of a project's text (observed with clamscan 1.4.6).
const (
	banner    = "REM VBA project extracted from Microsoft Office document\n\n"
	separator = "REM ##################################################\n"
	missing   = "\n<Error decoding module data>\n"
)

// Text returns the project as ClamAV writes it for its signatures.
func (p *Project) Text() []byte {
	w := bytes.NewBuffer(nil)
	w.WriteString(banner)
	w.Write(p.head.Bytes())
	for i := range p.Modules {
		m := &p.Modules[i]
		w.WriteString("\n\n")
		w.Write(m.head.Bytes())
		w.WriteString(separator)
		if m.Source == nil {
			w.WriteString(missing)
			continue
		}
		normalize(w, decode(p.codepage, m.Source))
	}
	return w.Bytes()
}

// Normalize returns a module source without a project in the form that Text
// gives to modules.
func Normalize(src []byte) []byte {
	var w bytes.Buffer
	normalize(&w, decode(defaultCodepage, src))
	return w.Bytes()
}

// normalize writes source text with letters in lower case, white space in runs of
// one, and continued lines joined, all outside of string literals. A literal ends
// at a quotation mark only, not at the end of its line (observed with clamscan
// 1.4.6, whose signatures see exactly this).
func normalize(w *bytes.Buffer, s string) {
	quoted, blank := false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			quoted, blank = !quoted, false
		case c == ' ' || c == '\t':
			c = ' '
			if !quoted && blank {
				continue
			}
			blank = true
		case c == '\r' || c == '\n':
			// A line end leaves the run of blanks as it is.
		case quoted:
			blank = false
		case c == '_' && blank && lineEnd(s[i+1:]) > 0:
			i += lineEnd(s[i+1:])
			continue
		default:
			blank = false
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
		}
		w.WriteByte(c)
	}
}

// lineEnd returns the length of the line end at the start of s, 0 if there is none.
func lineEnd(s string) int {
	switch {
	case len(s) >= 2 && s[0] == '\r' && s[1] == '\n':
		return 2
	case len(s) >= 1 && s[0] == '\n':
		return 1
	}
	return 0
}
