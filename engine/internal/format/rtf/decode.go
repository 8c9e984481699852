package rtf

import "bytes"

// maxBin is the length of the number behind \bin that is read, in digits.
const maxBin = 9

// groupEnd finds the brace that closes the group in which b[from:] lies.
func groupEnd(b []byte, from, limit int) int {
	depth := 0
	for i := from; i < limit; i++ {
		switch b[i] {
		case '\\':
			if n, size := binary(b[i:limit]); n > 0 {
				i += min(n+size, limit-i) - 1
				continue
			}
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return limit
}

// binary tells whether b starts with \binN: head is the length of the control
// word with its delimiter, size that of the data.
func binary(b []byte) (head, size int) {
	if !bytes.HasPrefix(b, []byte(`\bin`)) {
		return 0, 0
	}
	i := len(`\bin`)
	start := i
	for ; i < len(b) && i-start < maxBin && b[i] >= '0' && b[i] <= '9'; i++ {
		size = size*10 + int(b[i]-'0')
	}
	if i == start {
		return 0, 0
	}
	if i < len(b) && b[i] == ' ' {
		i++
	}
	return i, size
}

// decode reads hexadecimal data as Word does: control words, ignorable groups and
// what is no digit are left out, binary data is taken as it is.
func decode(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	hi, skip, depth := -1, 0, 0 // skip: depth of the ignorable group, 0 for none
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == '{':
			depth++
			if skip == 0 && bytes.HasPrefix(b[i+1:], []byte(`\*`)) {
				skip = depth
			}
		case c == '}':
			if skip == depth {
				skip = 0
			}
			depth--
		case c == '\\':
			if head, size := binary(b[i:]); head > 0 {
				end := min(i+head+size, len(b))
				if skip == 0 {
					out = append(out, b[min(i+head, end):end]...)
				}
				i = end - 1
				continue
			}
			i += control(b[i:]) - 1
		case skip == 0:
			v := digit(c)
			switch {
			case v < 0:
			case hi < 0:
				hi = v
			default:
				out = append(out, byte(hi<<4|v))
				hi = -1
			}
		}
	}
	return tail(out, hi)
}

// control is the length of the control word or symbol that b starts with.
func control(b []byte) int {
	i := 1
	if i < len(b) && b[i] == '\'' { // \'hh
		return min(4, len(b))
	}
	for i < len(b) && letter(b[i]) {
		i++
	}
	if i == 1 {
		return min(2, len(b))
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	if i < len(b) && b[i] == ' ' {
		i++
	}
	return i
}

// digits takes every hexadecimal digit of b for data.
func digits(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	hi := -1
	for _, c := range b {
		v := digit(c)
		switch {
		case v < 0:
		case hi < 0:
			hi = v
		default:
			out = append(out, byte(hi<<4|v))
			hi = -1
		}
	}
	return tail(out, hi)
}

// tail keeps a half byte at the end: it is needed where the data is shifted.
func tail(out []byte, hi int) []byte {
	if hi >= 0 {
		out = append(out, byte(hi<<4))
	}
	return out
}

// digit is the value of a hexadecimal digit, or -1.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// shifted is b without its first half byte: one digit too many in front of the
// data.
func shifted(b []byte) []byte {
	if len(b) < 2 {
		return nil
	}
	out := make([]byte, len(b)-1)
	for i := range out {
		out[i] = b[i]<<4 | b[i+1]>>4
	}
	return out
}
