package mime

import (
	"sort"
	"strconv"
	"strings"
)

// maxPieces bounds the RFC 2231 continuations of one parameter.
const maxPieces = 64

// params are the parameters of one part that the parser looks at. The first of
// several with the same name wins, except for boundaries, which all count.
type params struct {
	distinct   map[string]bool // known "name=value" pairs of Content-Type
	boundaries []string
	values     map[string]string
	pieces     map[string][]piece
}

// piece is one RFC 2231 continuation, "name*3*=…".
type piece struct {
	n     int
	value string
}

// value returns a parameter, pieces joined.
func (a *params) value(name string) string {
	if v, ok := a.values[name]; ok {
		return v
	}
	ps := a.pieces[name]
	sort.SliceStable(ps, func(i, j int) bool { return ps[i].n < ps[j].n })
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.value)
	}
	return b.String()
}

// parseType reads the "name=value" pairs of a Content-Type. It tells whether
// there were too many.
func (a *params) parseType(s string) (tooMany bool) {
	a.parse(s, func(name, value string) bool {
		if a.distinct == nil {
			a.distinct = map[string]bool{}
		}
		a.distinct[name+"="+value] = true
		return len(a.distinct) < maxArguments
	})
	return len(a.distinct) >= maxArguments
}

// parse reads "name=value" pairs and stores the known ones until more says no.
func (a *params) parse(s string, more func(name, value string) bool) {
	quotes := true
	for s != "" {
		var field string
		field, s, quotes = cutField(s, quotes)
		name, value, ok := strings.Cut(field, "=")
		if !ok {
			continue
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), unquote(value)
		if a.add(name, value) && more != nil && !more(name, value) {
			return
		}
	}
}

// add stores one parameter if it is a known one.
func (a *params) add(name, value string) bool {
	base, ext, extended := strings.Cut(name, "*")
	base = strings.TrimSpace(base)
	switch base {
	case "name", "filename", "boundary", "protocol", "id", "number", "total", "type":
	default:
		return false
	}
	index := -1
	if extended {
		digits, starred := strings.CutSuffix(ext, "*")
		if n, err := strconv.Atoi(digits); err == nil && n >= 0 {
			index = n
		}
		if starred || index < 0 {
			value = decode2231(value, index <= 0)
		}
	}
	switch {
	case index >= 0:
		if a.pieces == nil {
			a.pieces = map[string][]piece{}
		}
		if len(a.pieces[base]) < maxPieces {
			a.pieces[base] = append(a.pieces[base], piece{index, value})
		}
		if base == "boundary" {
			a.addBoundary(a.joined(base))
		}
	case base == "boundary":
		a.addBoundary(value)
	default:
		if a.values == nil {
			a.values = map[string]string{}
		}
		if _, dup := a.values[base]; !dup {
			a.values[base] = value
		}
	}
	return true
}

// joined is value without regard to unnumbered forms.
func (a *params) joined(name string) string {
	b := params{pieces: map[string][]piece{name: append([]piece(nil), a.pieces[name]...)}}
	return b.value(name)
}

// maxBoundaries bounds how many boundaries one multipart may have.
const maxBoundaries = 8

// addBoundary keeps a boundary; one that is longer than a line cannot occur.
func (a *params) addBoundary(s string) {
	s = strings.TrimRight(s, " \t")
	if len(s) < 998 && len(a.boundaries) < maxBoundaries {
		a.boundaries = append(a.boundaries, s)
	}
}

// cutField splits s at the first ';' outside of quotes. An unclosed quote does
// not hide the semicolons behind it: from then on quotes are not looked at, which
// also keeps the time linear.
func cutField(s string, quotes bool) (field, rest string, stillQuotes bool) {
	if !quotes {
		field, rest, _ = strings.Cut(s, ";")
		return field, rest, false
	}
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	if quoted {
		return cutField(s, false)
	}
	return s, "", true
}

// unquote returns a parameter's value: the quoted string if there is one.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		c := s[i]
		if c == '"' {
			break
		}
		// Only quotes and backslashes are taken for quoted pairs: Windows paths
		// in names are more frequent than other pairs.
		if c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
			c = s[i]
		}
		b.WriteByte(c)
	}
	return b.String()
}
