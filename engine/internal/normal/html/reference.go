package html

// ref is a character reference while it is read.
type ref struct {
	back   state  // where to go on afterwards: stText or stValue
	name   []byte // named reference
	num    uint64 // numeric reference
	digits int
	hex    bool
}

// maxRefDigits bounds a number; the digit after the last one ends it.
const maxRefDigits = 16

func (m *machine) startRef(back state) {
	m.ref = ref{back: back, name: m.ref.name[:0]}
	m.st = stEntity
}

// reference handles a byte of a character reference.
func (m *machine) reference(c byte) bool {
	switch m.st {
	case stEntity:
		if c == '#' {
			m.st = stEntityNumber
			return true
		}
		m.st = stEntityName
		return m.refName(c)
	case stEntityName:
		return m.refName(c)
	default:
		return m.refNumber(c)
	}
}

func isNameByte(c byte) bool {
	return c-'0' < 10 || c-'a' < 26 || c-'A' < 26 || c == '-' || c == '_' || c == ':'
}

func (m *machine) refName(c byte) bool {
	if c == ';' {
		m.st = m.ref.back
		if code, ok := entities[string(m.ref.name)]; ok {
			m.namedChar(code)
			return true
		}
		m.refCopy()
		m.refByte(';')
		return true
	}
	if isNameByte(c) && len(m.ref.name) < maxName {
		m.ref.name = append(m.ref.name, c)
		return true
	}
	m.st = m.ref.back
	m.refCopy()
	return false
}

// refCopy writes a reference that is none as it stands, in lower case.
func (m *machine) refCopy() {
	m.refByte('&')
	for _, c := range m.ref.name {
		m.refByte(lower(c))
	}
}

// refByte writes one byte that came out of a reference.
func (m *machine) refByte(c byte) {
	m.put(c)
	if m.ref.back == stValue {
		m.val.add(c)
	}
}

func (m *machine) refNumber(c byte) bool {
	r := &m.ref
	switch {
	case r.num == 0 && (c == 'x' || c == 'X'):
		r.hex = true
		return true
	case c == ';':
		m.st = r.back
		m.numericChar(r.num)
		return true
	}
	d, ok := digit(c, r.hex)
	if !ok {
		m.st = r.back
		m.put(byte(r.num))
		return false
	}
	if r.digits == maxRefDigits {
		m.st = r.back
		m.put(byte(r.num))
		return true
	}
	r.digits++
	base := uint64(10)
	if r.hex {
		base = 16
	}
	r.num = r.num*base + uint64(d)
	return true
}

func digit(c byte, hex bool) (byte, bool) {
	switch {
	case c-'0' < 10:
		return c - '0', true
	case hex && c-'a' < 6:
		return c - 'a' + 10, true
	case hex && c-'A' < 6:
		return c - 'A' + 10, true
	}
	return 0, false
}

// namedChar writes the character of a named reference.
func (m *machine) namedChar(code uint16) {
	before := len(m.noComment)
	m.char(uint64(code))
	if m.ref.back == stValue {
		for _, c := range m.noComment[before:] {
			m.val.add(c)
		}
	}
}

// numericChar writes the character of a numeric reference; what is kept of an
// attribute value gets the low byte only.
func (m *machine) numericChar(v uint64) {
	if v == ':' && m.ref.back == stValue && m.startData(':') {
		return
	}
	m.char(v)
	if m.ref.back == stValue {
		m.val.add(byte(v))
	}
}

// char writes a code point: ASCII in lower case, Latin-1 as a byte, the full
// stops of East Asian scripts as '.', others as a hexadecimal reference of
// their low 16 bits.
func (m *machine) char(v uint64) {
	switch {
	case v < 0x80:
		m.put(lower(byte(v)))
		return
	case v < 0xFF:
		m.put(byte(v))
		return
	}
	u := uint16(v)
	switch {
	case u == 0:
	case u < 0xFF:
		m.put(byte(u))
	case u == 0x3002 || u == 0xFF0E || u == 0xFE52:
		m.put('.')
	default:
		const hex = "0123456789abcdef"
		m.noComment = append(m.noComment, '&', '#', 'x', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15], ';')
	}
}
