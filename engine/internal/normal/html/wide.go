package html

// Full stops of East Asian encodings, which browsers accept in host names:
// UTF-8 U+3002, U+FF0E, U+FE52 and three of Big5.
const (
	utf8IdeographicStop = 0xE38082
	utf8FullwidthStop   = 0xEFBC8E
	utf8SmallStop       = 0xEFB992
	big5StopA           = 0xA143
	big5StopB           = 0xA144
	big5StopC           = 0xA14F
)

func isWideStop(v uint32) bool {
	switch v {
	case utf8IdeographicStop, utf8FullwidthStop, utf8SmallStop, big5StopA, big5StopB, big5StopC:
		return true
	}
	return false
}

// nulDue marks that a NUL is to be written when ASCII follows a Big5 full stop.
const nulDue = 1 << 24

// wideText collects bytes >= 80h between tags, three at most, so that the full
// stops written in several bytes are recognised.
func (m *machine) wideText(c byte) {
	if m.mb > 0xFFFF && m.mb != nulDue {
		m.writeWideText()
	}
	m.mb = m.mb&^nulDue<<8 | uint32(c)
}

// flushWideText ends the collection because c, an ASCII byte, follows. It
// reports whether c was used up as the second half of a Big5 full stop.
func (m *machine) flushWideText(c byte) bool {
	if m.mb < 0x100 && isWideStop(m.mb<<8|uint32(c)) {
		m.mb = nulDue
		m.put('.')
		m.noTags.raw('.')
		return true
	}
	m.writeWideText()
	return false
}

// writeWideText writes the collected bytes. In the view without tags the last
// byte is replaced by the one before it: a slip of the original that
// signatures made from its output depend on.
func (m *machine) writeWideText() {
	hi, mid, lo := byte(m.mb>>16), byte(m.mb>>8), byte(m.mb)
	stop := isWideStop(m.mb)
	m.mb = 0
	if stop {
		m.put('.')
		m.noTags.raw('.')
		return
	}
	if hi != 0 {
		m.put(hi)
		m.noTags.raw(hi)
	}
	if mid != 0 {
		m.put(mid)
		m.noTags.raw(mid)
	}
	m.put(lo)
	m.noTags.raw(mid)
}

// wideValue is wideText for attribute values. What is pending at the end of a
// value stays pending until the next one.
func (m *machine) wideValue(c byte) {
	if m.val.wide > 0xFFFF {
		m.writeWideValue()
	}
	m.val.wide = m.val.wide<<8 | uint32(c)
}

// writeWideValue writes the bytes collected in an attribute value.
func (m *machine) writeWideValue() {
	if isWideStop(m.val.wide) {
		m.val.wide = 0
		m.putValue('.')
		return
	}
	for shift := 16; shift >= 0; shift -= 8 {
		if b := byte(m.val.wide >> shift); b != 0 {
			m.putValue(b)
		}
	}
	m.val.wide = 0
}
