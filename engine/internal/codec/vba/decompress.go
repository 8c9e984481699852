package vba

import "bytes"

// The compressed container (MS-OVBA 2.4.1).
const (
	containerMark = 0x01
	chunkHeader   = 2
	chunkSize     = 4096 // bytes of output of a full chunk
	chunkMark     = 0x3000
	chunkMarkMask = 0x7000
	chunkPacked   = 0x8000
	sizeMask      = 0x0fff
	sizeBias      = 3
	tokensInGroup = 8
)

// Decompress decodes the compressed container at the start of b, at most most
// bytes of it. Output before damage is kept; whole tells that there was none.
func Decompress(b []byte, most int) (out []byte, whole bool) {
	if len(b) == 0 || b[0] != containerMark {
		return nil, false
	}
	b = b[1:]
	broken := false
	for len(b) >= chunkHeader && len(out) < most {
		h := uint16(b[0]) | uint16(b[1])<<8
		if h&chunkMarkMask != chunkMark {
			return clip(out, most), len(out) > 0 && !broken
		}
		n := int(h&sizeMask) + sizeBias
		body := b[chunkHeader:min(n, len(b))]
		ok, before := true, len(out)
		if h&chunkPacked == 0 {
			out = append(out, body[:min(len(body), chunkSize)]...)
		} else {
			out, ok = chunk(out, body)
		}
		// A chunk without output ends the stream too: work stays linear in it.
		if n > len(b) || len(out) == before {
			return clip(out, most), false
		}
		b = b[n:]
		broken = broken || !ok // the next chunk starts where this one's size says
	}
	return clip(out, most), !broken
}

func clip(b []byte, most int) []byte { return b[:min(len(b), most)] }

// chunk appends what the tokens of one chunk stand for.
func chunk(out, b []byte) ([]byte, bool) {
	start := len(out)
	for len(b) > 0 {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < tokensInGroup && len(b) > 0; bit++ {
			if len(out)-start >= chunkSize {
				return out, false
			}
			if flags>>bit&1 == 0 {
				out = append(out, b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out, false
			}
			at := len(out) - start
			if at == 0 {
				return out, false
			}
			offset, length := copyToken(uint16(b[0])|uint16(b[1])<<8, at)
			b = b[2:]
			if offset > at {
				return out, false
			}
			for range min(length, chunkSize-at) {
				out = append(out, out[len(out)-offset])
			}
		}
	}
	return out, true
}

// copyToken splits a copy token; the number of its offset bits grows with the
// output of the chunk so far (MS-OVBA 2.4.1.3.19.1).
func copyToken(t uint16, at int) (offset, length int) {
	bits := uint(4)
	for bits < 12 && 1<<bits < at {
		bits++
	}
	return int(t>>(16-bits)) + 1, int(t&(0xffff>>bits)) + 3
}

// firstWord is how every module source begins: eight literals behind a flag byte
// without a copy token.
var firstWord = []byte("\x00Attribut")

// Carve returns the decompressed sources of the modules that lie anywhere in b,
// at most most bytes of text together. maxCarved bounds their number.
func Carve(b []byte, most int) [][]byte {
	var out [][]byte
	const before = 1 + chunkHeader
	for at := 0; len(out) < maxCarved && most > 0; {
		i := bytes.Index(b[at:], firstWord)
		if i < 0 {
			break
		}
		i += at
		at = i + len(firstWord)
		if i < before || b[i-before] != containerMark {
			continue
		}
		if src, _ := Decompress(b[i-before:], most); len(src) > len(firstWord) {
			out = append(out, src)
			most -= len(src)
		}
	}
	return out
}
