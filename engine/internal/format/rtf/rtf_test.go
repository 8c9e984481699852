package rtf_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/rtf"
)

const (
	content  = "what an object may hold: nothing that does any harm"
	compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and the rest of a compound file"
)

func u32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

func text(s string) string { return u32(len(s)) + s }

// ole1 writes an embedded object.
func ole1(class, data string) string {
	return "\x01\x05\x00\x00" + u32(2) + text(class+"\x00") + u32(0) + u32(0) + text(data)
}

// packed writes a package.
func packed(data string) string {
	return "\x02\x00a.txt\x00C:\\a.txt\x00" + "\x00\x00\x03\x00" + text("C:\\a.txt\x00") + text(data)
}

func object(hexData string) string {
	return `{\rtf1\ansi{\object\objemb{\*\objclass Package}{\*\objdata ` + hexData + `}}}`
}

func enc(s string) string { return hex.EncodeToString([]byte(s)) }

func run(s string) formattest.Result { return formattest.Run(rtf.Unpack, []byte(s)) }

func datas(r formattest.Result) []string {
	var s []string
	for _, c := range r.Children {
		s = append(s, string(c.Data[:min(len(c.Data), 80)]))
	}
	return s
}

func TestObjectsAreHandedOver(t *testing.T) {
	t.Parallel()
	pkg := enc(ole1("Package", packed(content)))
	tests := []struct{ name, in, want string }{
		{"a package", object(pkg), content},
		{"capitals", object(strings.ToUpper(pkg)), content},
		{"white space between digits", object(strings.Join(strings.Split(pkg, ""), "\r\n ")), content},
		{"a package of another class", object(enc(ole1("Foo", packed(content)))), content},
		{"a package with its length in front", object(enc(ole1("Package", text(packed(content))))), content},
		{"an object that is no package", object(enc(ole1("Word.Document.8", content))), content},
		{"a compound file", object(enc(ole1("Word.Document.8", compound))), compound},
		{"the second object of one group", object(enc(ole1("A", "first") + ole1("B", content))), content},
		{"a control word between digits", object(pkg[:20] + `\abcdef12 ` + pkg[20:]), content},
		{"an ignorable group between digits", object(pkg[:20] + `{\*\foo abcdef}` + pkg[20:]), content},
		{"a plain group around digits", object(pkg[:20] + `{` + pkg[20:40] + `}` + pkg[40:]), content},
		{"an escaped character between digits", object(pkg[:20] + `\'ab` + pkg[20:]), content},
		{"control words whose letters are data for ClamAV", object(pkg[:20] + `\x` + pkg[20:22] + ` ` + pkg[22:]), content},
		{"a digit too many in front", object("0" + pkg), content},
		{"binary data", `{\rtf1{\object{\*\objdata\bin` + fmt.Sprint(len(ole1("A", content))) + " " + ole1("A", content) + `}}}`, content},
		{"binary data with braces", `{\rtf1{\object{\*\objdata\bin` + fmt.Sprint(len(ole1("A", "}}}"+content))) + " " + ole1("A", "}}}"+content) + `}}}`, "}}}" + content},
		{"a compound file behind a broken header", object(enc("\x01\x05\x00\x00\xff\xff\xff\xff" + compound)), compound},
		{"a compound file beyond the announced data", object(enc(ole1("A", "xxxx") + "junk" + compound)), compound},
		{"no header at all", object(enc(content)), content},
		{"data cut off", object(pkg)[:len(object(pkg))-30], content[:len(content)-13]},
		{"an object in an object", object(pkg[:30] + `{\object{\*\objdata ` + enc(ole1("B", compound)) + `}}` + pkg[30:]), compound},
		{"a picture", `{\rtf1{\pict\pngblip\picw10 ` + enc(content) + `}}`, content},
		{"a data store", `{\rtf1{\*\datastore ` + enc(compound) + `}}`, compound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(tt.in)
			if r.Err != nil || !slices.Contains(datas(r), tt.want) {
				t.Errorf("want %q among %q (error %v)", tt.want, datas(r), r.Err)
			}
		})
	}
}

func TestTextHasNoChildren(t *testing.T) {
	t.Parallel()
	for _, s := range []string{`{\rtf1 text}`, `{\rtf1\objdatax 0102030405060708090a}`, `{\rtf1{\*\objdata }}`, ``, `{\rtf1{\pict 00}}`} {
		if r := run(s); len(r.Children) != 0 {
			t.Errorf("%q: children %q", s, datas(r))
		}
	}
}

func TestCutFileIsReported(t *testing.T) {
	t.Parallel()
	if r := run(`{\rtf1{\*\objdata 0105`); !r.Has(format.Truncated) {
		t.Errorf("facts %v, want truncated", r.Facts)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, rtf.Unpack, []byte(sample()))
}

func sample() string {
	pkg := enc(ole1("Package", packed(content)))
	return object(pkg[:20]+`\'ab{\*\x ab}\bin3 {}}`+pkg[20:]) + object(enc(ole1("A", compound)))
}

// Groups in groups make a parser that reads text twice go quadratic; with 1 MiB
// of them the test would not end in time. What is read more than once is bounded,
// and the last object is found nevertheless.
func TestRepetitionIsReadInLinearTime(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{`{\*\objdata 01`, `\objdata`, `{`, `\`, `{\*\`, `{\pict\bin9 `, `\bin999999999 \objdata`, `{\object{\objdata 0105000002000000ffffffff`} {
		t.Run(unit, func(t *testing.T) {
			t.Parallel()
			s := strings.Repeat(unit, 1<<20/len(unit))
			var r formattest.Result
			formattest.Growth(t, 256<<20, func() { r = run(s) })
			n := 0
			for _, c := range r.Children {
				n += len(c.Data)
			}
			if n > 8*len(s) {
				t.Errorf("%d bytes out of %d", n, len(s))
			}
		})
	}
	r := run(strings.Repeat(`{\*\objdata 01}{\objdata{`, 1<<14) + object(enc(ole1("A", content))))
	if !slices.Contains(datas(r), content) {
		t.Error("the object behind many groups was not found")
	}
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, rtf.Unpack, []byte(sample()), bytes.Repeat([]byte(`{\*\objdata 01`), 20), []byte(object("0"+enc(ole1("A", content)))))
}
