package text

// PageSize is the unit, in bytes of input, in which ClamAV feeds its
// normaliser; a run of white space that is cut by a full work buffer yields a
// blank on each side. Observed: clamscan 1.4.6.
const PageSize = 4096

// BufferSize is the capacity in bytes of ClamAV's work buffer. Each filled
// buffer is matched on its own, with the tail of the previous one in front.
const BufferSize = 128 * 1024

// class says what becomes of each input byte: 0 drops it, ' ' is white space,
// anything else is the byte written.
var class = makeClass()

func makeClass() (t [256]byte) {
	for c := 0x21; c < 0x80; c++ {
		t[c] = byte(c)
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c] = byte(c - 'A' + 'a')
	}
	for _, c := range []byte(" \t\n\v\f\r") {
		t[c] = ' '
	}
	return t
}

// Normalizer converts text piece by piece. The zero value is ready to use; it
// is not safe for concurrent use.
type Normalizer struct {
	inSpace bool // the last byte written was a blank
}

// Reset forgets a pending run of white space: the next blank is written again.
func (n *Normalizer) Reset() { n.inSpace = false }

// Append adds the canonical form of src to dst and returns the extended slice.
// A run of white space that spans two calls yields one blank.
func (n *Normalizer) Append(dst, src []byte) []byte {
	space := n.inSpace
	for _, c := range src {
		switch k := class[c]; k {
		case 0:
		case ' ':
			if !space {
				dst = append(dst, ' ')
			}
			space = true
		default:
			dst = append(dst, k)
			space = false
		}
	}
	n.inSpace = space
	return dst
}

// Normalize returns the canonical form of src as one piece: every run of white
// space gives exactly one blank.
func Normalize(src []byte) []byte {
	var n Normalizer
	return n.Append(make([]byte, 0, len(src)), src)
}
