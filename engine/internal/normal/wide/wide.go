package wide

// Encoding is a wide encoding of Unicode.
type Encoding uint8

// The encodings that Detect tells apart. The odd byte orders are those of the
// XML 1.0 recommendation, appendix F.
const (
	None     Encoding = iota
	UTF16LE           // FF FE, or an ASCII character and a zero byte
	UTF16BE           // FE FF, or a zero byte and an ASCII character
	UCS4LE            // FF FE 00 00
	UCS4BE            // 00 00 FE FF
	UCS42143          // 00 00 FF FE: the halves of each unit swapped
	UCS43412          // FE FF 00 00
)

// layout says how to find the low byte of each unit.
var layout = [...]struct{ unit, low int }{
	UTF16LE: {2, 0}, UTF16BE: {2, 1},
	UCS4LE: {4, 0}, UCS4BE: {4, 3}, UCS42143: {4, 2}, UCS43412: {4, 1},
}

// Detect recognises a wide encoding by its byte order mark and tells the
// mark's length, or without one (length 0) by "<?", "<h", "<H" or "<!" spelled
// in it.
func Detect(b []byte) (e Encoding, mark int) {
	if len(b) >= 4 {
		switch string(b[:4]) {
		case "\xff\xfe\x00\x00":
			return UCS4LE, 4
		case "\x00\x00\xfe\xff":
			return UCS4BE, 4
		case "\x00\x00\xff\xfe":
			return UCS42143, 4
		case "\xfe\xff\x00\x00":
			return UCS43412, 4
		}
	}
	if len(b) >= 2 {
		switch string(b[:2]) {
		case "\xff\xfe":
			return UTF16LE, 2
		case "\xfe\xff":
			return UTF16BE, 2
		}
	}
	for e := UCS4LE; e <= UCS43412; e++ {
		if opens(b, e) {
			return e, 0
		}
	}
	for _, e := range []Encoding{UTF16LE, UTF16BE} {
		if opens(b, e) {
			return e, 0
		}
	}
	return None, 0
}

// opens tells whether b begins like a document written in e.
func opens(b []byte, e Encoding) bool {
	l := layout[e]
	if len(b) < 2*l.unit {
		return false
	}
	for i, c := range b[:2*l.unit] {
		if i%l.unit != l.low && c != 0 {
			return false
		}
	}
	if b[l.low] != '<' {
		return false
	}
	switch b[l.unit+l.low] {
	case '?', 'h', 'H', '!':
		return true
	}
	return false
}

// ASCII returns the low byte of every unit of b, which is written in e; a unit
// cut off at the end is dropped. Of None it returns nil.
func ASCII(b []byte, e Encoding) []byte {
	if e == None || int(e) >= len(layout) {
		return nil
	}
	l := layout[e]
	out := make([]byte, 0, len(b)/l.unit)
	for ; len(b) >= l.unit; b = b[l.unit:] {
		out = append(out, b[l.low])
	}
	return out
}

// Squeeze drops the high half of each 16-bit unit: the low half is the first
// byte, unless a byte order mark FE FF or a zero first byte says otherwise. It
// is the view of UTF-16 pages that HTML_UTF16 files are normalised from; the
// mark is left out.
func Squeeze(b []byte) []byte {
	e, mark := UTF16LE, 0
	if len(b) >= 2 {
		switch {
		case b[0] == 0xFF && b[1] == 0xFE:
			mark = 2
		case b[0] == 0xFE && b[1] == 0xFF:
			e, mark = UTF16BE, 2
		case b[0] == 0 && b[1] != 0:
			e = UTF16BE
		}
	}
	return ASCII(b[mark:], e)
}
