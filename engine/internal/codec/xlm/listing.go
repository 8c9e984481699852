package xlm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"gclam/engine/internal/bytesx"
)

// The record of a formula (MS-XLS 2.4.127).
const (
	formulaSizeAt = 20
	formulaAt     = 22
)

// listFormula writes a formula as ClamAV does. ClamAV stops at tokens that it does
// not know the size of, and so does this; Formulas goes on.
func listFormula(w *bytes.Buffer, d []byte) {
	if len(d) < formulaAt {
		return
	}
	n := binary.LittleEndian.Uint16(d[formulaSizeAt:])
	fmt.Fprintf(w, " - R%dC%d len=%d ", uint16(signed(d))+1, uint16(signed(d[2:]))+1, n)
	b := bytesx.Clip(d, formulaAt, int64(n))
	for len(b) > 0 {
		w.WriteByte(' ')
		w.WriteString(tokenName(b[0]))
		size := listToken(w, b)
		if size <= 0 || size > int64(len(b)) {
			return
		}
		b = b[size:]
	}
}

// signed reads two bytes as ClamAV does: each is a signed number.
func signed(b []byte) int { return int(int8(b[0])) | int(int8(b[1]))<<8 }

// listToken writes the operand of a token and returns the size of the token, 0 if
// ClamAV ends the formula here.
func listToken(w *bytes.Buffer, b []byte) int64 {
	if tokBase := base(b[0]); b[0] >= classes {
		return listClassed(w, tokBase, b)
	}
	t := b[0]
	size := max(tokenSizes[t], 1)
	if size > int64(len(b)) {
		return 0
	}
	switch {
	case t == tokExp:
		fmt.Fprintf(w, " R%dC%d", uint16(signed(b[1:]))+1, uint16(signed(b[3:]))+1)
	case t == tokStr:
		return listString(w, b)
	case t == tokAttr:
		const choose = 0x40
		if len(b) < 4 {
			return 0
		}
		if b[1]&choose != 0 {
			fmt.Fprintf(w, " CHOOSE (%d)", uint16(signed(b[2:]))+1)
			return 0
		}
		return 4
	case t == tokBool:
		if b[1] != 0 {
			w.WriteString(" TRUE")
		} else {
			w.WriteString(" FALSE")
		}
	case t == tokInt:
		fmt.Fprintf(w, " %d", signed(b[1:]))
	case t == tokNum:
		fmt.Fprintf(w, " %f", math.Float64frombits(binary.LittleEndian.Uint64(b[1:])))
	case t >= tokAdd && t <= 0x0e && t != 0x07, t == tokRange, t == tokMissArg:
	default:
		return 0
	}
	return size
}

// listString writes a string. Where its characters have one byte ClamAV prints as
// many bytes as it has, but from the token on.
func listString(w *bytes.Buffer, b []byte) int64 {
	if len(b) < 3 {
		return 0
	}
	const header, wide = 3, 1
	n := int64(b[1])
	if b[2]&wide == 0 {
		w.Write(bytesx.Clip(b, 0, n))
		return header + n
	}
	w.WriteString(utf8(bytesx.Clip(b, header, 2*n)))
	return header + 2*n
}

// listClassed is listToken for tokens that have a class.
func listClassed(w *bytes.Buffer, t byte, b []byte) int64 {
	size := max(tokenSizes[t], 1)
	value := b[0]&classMask == classV
	plain := b[0]&classMask == classes
	if size > int64(len(b)) {
		return 0
	}
	switch {
	case t == tokFunc:
		fmt.Fprintf(w, " %s (0x%04x)", listed(signed(b[1:])), uint16(signed(b[1:])))
	case t == tokFuncVar:
		fmt.Fprintf(w, " args %d func %s (0x%04x)", uint32(int8(b[1])), listed(signed(b[2:])), uint16(signed(b[2:])))
	case t == tokName && plain:
		fmt.Fprintf(w, " 0x%08x", uint32(signed(b[1:]))|uint32(signed(b[3:]))<<16)
	case t == tokRef && (plain || value):
		listRef(w, " ", b[1:])
	case t == tokArea && plain:
		listRef(w, " ", b[1:])
		listRef(w, ":", b[5:])
	case t == tokMemArea && plain:
		w.WriteString(" REFERENCE-EXPRESSION")
	case t == tokNameX && plain:
		fmt.Fprintf(w, " NAMEIDX %d", uint16(signed(b[3:])))
	case t == tokRef3d && (plain || value):
		listRef(w, " ", b[3:])
	default:
		return 0
	}
	return size
}

func listed(id int) string {
	if n, ok := functionNames[uint16(id)]; ok {
		return n
	}
	return "<unknown function>"
}

// listRef writes a cell; ClamAV finds both relative flags in the row.
func listRef(w *bytes.Buffer, before string, b []byte) {
	const relativeRow, relativeColumn, rowMask = 0x4000, 0x8000, 0x3fff
	row, col := signed(b), uint16(signed(b[2:]))
	w.WriteString(before)
	if row&relativeRow != 0 {
		fmt.Fprintf(w, "R~%d", row&rowMask)
	} else {
		fmt.Fprintf(w, "R%d", row&rowMask+1)
	}
	if row&relativeColumn != 0 {
		fmt.Fprintf(w, "C~%d", col)
	} else {
		fmt.Fprintf(w, "C%d", int(col)+1)
	}
}
