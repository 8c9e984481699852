package xlm

import (
	"bytes"
	"fmt"

	"gclam/engine/internal/bytesx"
)

// Identifiers of records (MS-XLS 2.3.2).
const (
	recFormula    = 0x0006
	recName       = 0x0018
	recFilePass   = 0x002f
	recContinue   = 0x003c
	recBoundSheet = 0x0085
	recDrawings   = 0x00eb
	recLabel      = 0x0204
	recString     = 0x0207
)

const recordHeader = 4

// Info tells what a workbook holds.
type Info struct {
	MacroSheet bool
	Encrypted  bool
	Drawings   []byte // the drawing group with its continuations; pictures are in it
}

// records calls f for each record until it returns false. data is short at the end
// of a stream that was cut.
func records(b []byte, f func(id uint16, size int, data []byte) bool) {
	for len(b) >= recordHeader {
		id, _ := bytesx.U16LE(b, 0)
		n, _ := bytesx.U16LE(b, 2)
		if !f(id, int(n), bytesx.Clip(b, recordHeader, int64(n))) {
			return
		}
		b = b[min(len(b), recordHeader+int(n)):]
	}
}

// Inspect looks through the records of a Workbook stream. most bounds the
// drawings, in bytes.
func Inspect(b []byte, most int) Info {
	var info Info
	drawing := false
	records(b, func(id uint16, _ int, data []byte) bool {
		switch id {
		case recBoundSheet:
			const typeAt, macroSheet = 5, 1
			t, ok := bytesx.U8(data, typeAt)
			info.MacroSheet = info.MacroSheet || ok && t == macroSheet
		case recFilePass:
			info.Encrypted = true
		case recDrawings:
			info.Drawings = append(info.Drawings, data[:min(len(data), most-len(info.Drawings))]...)
		case recContinue:
			if drawing {
				info.Drawings = append(info.Drawings, data[:min(len(data), most-len(info.Drawings))]...)
			}
		}
		drawing = id == recDrawings || id == recContinue && drawing
		return true
	})
	return info
}

// Listing writes the records of a workbook as ClamAV does, at most most bytes.
func Listing(b []byte, most int) []byte {
	var w bytes.Buffer
	records(b, func(id uint16, size int, data []byte) bool {
		if id == 0 && size == 0 {
			return w.Len() < most // padding
		}
		name, ok := recordNames[id]
		if !ok {
			name = "<unknown>"
		}
		fmt.Fprintf(&w, "%04x %6d   %s", id, size, name)
		switch id {
		case recFormula:
			listFormula(&w, data)
		case recBoundSheet:
			listSheet(&w, data)
		case recName:
			listName(&w, data)
		case recString:
			// ClamAV takes the string from three bytes behind its start.
			const textAt = 6
			fmt.Fprintf(&w, " - \"%s\"", bytesx.Clip(data, textAt, int64(size)))
		}
		w.WriteByte('\n')
		return w.Len() < most
	})
	return w.Bytes()[:min(w.Len(), most)]
}

var (
	sheetTypes  = map[byte]string{0: "worksheet or dialog sheet", 1: "Excel 4.0 macro sheet", 2: "chart", 6: "Visual Basic module"}
	sheetStates = map[byte]string{0: "visible", 1: "hidden", 2: "very hidden"}
)

func listSheet(w *bytes.Buffer, d []byte) {
	state, ok1 := bytesx.U8(d, 4)
	typ, ok2 := bytesx.U8(d, 5)
	if !ok1 || !ok2 {
		return
	}
	t, s := sheetTypes[typ], sheetStates[state]
	if t == "" {
		t = "unknown type"
	}
	if s == "" {
		s = "unknown visibility"
	}
	fmt.Fprintf(w, " - %s, %s", t, s)
}

// The record of a defined name (MS-XLS 2.4.150).
const (
	nameBuiltIn  = 0x20 // flag
	nameLengthAt = 3
	nameTextAt   = 14 // a byte of flags, then characters
)

var builtInNames = map[byte]string{1: "auto_open", 2: "auto_close"}

func listName(w *bytes.Buffer, d []byte) {
	flags, ok1 := bytesx.U16LE(d, 0)
	n, ok2 := bytesx.U8(d, nameLengthAt)
	if !ok1 || !ok2 {
		return
	}
	if flags&nameBuiltIn == 0 {
		fmt.Fprintf(w, " - %s", bytesx.Clip(d, nameTextAt+1, int64(n)))
		return
	}
	id, ok := bytesx.U8(d, nameTextAt+1)
	if !ok {
		return
	}
	name := builtInNames[id]
	if name == "" {
		name = "?"
	}
	fmt.Fprintf(w, " - built-in-name %d %s", id, name)
}
