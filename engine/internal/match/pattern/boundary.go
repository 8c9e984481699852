package pattern

import (
	"strings"

	"gclam/engine/internal/db"
)

// The bytes at which ClamAV's (B) marker holds, before and after a pattern.
const (
	wordLeft  = " -./<@_"
	wordRight = "\n\r \"'-/=>_"
)

// boundary matches a marker: zero-width at the ends of a part, one byte (or a
// CR LF pair) inside.
func (r *run) boundary(ops []byte, pos int) (n, size int, st stepResult) {
	const opSize = 3
	if len(ops) < opSize {
		return 0, 0, stepFail
	}
	kind, flags := ops[1], ops[2]
	neg, wide := flags&db.BoundNegated != 0, flags&db.BoundWide != 0
	ok := false
	switch {
	case flags&db.BoundLeft != 0:
		if pos == 0 || wide && pos < 2 {
			ok = !neg // a negated marker fails at the ends of the data
		} else {
			ok = leftHolds(r.buf, pos, kind, wide) != neg
		}
	case flags&db.BoundRight != 0:
		if pos >= len(r.buf) || wide && pos+1 >= len(r.buf) {
			ok = !neg
		} else {
			ok = rightHolds(r.buf, pos, kind, wide) != neg
		}
	default:
		if pos >= len(r.buf) {
			return 0, 0, stepEnd
		}
		n = consume(r.buf, pos, kind, flags&db.BoundBefore != 0)
		if neg {
			ok, n = n == 0, 1
		} else {
			ok = n > 0
		}
		if ok && wide {
			n = 2
		}
	}
	if !ok {
		return 0, 0, stepFail
	}
	return n, opSize, stepOK
}

func leftHolds(buf []byte, pos int, kind byte, wide bool) bool {
	c := buf[pos-1]
	if wide {
		// The preceding pair is a wide letter only with a zero high byte.
		if kind == 'W' {
			return c != 0 || !alnum(buf[pos-2])
		}
		c = buf[pos-2]
	}
	switch kind {
	case 'B':
		return strings.IndexByte(wordLeft, c) >= 0
	case 'L':
		return c == '\n'
	}
	return !alnum(c)
}

func rightHolds(buf []byte, pos int, kind byte, wide bool) bool {
	c := buf[pos]
	switch kind {
	case 'B':
		return strings.IndexByte(wordRight, c) >= 0
	case 'L':
		return c == '\n' || c == '\r' && pos+1 < len(buf) && buf[pos+1] == '\n'
	}
	if wide {
		return !alnum(c) || buf[pos+1] != 0
	}
	return !alnum(c)
}

// consume returns how many bytes a marker inside a part takes, 0 for no match.
// Before the anchor, (L) takes a line feed only (observed with clamscan 1.4.6).
func consume(buf []byte, pos int, kind byte, before bool) int {
	c := buf[pos]
	switch kind {
	case 'B':
		if strings.IndexByte(wordLeft, c) >= 0 || strings.IndexByte(wordRight, c) >= 0 {
			return 1
		}
	case 'L':
		if c == '\n' {
			return 1
		}
		if c == '\r' && !before && pos+1 < len(buf) && buf[pos+1] == '\n' {
			return 2
		}
	case 'W':
		if !alnum(c) {
			return 1
		}
	}
	return 0
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
