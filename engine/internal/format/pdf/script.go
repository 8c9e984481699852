package pdf

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// scripts hands over the JavaScript strings of an object: as written, which is
// what signatures made with clamscan 1.4.6 expect, and with escapes resolved where
// that differs.
func (d *document) scripts(o *object, h header) error {
	for _, s := range o.scripts {
		if err := d.tick(); err != nil {
			return err
		}
		if err := d.script(o.b[s.from:s.to], s.hex, &h); err != nil {
			return err
		}
	}
	return nil
}

// script hands over one string. h is the object it is encrypted with; nil in an
// object stream, whose strings are not encrypted one by one.
func (d *document) script(text []byte, isHex bool, h *header) error {
	plain := unescape(text)
	if isHex {
		plain = unhex(text)
	} else if err := d.child(text); err != nil {
		return err
	}
	if d.keys != nil && h != nil {
		plain = d.keys.text(plain, *h)
	}
	plain = utf8Text(plain)
	if !isHex && bytes.Equal(plain, text) {
		return nil
	}
	return d.child(plain)
}

// text hands over the text of an object without a stream that names an action or
// an attachment; of an encrypted file also with its strings in clear.
func (d *document) text(i int, o *object) error {
	if !o.text && len(o.filters) == 0 {
		return nil
	}
	from, to := d.region(i)
	end := to
	if n := bytes.Index(d.b[from:to], keyEndObj); n >= 0 {
		end = from + n
	}
	if err := d.emit(d.in.Section(int64(from), int64(end-from)).Reader(), int64(end-from)); err != nil {
		return err
	}
	if d.keys == nil {
		return nil
	}
	return d.child(d.clear(from, end, d.objects[i]))
}

// clear is b[from:to] with all strings decrypted.
func (d *document) clear(from, to int, h header) []byte {
	var out []byte
	lx := lexer{b: d.b, pos: from, end: to}
	for last := from; ; {
		t := lx.next()
		if t.kind != tokString && t.kind != tokHex && t.kind != tokEnd {
			continue
		}
		if t.kind == tokEnd {
			return append(out, d.b[last:to]...)
		}
		plain := unescape(d.b[t.from:t.to])
		if t.kind == tokHex {
			plain = unhex(d.b[t.from:t.to])
		}
		out = append(out, d.b[last:max(t.from-1, last)]...)
		out = append(append(append(out, '('), d.keys.text(plain, h)...), ')')
		last = lx.pos
	}
}

// unescape resolves the escapes of a literal string (ISO 32000-2, 7.3.4.2).
func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' || i+1 >= len(b) {
			out = append(out, b[i])
			continue
		}
		i++
		switch c := b[i]; c {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case '\r':
			if i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
		case '\n':
		case '0', '1', '2', '3', '4', '5', '6', '7':
			n, v := 0, 0
			for ; n < 3 && i+n < len(b) && b[i+n] >= '0' && b[i+n] <= '7'; n++ {
				v = v<<3 | int(b[i+n]-'0')
			}
			out = append(out, byte(v))
			i += n - 1
		default:
			out = append(out, c)
		}
	}
	return out
}

// unhex decodes a hexadecimal string; a missing last digit is 0.
func unhex(b []byte) []byte {
	out := make([]byte, 0, len(b)/2+1)
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
	if hi >= 0 {
		out = append(out, byte(hi<<4))
	}
	return out
}

// utf8Text converts a text string in UTF-16 (7.9.2.2), told by its byte order
// mark; the little-endian one is not allowed, but readers take it.
func utf8Text(b []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	default:
		return b
	}
	out := make([]byte, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		r := rune(order.Uint16(b))
		if utf16.IsSurrogate(r) && len(b) >= 4 {
			if c := utf16.DecodeRune(r, rune(order.Uint16(b[2:]))); c != utf8.RuneError {
				r, b = c, b[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
