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
// bytes of it. Output before damage is kept; whole tells that there was none. A
// chunk whose header cannot be right is decoded without regard to it, up to its
// 4096 bytes of output, as clamscan 1.4.6 decodes all of them.
func Decompress(b []byte, most int) (out []byte, whole bool) {
	return decompress(b, most, false)
}

// decompress is Decompress; strict ends at the first header that cannot be right,
// for containers that other data may follow.
func decompress(b []byte, most int, strict bool) (out []byte, whole bool) {
	if len(b) == 0 || b[0] != containerMark {
		return nil, false
	}
	b, whole = b[1:], true
	for len(b) >= chunkHeader && len(out) < most {
		before := len(out)
		n, packed, marked := header(b)
		ok := marked
		switch {
		case !marked && strict:
			return clip(out, most), whole && before > 0
		case !marked:
			out, b, _ = chunk(out, b[chunkHeader:])
		case !packed:
			out = append(out, clip(b[chunkHeader:min(n, len(b))], chunkSize)...)
			ok, b = n <= len(b), b[min(n, len(b)):]
		default:
			all := b[chunkHeader:]
			b = b[min(n, len(b)):]
			out, _, ok = chunk(out, all[:len(all)-len(b)])
			ok = ok && len(all) >= n-chunkHeader
			if _, _, next := header(b); len(b) >= chunkHeader && !next && !strict && len(out)-before < chunkSize {
				out, b, _ = chunk(out[:before], all) // the size is wrong
				ok = false
			}
		}
		whole = whole && ok
		if len(out) == before { // so that work stays linear
			break
		}
	}
	return clip(out, most), whole && len(out) > 0
}

// header splits the header of a chunk; size includes it.
func header(b []byte) (size int, packed, marked bool) {
	if len(b) < chunkHeader {
		return 0, false, false
	}
	h := uint16(b[0]) | uint16(b[1])<<8
	return int(h&sizeMask) + sizeBias, h&chunkPacked != 0, h&chunkMarkMask == chunkMark
}

func clip(b []byte, most int) []byte { return b[:min(len(b), most)] }

// chunk appends what the tokens of one chunk stand for and returns the bytes
// behind them. It ends with the bytes, with 4096 bytes of output, or at a token
// that cannot be right, for which ok is false.
func chunk(out, b []byte) (_, rest []byte, ok bool) {
	start := len(out)
	for len(b) > 0 {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < tokensInGroup && len(b) > 0; bit++ {
			at := len(out) - start
			if at >= chunkSize {
				return out, b, true
			}
			if flags>>bit&1 == 0 {
				out = append(out, b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 || at == 0 {
				return out, nil, false
			}
			offset, length := copyToken(uint16(b[0])|uint16(b[1])<<8, at)
			b = b[2:]
			if offset > at {
				return out, nil, false
			}
			for range min(length, chunkSize-at) {
				out = append(out, out[len(out)-offset])
			}
		}
	}
	return out, nil, true
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
		if src, _ := decompress(b[i-before:], most, true); len(src) > len(firstWord) {
			out = append(out, src)
			most -= len(src)
		}
	}
	return out
}
