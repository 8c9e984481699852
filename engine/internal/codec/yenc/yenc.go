package yenc

import "bytes"

// Header parses a line "=ybegin … line=N … name=NAME" and returns the name,
// which runs to the end of the line.
func Header(line []byte) (name []byte, ok bool) {
	if !bytes.HasPrefix(line, []byte("=ybegin ")) || !bytes.Contains(line, []byte("line=")) {
		return nil, false
	}
	if i := bytes.Index(line, []byte(" name=")); i >= 0 {
		name = bytes.TrimSpace(line[i+len(" name="):])
	}
	return name, true
}

// IsEnd tells whether line is the trailer "=yend …".
func IsEnd(line []byte) bool {
	return bytes.Equal(line, []byte("=yend")) || bytes.HasPrefix(line, []byte("=yend "))
}

// isPart tells whether line is the extra header of a multi-part file.
func isPart(line []byte) bool { return bytes.HasPrefix(line, []byte("=ypart ")) }

// Decoder carries an open escape from line to line. The zero value is ready.
type Decoder struct{ escaped bool }

// Line appends the bytes that one data line decodes to. Lines "=ypart …" yield
// nothing.
func (d *Decoder) Line(dst, line []byte) []byte {
	if !d.escaped && isPart(line) {
		return dst
	}
	for _, c := range line {
		switch {
		case d.escaped:
			dst = append(dst, c-64-42)
			d.escaped = false
		case c == '=':
			d.escaped = true
		default:
			dst = append(dst, c-42)
		}
	}
	return dst
}
