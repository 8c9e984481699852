package xlm

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

var le = binary.LittleEndian

func rec(id uint16, data ...byte) []byte {
	out := le.AppendUint16(nil, id)
	out = le.AppendUint16(out, uint16(len(data)))
	return append(out, data...)
}

// cellOf writes the record of a formula.
func cellOf(row, col uint16, tokens string) []byte {
	d := le.AppendUint16(nil, row)
	d = le.AppendUint16(d, col)
	d = append(d, make([]byte, 16)...)
	d = le.AppendUint16(d, uint16(len(tokens)))
	return rec(recFormula, append(d, tokens...)...)
}

// str is a string token.
func str(s string) string { return "\x17" + string(rune(len(s))) + "\x00" + s }

const (
	char = "\x41\x6f\x00"
	exec = "\x41\x6e\x00"
	and  = "\x08"
)

func line(b []byte) string { return strings.TrimRight(string(Listing(b, 1<<20)), "\n") }

// The lines were compared with what clamscan 1.4.6 leaves with --leave-temps; it
// adds one token from the record before.
func TestListingIsThatOfClamAV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"strings begin at their token", cellOf(0, 0, str("spec-marker-7f3a91c2-harmless")+exec), "0006     57   FORMULA : Cell Formula - R1C1 len=35  ptgStr\x17\x1d\x00spec-marker-7f3a91c2-harml ptgFuncV EXEC (0x006e)"},
		{"wide strings do not", cellOf(1, 1, "\x17\x02\x01h\x00i\x00"), "0006     29   FORMULA : Cell Formula - R2C2 len=7  ptgStrhi"},
		{"bytes have a sign", cellOf(128, 0, "\x1e\x80\x00\x42\x01\x96\x00"), "0006     29   FORMULA : Cell Formula - R65409C1 len=7  ptgInt -128 ptgFuncVarV args 1 func <unknown function> (0xff96)"},
		{"unknown sizes end a formula", cellOf(4, 1, "\x1e\x03\x00\x13\x1e\x04\x00"), "0006     29   FORMULA : Cell Formula - R5C2 len=7  ptgInt 3 ptgUminus"},
		{"cells", cellOf(3, 27, "\x44\x00\x00\x00\xc0\x44\x05\x00\x02\x00\x03"), "0006     33   FORMULA : Cell Formula - R4C28 len=11  ptgRefV R1C49153 ptgRefV R6C3 ptgAdd"},
		{"a relative cell", cellOf(9, 9, "\x44\x01\x80\x02\x00"), "0006     27   FORMULA : Cell Formula - R10C10 len=5  ptgRefV R2C~2"},
		{"a sheet", rec(recBoundSheet, 0, 0, 0, 0, 2, 1), "0085      6   BOUNDSHEET : Sheet Information - Excel 4.0 macro sheet, very hidden"},
		{"a sheet of unknown kind", rec(recBoundSheet, 0, 0, 0, 0, 3, 9), "0085      6   BOUNDSHEET : Sheet Information - unknown type, unknown visibility"},
		{"a name with a meaning", rec(recName, append([]byte{0x20, 0, 0, 1}, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"...)...), "0018     16   LABEL : Cell Value, String Constant - built-in-name 1 auto_open"},
		{"a result", rec(recString, []byte("\x0a\x00\x000123456789")...), "0207     13   STRING : String Value of a Formula - \"3456789\""},
		{"a record without a name", rec(0x27e, make([]byte, 10)...), "027e     10   <unknown>"},
		{"padding", make([]byte, 400), ""},
		{"a cut record", cellOf(0, 0, "\x1e\x03\x00\x1e\x04\x00")[:30], "0006     28   FORMULA : Cell Formula - R1C1 len=6  ptgInt 3 ptgInt"},
	} {
		if got := line(c.in); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestFormulasAreReadAndFolded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"a string", cellOf(199, 0, str("calc.exe")+exec), `R200C1 "calc.exe" EXEC`},
		{"characters", cellOf(0, 0, "\x1e\x41\x00"+char+"\x1e\x42\x00"+char+and), `R1C1 65 CHAR 66 CHAR & = "AB"`},
		{"parts", cellOf(0, 0, str("ab")+str("cd")+and+exec), `R1C1 "ab" "cd" & EXEC = "abcd"`},
		{"unknown values end a string", cellOf(0, 0, str("ab")+"\x44\x00\x00\x00\x00"+and), `R1C1 "ab" R1C1 &`},
		{"functions beyond 7Fh", cellOf(0, 0, "\x42\x05\x96\x00"), `R1C1 CALL/5`},
		{"a label", rec(recLabel, []byte("\x0f\x00\x00\x00\x00\x00\x02\x00\x00hi")...), `R16C1 "hi"`},
	} {
		if got := strings.TrimRight(string(Formulas(c.in, 1<<20)), "\n"); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	b := bytes.Join([][]byte{
		rec(0x809, 0, 6), rec(recFilePass, 0, 0), rec(recBoundSheet, 0, 0, 0, 0, 0, 1), rec(recDrawings, 'a', 'b'), rec(recContinue, 'c'),
		rec(0x0a), rec(recContinue, 'x'),
	}, nil)
	got := Inspect(b, 100)
	if !got.MacroSheet || !got.Encrypted || string(got.Drawings) != "abc" {
		t.Errorf("got %+v", got)
	}
	if got := Inspect(b, 1); string(got.Drawings) != "a" {
		t.Errorf("limited: %q", got.Drawings)
	}
}

func TestTextIsBounded(t *testing.T) {
	t.Parallel()
	b := bytes.Repeat(rec(0x27e), 100000)
	if n := len(Listing(b, 1000)); n != 1000 {
		t.Errorf("%d bytes", n)
	}
	long := cellOf(0, 0, strings.Repeat(str(strings.Repeat("x", 100))+str("y")+and, 400))
	if n := len(Formulas(bytes.Repeat(long, 20), 4096)); n > 4096 {
		t.Errorf("%d bytes", n)
	}
}

func FuzzText(f *testing.F) {
	f.Add(cellOf(0, 0, str("ab")+str("cd")+and+exec))
	f.Add(bytes.Join([][]byte{rec(recName, make([]byte, 30)...), rec(recString, 1, 0, 1, 2), rec(recLabel, make([]byte, 9)...)}, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		Inspect(b, 1000)
		if len(Listing(b, 1<<16)) > 1<<16 || len(Formulas(b, 1<<16)) > 1<<16 {
			t.Error("more than allowed")
		}
	})
}
