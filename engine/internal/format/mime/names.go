package mime

import (
	"strings"

	"gclam/engine/internal/codec/base64"
	"gclam/engine/internal/codec/qp"
)

// decode2231 undoes the percent encoding of an RFC 2231 value; the first piece
// has charset and language in front of it. Charsets are not converted.
func decode2231(s string, first bool) string {
	if first {
		if _, rest, ok := strings.Cut(s, "'"); ok {
			if _, text, ok := strings.Cut(rest, "'"); ok {
				s = text
			}
		}
	}
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	// An escape is quoted-printable with another sign; a literal '=' is kept
	// apart by escaping it.
	s = strings.ReplaceAll(s, "=", "=3D")
	var d qp.Decoder
	return string(d.Flush(d.Line(nil, []byte(strings.ReplaceAll(s, "%", "=")), true)))
}

// decode2047 decodes the encoded words in s. Charsets are not converted, and blanks
// between two words stay (observed: clamscan 1.4.6; RFC 2047 would drop them).
func decode2047(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		text, n, ok := encodedWord(s[i:])
		if !ok {
			b.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteString(text)
		s = s[i+n:]
	}
	b.WriteString(s)
	return b.String()
}

// encodedWord decodes "=?charset?q?text?=" at the start of s and returns its length.
func encodedWord(s string) (text string, n int, ok bool) {
	rest := s[len("=?"):]
	charset, rest, ok := strings.Cut(rest, "?")
	if !ok || strings.ContainsAny(charset, " \t") || len(rest) < 2 || rest[1] != '?' {
		return "", 0, false
	}
	enc := rest[0]
	body, _, ok := strings.Cut(rest[2:], "?=")
	if !ok {
		return "", 0, false
	}
	n = len("=?") + len(charset) + len("?q?") + len(body) + len("?=")
	switch enc {
	case 'q', 'Q':
		var d qp.Decoder
		line := []byte(strings.ReplaceAll(body, "_", " "))
		return string(d.Flush(d.Line(nil, line, true))), n, true
	case 'b', 'B':
		return string(base64.Append(nil, []byte(body))), n, true
	}
	return "", 0, false
}

// childName is the name under which container metadata signatures see a part
// (observed: clamscan 1.4.6): RFC 2047 words decoded, the eighth bit dropped, and
// everything but letters, digits, '.' and '_' replaced.
func childName(raw string) string {
	if len(raw) > maxName {
		raw = raw[:maxName]
	}
	b := []byte(decode2047(raw))
	for i, c := range b {
		c &= 0x7F
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.':
			b[i] = c
		default:
			b[i] = '_'
		}
	}
	return string(b)
}
