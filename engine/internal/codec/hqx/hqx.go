package hqx

// alphabet is the BinHex 4.0 character set (RFC 1741, appendix A).
const alphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"

// runMark introduces a run length; followed by zero it stands for itself.
const runMark = 0x90

const bad = 0xFF

var table = [256]byte(makeTable())

func makeTable() []byte {
	t := make([]byte, 256)
	for i := range t {
		t[i] = bad
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	return t
}

// Decoder carries the state from one piece of text to the next. The zero value
// is ready.
type Decoder struct {
	acc    uint32
	bits   uint
	last   byte
	marked bool
	closed bool
	junk   int
}

// Append decodes text and appends the result to dst.
func (d *Decoder) Append(dst, text []byte) []byte {
	for _, c := range text {
		if d.closed {
			return dst
		}
		v := table[c]
		if v == bad {
			d.skip(c)
			continue
		}
		d.acc = d.acc<<6 | uint32(v)
		if d.bits += 6; d.bits >= 8 {
			d.bits -= 8
			dst = d.expand(dst, byte(d.acc>>d.bits))
		}
	}
	return dst
}

// Closed tells whether the closing colon was seen.
func (d *Decoder) Closed() bool { return d.closed }

// Foreign is the number of characters that were skipped, white space aside.
func (d *Decoder) Foreign() int { return d.junk }

// skip notes a character outside the alphabet.
func (d *Decoder) skip(c byte) {
	switch c {
	case ':':
		d.closed = true
	case ' ', '\t', '\r', '\n':
	default:
		d.junk++
	}
}

// expand undoes the run lengths for one byte.
func (d *Decoder) expand(dst []byte, b byte) []byte {
	switch {
	case !d.marked && b == runMark:
		d.marked = true
		return dst
	case !d.marked:
		d.last = b
		return append(dst, b)
	}
	d.marked = false
	if b == 0 {
		d.last = runMark
		return append(dst, runMark)
	}
	for range b - 1 { // the first of the run is already out
		dst = append(dst, d.last)
	}
	return dst
}
