package html

import "bytes"

// maxObjects bounds the objects taken out of one page, of each kind.
const maxObjects = 4096

// dataURI is the data: URI (RFC 2397) being read in an attribute value.
type dataURI struct {
	kind   []byte // media type and parameters, lower case
	body   []byte
	inBody bool
	quote  byte // what ends the URI: '"', '\'' or 0 for white space and '>'
	hex    int  // digits that a %XX still takes
	high   byte // the first of them
}

// startData begins a URI when c is the ':' after a value of "data". What
// follows leaves no trace in the views.
func (m *machine) startData(c byte) bool {
	v := m.val.kept
	quoted := len(v) > 0 && v[0] == '"'
	if quoted {
		v = v[1:]
	}
	if c != ':' || string(v) != "data" {
		return false
	}
	if quoted {
		m.put('"')
	}
	m.data = dataURI{kind: m.data.kind[:0], quote: m.val.quote}
	m.st = stData
	return true
}

// inData handles a byte of a data: URI.
func (m *machine) inData(c byte) bool {
	d := &m.data
	switch {
	case d.hex > 0:
		d.percent(c)
	case d.quote != 0 && c == d.quote, d.quote == 0 && (isSpace(c) || c == '>'):
		m.endData()
	case !d.inBody && c == ',':
		d.inBody = true
	case !d.inBody:
		if isSpace(c) || c == '>' {
			d.quote, m.skip = 0, true
		}
		if isSpace(c) {
			c = ' '
		}
		if len(d.kind) < maxName {
			d.kind = append(d.kind, lower(c))
		}
	case c == '&':
		m.startRef(stData)
	case c == '%':
		d.hex = 2
	default:
		d.body = append(d.body, c)
	}
	return true
}

// percent takes a digit of a %XX. The bytes after a '%' are used up even when
// they are no digits; then a wrong first one gives "%0", a wrong second one
// counts as 0 (observed: sigtool 1.4.6).
func (d *dataURI) percent(c byte) {
	v, ok := digit(c, true)
	d.hex--
	switch {
	case d.hex == 0:
		d.body = append(d.body, d.high<<4|v)
	case ok:
		d.high = v
	default:
		d.body = append(d.body, "%0"...)
		d.hex = 0
	}
}

// endData stores the URI. What follows is read as the name of an attribute; a
// '>' that ends it is lost (observed: sigtool 1.4.6).
func (m *machine) endData() {
	m.attr = m.attr[:0]
	m.st, m.skip = stAttrName, true
	if m.data.inBody && len(m.uris) < maxObjects {
		m.uris = append(m.uris, m.data.mail())
	}
}

// mail writes the URI as the message that ClamAV makes of it.
func (d *dataURI) mail() []byte {
	var b bytes.Buffer
	b.WriteString("From html-normalise\nContent-type: ")
	b.Write(d.kind)
	b.WriteByte('\n')
	if bytes.Contains(d.kind, []byte(";base64")) {
		b.WriteString("Content-transfer-encoding: base64\n")
	}
	b.WriteByte('\n')
	b.Write(d.body)
	return b.Bytes()
}
