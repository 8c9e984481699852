package filetype

import (
	"encoding/binary"

	"gclam/engine/internal/cltype"
)

// isText tells which bytes ClamAV counts as text: the printable ASCII ones, BEL
// to LF, FF, CR, ESC, and everything from 80h on.
func isText(c byte) bool {
	switch {
	case c >= 0x20:
		return c != 0x7f
	case c >= 0x07 && c <= 0x0a, c == 0x0c, c == 0x0d, c == 0x1b:
		return true
	}
	return false
}

// Text classifies a window as one of the text types or BINARY_DATA.
func Text(window []byte) cltype.Type {
	window = clipWindow(window, WindowSize)
	text := true
	for _, c := range window {
		if !isText(c) {
			text = false
			break
		}
	}
	if text {
		return cltype.TextASCII
	}
	if t, ok := utf16(window); ok {
		return t
	}
	return cltype.BinaryData
}

// utf16 is the test for two-byte text: with a byte order mark a minority of
// control characters is forgiven, without one (then big-endian is assumed) none.
func utf16(b []byte) (cltype.Type, bool) {
	if len(b) < 2 {
		return 0, false
	}
	order, typ, mark := binary.ByteOrder(binary.BigEndian), cltype.TextUTF16BE, true
	switch {
	case b[0] == 0xff && b[1] == 0xfe:
		order, typ = binary.LittleEndian, cltype.TextUTF16LE
	case b[0] == 0xfe && b[1] == 0xff:
	default:
		mark = false
	}
	bad := 0
	for i := 2; i+1 < len(b); i += 2 {
		u := order.Uint16(b[i:])
		if u == 0xfffe {
			return 0, false
		}
		if u < 128 && !isText(byte(u)) {
			if !mark {
				return 0, false
			}
			bad++
		}
	}
	if bad >= len(b)/2 && bad > 0 {
		return 0, false
	}
	return typ, true
}

const (
	tarBlock    = 512
	tarChecksum = 148
	tarMagic    = 257
)

// Tar tests the header checksum of a tar archive: the octal field at 148 must
// equal the byte sum of the block with that field as blanks (POSIX.1 ustar).
func Tar(b []byte) (cltype.Type, bool) {
	if len(b) < tarBlock {
		return 0, false
	}
	want, ok := octal(b[tarChecksum : tarChecksum+8])
	if !ok {
		return 0, false
	}
	sum := 0
	for i, c := range b[:tarBlock] {
		if i >= tarChecksum && i < tarChecksum+8 {
			c = ' '
		}
		sum += int(c)
	}
	if sum != want {
		return 0, false
	}
	magic := string(b[tarMagic : tarMagic+8])
	if magic[:6] == "ustar\x00" || magic[:7] == "ustar  " {
		return cltype.POSIXTar, true
	}
	return cltype.OldTar, true
}

// octal reads a number after blanks; what ends it must be NUL or blank.
func octal(b []byte) (int, bool) {
	i := 0
	for i < len(b) && b[i] == ' ' {
		i++
	}
	v, n := 0, 0
	for ; i < len(b) && b[i] >= '0' && b[i] <= '7'; i++ {
		v = v<<3 | int(b[i]-'0')
		n++
	}
	if n == 0 || i < len(b) && b[i] != 0 && b[i] != ' ' {
		return 0, false
	}
	return v, true
}
