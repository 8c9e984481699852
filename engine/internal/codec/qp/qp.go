package qp

import "bytes"

// Decoder carries the state from line to line. The zero value is ready and
// writes no line ends.
type Decoder struct {
	EOL []byte // written after each line that has no soft break

	held  [2]byte // an escape cut in two by a line that came in pieces
	nheld int
}

// Line appends the bytes that line decodes to and returns the extended slice.
// line must not hold its line end; cut says that more of the line follows.
func (d *Decoder) Line(dst, line []byte, cut bool) []byte {
	if d.nheld > 0 {
		line = append(append([]byte(nil), d.held[:d.nheld]...), line...)
		d.nheld = 0
	}
	for {
		i := bytes.IndexByte(line, '=')
		if i < 0 {
			dst = append(dst, line...)
			break
		}
		dst = append(dst, line[:i]...)
		line = line[i:]
		if cut && len(line) < 3 {
			d.nheld = copy(d.held[:], line)
			return dst
		}
		if !cut && blank(line[1:]) {
			return dst // soft line break, maybe with blanks added in transport
		}
		b, n := escape(line)
		dst = append(dst, b)
		line = line[n:]
	}
	if cut {
		return dst
	}
	return append(dst, d.EOL...)
}

// Flush appends an escape that never got its second half.
func (d *Decoder) Flush(dst []byte) []byte {
	dst = append(dst, d.held[:d.nheld]...)
	d.nheld = 0
	return dst
}

// escape decodes the escape at the start of s, which begins with '='. It returns
// the byte and how much of s it took; no escape yields the '=' itself.
func escape(s []byte) (byte, int) {
	if len(s) >= 3 {
		hi, ok1 := unhex(s[1])
		lo, ok2 := unhex(s[2])
		if ok1 && ok2 {
			return hi<<4 | lo, 3
		}
	}
	return '=', 1
}

func blank(s []byte) bool {
	for _, c := range s {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}
