package walk

// squeeze drops the zero halves of two-byte text that begins with a byte order
// mark or looks like it.
func squeeze(b []byte) ([]byte, bool) {
	if len(b) < 4 {
		return nil, false
	}
	zero := -1
	switch {
	case b[0] == 0xff && b[1] == 0xfe, b[1] == 0 && b[0] != 0:
		zero = 1
	case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && b[1] != 0:
		zero = 0
	default:
		return nil, false
	}
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		if b[i+zero] == 0 {
			out = append(out, b[i+1-zero])
		}
	}
	return out, zero == 1
}

// fromUnicode converts a window that begins with a byte order mark.
func fromUnicode(b []byte) ([]byte, bool) {
	switch {
	case len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf:
		return b[3:], true
	case len(b) >= 4 && b[0] == 0xff && b[1] == 0xfe && b[2] == 0 && b[3] == 0:
		return every(b[4:], 4, 0), true
	case len(b) >= 4 && b[0] == 0 && b[1] == 0 && b[2] == 0xfe && b[3] == 0xff:
		return every(b[4:], 4, 3), true
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		return every(b[2:], 2, 0), true
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		return every(b[2:], 2, 1), true
	case len(b) >= 4 && b[0] == 0x3c && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return every(b, 2, 0), true
	case len(b) >= 4 && b[0] == 0 && b[1] == 0x3c && b[2] == 0 && b[3] != 0:
		return every(b, 2, 1), true
	}
	return nil, false
}

func every(b []byte, step, at int) []byte {
	out := make([]byte, 0, len(b)/step)
	for i := at; i < len(b); i += step {
		out = append(out, b[i])
	}
	return out
}
