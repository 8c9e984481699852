package html

import "bytes"

// value is the attribute value being read, as it is kept for links: the
// opening quote (if any) and at most maxName bytes.
type value struct {
	quote byte // what ends the value: '"', '\'' or 0 for white space and '>'
	kept  []byte
	wide  uint32 // pending bytes >= 80h, most recent lowest
}

func (v *value) reset() { v.quote, v.kept = 0, v.kept[:0] }

func (v *value) add(c byte) {
	if len(v.kept) < maxName {
		v.kept = append(v.kept, c)
	}
}

// text is the value as links see it: up to a NUL, and if it starts with a quote
// without its first and last byte.
func (v *value) text() []byte {
	b := v.kept
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if len(b) == 0 || b[0] != '"' {
		return b
	}
	if len(b) < 2 {
		return nil
	}
	return b[1 : len(b)-1]
}

// putValue writes a byte of a value: in lower case to the view, as it is to
// what is kept.
func (m *machine) putValue(c byte) {
	m.put(lower(c))
	m.val.add(c)
}

func (m *machine) valueStart(c byte) bool {
	m.val.reset()
	m.st = stValue
	if c == '>' {
		m.endValue(false)
	}
	return false
}

// inValue handles a byte of a value. A quoted value with white space or '>' in
// it goes on as if it were not quoted afterwards: it then ends at the next white
// space or '>', and its closing quote is an ordinary byte.
func (m *machine) inValue(c byte) bool {
	if c >= 0x80 {
		m.wideValue(c)
		return true
	}
	quote := m.val.quote
	switch {
	case quote != 0 && c == quote:
		m.put('"')
		m.val.add('"')
		m.endValue(true)
		return true
	case quote == 0 && c == '>':
		m.endValue(false)
		return false
	case isSpace(c) && quote == 0:
		m.endValue(true)
		return true
	case isSpace(c) || c == '>':
		if c == '\n' {
			c = ' '
		}
		m.put(c)
		if c != '>' {
			c = ' '
		}
		m.val.add(c)
		m.val.quote, m.skip = 0, true
		return true
	case c == '\'' || c == '"':
		if len(m.val.kept) == 0 {
			m.val.quote = c
		}
		m.putValue('"')
		return true
	case c == '&':
		m.startRef(stValue)
		return true
	}
	if m.val.wide != 0 {
		if isWideStop(m.val.wide<<8 | uint32(c)) {
			m.val.wide = 0
			m.putValue('.')
			return true
		}
		m.writeWideValue()
	}
	if c == ':' && m.startData(c) {
		return true
	}
	m.putValue(c)
	return true
}

func (m *machine) endValue(skip bool) {
	m.keepValue()
	m.st, m.skip = stAttrs, skip
}

// keepValue stores the value when its attribute names a link or an image.
func (m *machine) keepValue() {
	switch {
	case !m.hasHref && string(m.attr) == "href":
		m.hasHref = true
		m.href = append(m.href[:0], m.val.text()...)
	case !m.hasSrc && string(m.attr) == "src":
		m.hasSrc = true
		m.src = append(m.src[:0], m.val.text()...)
	}
}
