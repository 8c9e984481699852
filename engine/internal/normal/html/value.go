package html

// value is the attribute value being read, as it is kept for links: the
// opening quote (if any) and at most maxName bytes.
type value struct {
	quote  byte // 0, '"' or '\''
	spaces int  // runs of white space so far; the second one ends what is kept
	kept   []byte
}

func (v *value) reset(quote byte) {
	v.quote, v.spaces, v.kept = quote, 0, v.kept[:0]
	if quote != 0 {
		v.kept = append(v.kept, '"')
	}
}

func (v *value) add(c byte) {
	if v.spaces < 2 && len(v.kept) < maxName {
		v.kept = append(v.kept, c)
	}
}

// text is the value as links see it: up to a NUL, and for a quoted value
// without the opening quote and the last byte kept.
func (v *value) text() []byte {
	b := v.kept
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	if v.quote == 0 {
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
	switch c {
	case '"', '\'':
		m.put('"')
		m.val.reset(c)
		m.st = stValue
	case '>':
		m.val.reset(0)
		m.keepValue()
		m.st = stAttrs
		return false
	default:
		m.val.reset(0)
		m.st = stValue
		return false
	}
	return true
}

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
	case isSpace(c):
		m.put(' ')
		m.val.add(' ')
		m.val.spaces++
		m.skip = true
		return true
	case c == '&':
		m.startRef(stValue)
		return true
	}
	if m.mb != 0 {
		if isWideStop(m.mb<<8 | uint32(c)) {
			m.mb = 0
			m.putValue('.')
			return true
		}
		m.writeWideValue()
	}
	if c == '\'' {
		c = '"'
	}
	m.putValue(c)
	return true
}

func (m *machine) endValue(skip bool) {
	m.mb = 0
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
