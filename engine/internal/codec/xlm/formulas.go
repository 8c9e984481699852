package xlm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"gclam/engine/internal/bytesx"
)

// maxFolded bounds a string put together from constants, in bytes.
const maxFolded = 64 << 10

// Formulas writes the formulas, labels and names of a workbook, at most most bytes.
func Formulas(b []byte, most int) []byte {
	var w bytes.Buffer
	records(b, func(id uint16, _ int, d []byte) bool {
		switch id {
		case recFormula:
			if len(d) >= formulaAt {
				cell(&w, d)
				formula(&w, bytesx.Clip(d, formulaAt, int64(binary.LittleEndian.Uint16(d[formulaSizeAt:]))))
				w.WriteByte('\n')
			}
		case recLabel:
			const textAt = 6
			if len(d) > textAt {
				cell(&w, d)
				fmt.Fprintf(&w, " %q\n", long(d[textAt:]))
			}
		case recString:
			fmt.Fprintf(&w, "\t= %q\n", long(d))
		case recName:
			name(&w, d)
		}
		return w.Len() < most
	})
	return w.Bytes()[:min(w.Len(), most)]
}

// cell writes the place that a record begins with.
func cell(w *bytes.Buffer, d []byte) {
	row, _ := bytesx.U16LE(d, 0)
	col, _ := bytesx.U16LE(d, 2)
	fmt.Fprintf(w, "R%dC%d", int(row)+1, int(col)+1)
}

// name writes a defined name and the formula it stands for.
func name(w *bytes.Buffer, d []byte) {
	const formulaLengthAt = 4
	if len(d) <= nameTextAt {
		return
	}
	n, size := int64(d[nameLengthAt]), binary.LittleEndian.Uint16(d[formulaLengthAt:])
	text, used := characters(d[nameTextAt:], n)
	if binary.LittleEndian.Uint16(d)&nameBuiltIn != 0 && len(text) > 0 {
		text = builtInNames[text[0]] + text[1:]
	}
	fmt.Fprintf(w, "NAME %s =", text)
	formula(w, bytesx.Clip(d, nameTextAt+used, int64(size)))
	w.WriteByte('\n')
}

// long reads a string with a length of two bytes.
func long(d []byte) string {
	n, ok := bytesx.U16LE(d, 0)
	if !ok || len(d) < 3 {
		return ""
	}
	s, _ := characters(d[2:], int64(n))
	return s
}

// characters reads n characters behind a byte of flags, and returns how many bytes
// that took.
func characters(d []byte, n int64) (s string, used int64) {
	if len(d) == 0 {
		return "", 0
	}
	if d[0]&1 == 0 {
		b := bytesx.Clip(d, 1, n)
		return latin(b), 1 + n
	}
	return utf8(bytesx.Clip(d, 1, 2*n)), 1 + 2*n
}

func latin(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

func utf8(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// formula writes tokens in the order in which they are stored, and the longest
// string that its constants make.
func formula(w *bytes.Buffer, b []byte) {
	var f folder
	for len(b) > 0 {
		t := base(b[0])
		size := tokenSize(b)
		if size > int64(len(b)) {
			break
		}
		w.WriteByte(' ')
		operand(w, &f, t, b)
		b = b[size:]
	}
	if f.longest != "" {
		fmt.Fprintf(w, " = %q", f.longest)
	}
}

func tokenSize(b []byte) int64 {
	const chooser = 0x04 // flag of an attribute with a table of jumps
	switch t := base(b[0]); {
	case t == tokStr && len(b) >= 3:
		return 3 + int64(b[1])<<(b[2]&1)
	case t == tokAttr && len(b) >= 4:
		if b[1]&chooser != 0 {
			return 4 + 2*(int64(binary.LittleEndian.Uint16(b[2:]))+1)
		}
		return 4
	case t == tokStr, t == tokAttr:
		return math.MaxInt64
	default:
		return max(tokenSizes[t], 1)
	}
}

// operand writes one token, which is whole.
func operand(w *bytes.Buffer, f *folder, t byte, b []byte) {
	le := binary.LittleEndian
	switch t {
	case tokStr:
		s, _ := characters(b[2:], int64(b[1]))
		f.push(s)
		fmt.Fprintf(w, "%q", s)
	case tokInt:
		f.push(fmt.Sprint(le.Uint16(b[1:])))
		fmt.Fprint(w, le.Uint16(b[1:]))
	case tokNum:
		n := math.Float64frombits(le.Uint64(b[1:]))
		f.push(fmt.Sprint(n))
		fmt.Fprint(w, n)
	case tokFunc:
		id := le.Uint16(b[1:])
		f.call(id, 1)
		w.WriteString(functionName(id))
	case tokFuncVar:
		id := le.Uint16(b[2:])
		f.call(id, int(b[1]&0x7f))
		fmt.Fprintf(w, "%s/%d", functionName(id), b[1]&0x7f)
	case tokConcat:
		f.concat()
		w.WriteByte('&')
	case tokAttr, 0x15: // layout, parentheses
	case tokRef, tokRef3d:
		at := tokenSizes[t] - 4
		f.drop()
		fmt.Fprintf(w, "R%dC%d", int(le.Uint16(b[at:]))+1, int(le.Uint16(b[at+2:])&0x3fff)+1)
	default:
		f.drop()
		w.WriteString(tokenName(b[0]))
	}
}

// folder puts together strings from constants: a stack of the values known since
// the last token that it does not understand.
type folder struct {
	stack   []string
	joined  int // bytes of all strings made
	longest string
}

func (f *folder) push(s string) { f.stack = append(f.stack, s) }
func (f *folder) drop()         { f.stack = f.stack[:0] }

// call folds CHAR of a number; of other functions the result is not known.
func (f *folder) call(id uint16, args int) {
	const char, maxChar = 111, 255
	n := len(f.stack)
	if id != char || args != 1 || n == 0 {
		f.drop()
		return
	}
	c, err := strconv.ParseFloat(f.stack[n-1], 64)
	if err != nil || c < 0 || c > maxChar {
		f.drop()
		return
	}
	f.stack[n-1] = string(rune(c))
}

func (f *folder) concat() {
	n := len(f.stack)
	if n < 2 {
		f.drop()
		return
	}
	s := strings.Join(f.stack[n-2:], "")
	if f.joined += len(s); f.joined > maxFolded {
		f.drop()
		return
	}
	f.stack = append(f.stack[:n-2], s)
	if len(s) > len(f.longest) {
		f.longest = s
	}
}
