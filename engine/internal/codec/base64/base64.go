package base64

import "bytes"

const (
	bad = 0xFF // not in the alphabet
	pad = 0xFE // '='
)

// table maps a byte to its 6 bits, or to bad or pad (RFC 4648, sections 4 and 5).
var table = [256]byte(makeTable())

func makeTable() []byte {
	t := make([]byte, 256)
	for i := range t {
		t[i] = bad
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	t['-'], t['_'], t['='] = 62, 63, pad
	return t
}

// Decoder carries the state from line to line. The zero value is ready.
type Decoder struct {
	// StopAtPad ends the decoding for good at the first padding, instead of
	// going on with the next line.
	StopAtPad bool
	// Standard drops the characters of the URL-safe alphabet.
	Standard bool

	acc    uint32
	chars  uint8 // characters in acc, 0 to 3
	padded bool
	tail   bool
	url    bool
}

// Line appends the bytes that line decodes to and returns the extended slice.
func (d *Decoder) Line(dst, line []byte) []byte {
	if d.padded && d.StopAtPad {
		return dst
	}
	if bytes.IndexByte(line, '-') >= 0 || bytes.IndexByte(line, '_') >= 0 {
		d.url = true
		if d.Standard {
			line = withoutURLSafe(line)
		}
	}
	for len(line) >= 4 && d.chars == 0 {
		a, b, c, e := table[line[0]], table[line[1]], table[line[2]], table[line[3]]
		if a|b|c|e >= 64 {
			break
		}
		d.tail = d.tail || d.padded
		dst = append(dst, a<<2|b>>4, b<<4|c>>2, c<<6|e)
		line = line[4:]
	}
	for _, ch := range line {
		v := table[ch]
		if v == bad {
			continue
		}
		if v == pad {
			d.padded = true
			return d.Flush(dst)
		}
		d.tail = d.tail || d.padded
		d.acc = d.acc<<6 | uint32(v)
		if d.chars++; d.chars == 4 {
			dst = append(dst, byte(d.acc>>16), byte(d.acc>>8), byte(d.acc))
			d.acc, d.chars = 0, 0
		}
	}
	return dst
}

// Flush appends the one or two bytes of an incomplete group and resets the group.
func (d *Decoder) Flush(dst []byte) []byte {
	switch d.chars {
	case 2:
		dst = append(dst, byte(d.acc>>4))
	case 3:
		dst = append(dst, byte(d.acc>>10), byte(d.acc>>2))
	}
	d.acc, d.chars = 0, 0
	return dst
}

// DataAfterPad tells whether anything was decoded after the first padding.
func (d *Decoder) DataAfterPad() bool { return d.tail }

// URLSafe tells whether a character of the URL-safe alphabet was seen.
func (d *Decoder) URLSafe() bool { return d.url }

// withoutURLSafe copies line without '-' and '_'.
func withoutURLSafe(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for _, c := range line {
		if c != '-' && c != '_' {
			out = append(out, c)
		}
	}
	return out
}

// Append decodes the whole of src, which may hold line ends, and appends the
// result to dst.
func Append(dst, src []byte) []byte {
	var d Decoder
	for len(src) > 0 {
		n := len(src)
		for i, c := range src {
			if c == '\n' {
				n = i + 1
				break
			}
		}
		dst = d.Line(dst, src[:n])
		src = src[n:]
	}
	return d.Flush(dst)
}
