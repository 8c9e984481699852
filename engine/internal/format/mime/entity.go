package mime

import (
	"strings"

	"gclam/engine/internal/format"
	"gclam/engine/internal/limit"
)

// entity is what the header of a message or part says about its body. All
// strings but boundaries and names are in lower case.
type entity struct {
	major, minor string
	given        bool // there was a Content-Type
	boundaries   []string
	name         string // raw value of the best name parameter, "" for none
	number       string // of message/partial
	encodings    []encoding
	words        int    // words of Content-Transfer-Encoding looked at
	disposition  string // "" if none
}

// encoded tells whether the body has a transfer encoding that must be undone.
func (e *entity) encoded() bool { return e != nil && len(e.encodings) > 0 }

// whole tells whether the parts of the multipart are collected before they are
// handled, which limits their number (observed: clamscan 1.4.6).
func (e *entity) whole() bool {
	switch e.minor {
	case "related", "signed", "parallel", "encrypted":
		return true
	}
	return false
}

// isText tells whether the body is text to be read by people.
func (e *entity) isText() bool {
	return e.major == "text" && e.disposition != "attachment"
}

// entity interprets a header.
func (p *parser) entity(h *header) *entity {
	e := &entity{major: "text", minor: "plain"}
	args := params{}
	for _, v := range h.values[contentType] {
		e.given = true
		typ, rest, _ := strings.Cut(stripComments(v), ";")
		e.setType(typ)
		if _, more, ok := strings.Cut(strings.TrimSpace(typ), " "); ok {
			args.parse(more, nil) // a missing semicolon
		}
		if args.parseType(rest) {
			p.b.Hit(limit.EmailMIMEArguments)
			p.out.Fact(format.Skipped, h.body)
			break
		}
	}
	for _, v := range h.values[contentDisposition] {
		disp, rest, _ := strings.Cut(stripComments(v), ";")
		if disp = strings.ToLower(strings.TrimSpace(disp)); disp != "" {
			e.disposition = disp
		}
		args.parse(rest, nil)
	}
	if e.name = args.value("filename"); e.name == "" {
		e.name = args.value("name")
	}
	e.boundaries = args.boundaries
	e.number = args.value("number")
	if !e.given && e.name != "" {
		e.major, e.minor = "application", "octet-stream"
	}
	for _, v := range h.values[contentEncoding] {
		e.addEncodings(stripComments(v))
	}
	return e
}

// setType takes the type from the part of a Content-Type before the parameters.
// Of several types the last that can be parsed wins.
func (e *entity) setType(s string) {
	e.major, e.minor = "application", "octet-stream"
	for word := range strings.FieldsSeq(strings.ToLower(s)) {
		word = strings.Trim(word, `"'`)
		major, minor, ok := strings.Cut(word, "/")
		if !ok && knownMajor(word) == "" {
			continue
		}
		if e.major = knownMajor(major); e.major == "" {
			e.major = closest(major, majors[:])
		}
		if e.major == "" {
			e.major = "application"
		}
		e.minor = strings.Trim(minor, `"`)
	}
	if strings.HasPrefix(e.major, "multipart") && e.minor == "" {
		e.minor = "alternative"
	}
}

// majors are the major types the parser knows (RFC 2046).
var majors = [...]string{"text", "multipart", "application", "audio", "image", "video", "message"}

// knownMajor returns s if it is a known major type, else "".
func knownMajor(s string) string {
	for _, m := range majors {
		if s == m {
			return m
		}
	}
	return ""
}

// stripComments removes RFC 822 comments, which nest and may hold quoted pairs;
// quoted strings are left alone.
func stripComments(s string) string {
	if strings.IndexByte(s, '(') < 0 {
		return s
	}
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s):
			if depth == 0 {
				b.WriteString(s[i : i+2])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}
