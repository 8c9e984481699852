package screnc

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// Frame of a block.
const (
	Begin     = "#@~^"
	end       = "^#~@"
	lengthLen = 8  // base64 of a little-endian 32-bit number
	trailer   = 12 // base64 of the checksum, end
)

// Append decodes all blocks of src and appends the result to dst.
func Append(dst, src []byte) []byte {
	// Bytes from the end of src to the next end mark, -1 for none: looked for
	// only when passed, so that the time is linear however many blocks begin.
	mark := len(src) + 1
	for {
		i := bytes.Index(src, []byte(Begin))
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i+len(Begin):]
		if len(src) < lengthLen {
			return dst
		}
		n := blockLength(src[:lengthLen])
		src = src[lengthLen:]
		if mark > len(src) {
			if i := bytes.Index(src, []byte("=="+end)); i >= 0 {
				mark = len(src) - i
			} else {
				mark = -1
			}
		}
		stop := len(src)
		if mark >= 0 {
			stop = max(len(src)-mark-(trailer-len(end)-2), 0)
		}
		var used int
		dst, used = block(dst, src[:stop], n)
		src = src[used:]
		if len(src) >= trailer && string(src[trailer-len(end):trailer]) == end {
			src = src[trailer:]
		}
	}
}

// blockLength reads how many characters a block holds; a length that cannot be
// read means all.
func blockLength(b []byte) int64 {
	var raw [6]byte
	if n, err := base64.StdEncoding.Decode(raw[:], b); err != nil || n < 4 {
		return 1 << 32
	}
	return int64(binary.LittleEndian.Uint32(raw[:]))
}

// block decodes up to n characters of src, which ends before the trailer, and
// returns how much of it it took.
func block(dst, src []byte, n int64) ([]byte, int) {
	step := 0
	i := 0
	for ; i < len(src) && n > 0; n-- {
		c := src[i]
		i++
		switch {
		case c == '\r' || c == '\n':
			continue
		case c >= 0x80: // a double-byte character takes no step
			dst = append(dst, c)
			if i < len(src) {
				dst = append(dst, src[i])
				i++
			}
			continue
		case c == '@' && i < len(src):
			dst = append(dst, unescape(src[i]))
			i++
		default:
			dst = append(dst, decode(c, step))
		}
		step = (step + 1) % len(pattern)
	}
	return dst, i
}

// unescape is what a character behind '@' stands for.
func unescape(c byte) byte {
	switch c {
	case '&':
		return '\n'
	case '#':
		return '\r'
	case '*':
		return '>'
	case '!':
		return '<'
	case '$':
		return '@'
	}
	return 0xFF // observed: clamscan 1.4.6
}

// decode substitutes one character.
func decode(c byte, step int) byte {
	t := pattern[step] - '0'
	switch {
	case c == '\t':
		return tabs[t]
	case c >= first && int(c-first) < len(tables[t]):
		return tables[t][c-first]
	}
	return c
}
