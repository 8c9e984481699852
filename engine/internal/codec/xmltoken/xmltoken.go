package xmltoken

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind tells what a Token is.
type Kind uint8

// The kinds of tokens. Comments, declarations and instructions are left out.
const (
	Start Kind = iota + 1 // <name attrs>, or <name attrs/> with Empty
	End                   // </name>
	Text                  // character data, entities as written
)

// Token is one piece of a document.
type Token struct {
	Kind  Kind
	Name  string // local name of a tag, without prefix
	Attrs []byte // of a start tag, as written
	Text  []byte // of character data
	Empty bool   // a start tag that is its own end
	// From and To are the token's place in the document.
	From, To int
}

// Scanner cuts a document into tokens.
type Scanner struct {
	b   []byte
	pos int
}

// New returns a scanner of b. UTF-16 is to be converted first, see UTF8.
func New(b []byte) *Scanner { return &Scanner{b: b} }

// maxName is the longest element name looked at, in bytes.
const maxName = 256

// Next returns the next token; false at the end.
func (s *Scanner) Next() (Token, bool) {
	for s.pos < len(s.b) {
		from := s.pos
		if s.b[from] != '<' {
			n := bytes.IndexByte(s.b[from:], '<')
			if n < 0 {
				n = len(s.b) - from
			}
			s.pos += n
			return Token{Kind: Text, Text: s.b[from:s.pos], From: from, To: s.pos}, true
		}
		rest := s.b[from:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			s.skip("-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			s.skip("]]>")
			text := bytes.TrimSuffix(s.b[from+len("<![CDATA["):max(s.pos, from+len("<![CDATA["))], []byte("]]>"))
			return Token{Kind: Text, Text: text, From: from, To: s.pos}, true
		case bytes.HasPrefix(rest, []byte("<?")):
			s.skip("?>")
		case bytes.HasPrefix(rest, []byte("<!")):
			s.skip(">")
		default:
			return s.tag(), true
		}
	}
	return Token{}, false
}

// skip moves behind the next mark, or to the end.
func (s *Scanner) skip(mark string) {
	if n := bytes.Index(s.b[s.pos:], []byte(mark)); n >= 0 {
		s.pos += n + len(mark)
		return
	}
	s.pos = len(s.b)
}

// tag reads a start or end tag; a quoted > does not end it.
func (s *Scanner) tag() Token {
	from := s.pos
	i, quote := from+1, byte(0)
	for ; i < len(s.b); i++ {
		c := s.b[i]
		if quote != 0 {
			if c == quote {
				quote = 0
			}
			continue
		}
		if c == '>' {
			break
		}
		if c == '"' || c == '\'' {
			quote = c
		}
	}
	body := s.b[from+1 : min(i, len(s.b))]
	s.pos = min(i+1, len(s.b))
	t := Token{Kind: Start, From: from, To: s.pos}
	if len(body) > 0 && body[0] == '/' {
		t.Kind, body = End, body[1:]
	} else if n := len(body); n > 0 && body[n-1] == '/' {
		t.Empty, body = true, body[:n-1]
	}
	n := bytes.IndexAny(body[:min(len(body), maxName)], " \t\r\n")
	if n < 0 {
		n = min(len(body), maxName)
	}
	t.Name, t.Attrs = string(body[:n]), body[n:]
	if k := strings.LastIndexByte(t.Name, ':'); k >= 0 {
		t.Name = t.Name[k+1:]
	}
	return t
}

// Attr returns the value of an attribute, with entities as written.
func (t Token) Attr(name string) (string, bool) {
	b := t.Attrs
	for len(b) > 0 {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			break
		}
		key := bytes.TrimSpace(b[:eq])
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
			break
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			break
		}
		if string(key) == name {
			return string(b[1 : 1+end]), true
		}
		b = b[end+2:]
	}
	return "", false
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"}

// maxEntity is the longest entity looked at, in bytes.
const maxEntity = 12

// Unescape resolves the predefined entities and character references.
func Unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var w strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			break
		}
		w.Write(b[:i])
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), maxEntity)], ';')
		if s, ok := entity(b[1:max(end, 1)]); ok {
			w.WriteString(s)
			b = b[end+1:]
			continue
		}
		w.WriteByte('&')
		b = b[1:]
	}
	w.Write(b)
	return w.String()
}

func entity(b []byte) (string, bool) {
	s := string(b)
	if !strings.HasPrefix(s, "#") {
		v, ok := entities[s]
		return v, ok
	}
	base, digits := 10, s[1:]
	if strings.HasPrefix(digits, "x") {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return "", false
	}
	return string(rune(n)), true
}

// UTF8 returns b, converted when it is UTF-16 by its byte order mark or by the
// way in which it starts.
func UTF8(b []byte) []byte {
	var o binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte("<\x00?\x00")):
		o = binary.LittleEndian
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}), bytes.HasPrefix(b, []byte("\x00<\x00?")):
		o = binary.BigEndian
	default:
		return b
	}
	out := make([]byte, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		r := rune(o.Uint16(b))
		if utf16.IsSurrogate(r) && len(b) >= 4 {
			if c := utf16.DecodeRune(r, rune(o.Uint16(b[2:]))); c != utf8.RuneError {
				r, b = c, b[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
