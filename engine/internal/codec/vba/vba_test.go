package vba

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// pack writes a compressed container without copy tokens.
func pack(b []byte) []byte {
	out := []byte{containerMark}
	for len(b) > 0 {
		n := min(len(b), 3600)
		var body []byte
		for part := b[:n]; len(part) > 0; {
			k := min(len(part), tokensInGroup)
			body = append(append(body, 0), part[:k]...)
			part = part[k:]
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(chunkPacked|chunkMark|(len(body)-1)))
		out = append(out, body...)
		b = b[n:]
	}
	return out
}

func rec(id uint16, data []byte) []byte {
	out := binary.LittleEndian.AppendUint16(nil, id)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}

func wide2(s string) []byte {
	var out []byte
	for _, c := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, c)
	}
	return out
}

func le32(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

// dirStream describes a project of one module.
func dirStream(codepage uint16, module string) []byte {
	parts := [][]byte{
		rec(projectSysKind, le32(3)), rec(0x4a, le32(1)), rec(2, le32(0x407)), rec(0x14, le32(0x409)),
		rec(projectCodepage, []byte{byte(codepage), byte(codepage >> 8)}),
		rec(4, []byte("VBAPr\xf6ject")), rec(0x3d, []byte("odd")), rec(7, le32(5)),
		{9, 0, 4, 0, 0, 0, 0x22, 0x1c, 0x3a, 0x5f, 7, 0}, // its size field is reserved
		rec(0x16, []byte("stdole")), rec(0x0f, []byte{1, 0}), rec(0x13, []byte{0x34, 0x12}),
		rec(moduleName, []byte(module)), rec(0x47, wide2(module)), rec(moduleStream, []byte(module)), rec(moduleStreamUnicode, wide2(module)),
		rec(0x1c, []byte("md")), rec(moduleOffset, le32(10)), rec(0x1e, le32(7)), rec(0x2c, []byte{0x21, 0x43}),
		rec(0x22, nil), rec(0x25, nil), rec(0x28, nil), rec(0x2b, nil), rec(endOfProject, nil),
	}
	return bytes.Join(parts, nil)
}

const sourceText = "Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\nX = \"ABC\"\r\n"

func open(dir, source []byte) *Project {
	return Open(dir, func(name string) []byte {
		if name != "Module1" {
			return nil
		}
		return append(make([]byte, 10), source...)
	})
}

// The text was compared with what clamscan 1.4.6 leaves with --leave-temps.
func TestTextIsThatOfClamAV(t *testing.T) {
	t.Parallel()
	p := open(pack(dirStream(1252, "Module1")), pack([]byte(sourceText)))
	if p == nil || p.Damaged {
		t.Fatalf("project %+v", p)
	}
	want := `REM VBA project extracted from Microsoft Office document

REM PROJECTSYSKIND: Windows 64 bit
REM PROJECTLCID: 0x00000407
REM PROJECTLCIDINVOKE: 0x00000409
REM PROJECTCODEPAGE: 0x04e4
REM PROJECTNAME: VBAPröject
REM PROJECTHELPFILEPATH2: <error decoding string>
REM PROJECTHELPCONTEXT: 0x0005
REM PROJECTVERSION: 1597643810.7
REM PROJECTMODULES: 1
REM PROJECTCOOKIE: 0x1234


REM MODULENAME: Module1
REM MODULENAMEUNICODE: Module1
REM MODULESTREAMNAME: Module1
REM MODULESTREAMNAMEUNICODE: Module1
REM MODULEDOCSTRING: md
REM MODULEOFFSET: 0x0000000a
REM MODULEHELPCONTEXT: 0x00000007
REM MODULECOOKIE: 0x4321
REM MODULETYPE: Class
REM MODULEREADONLY
REM MODULEPRIVATE
REM ##################################################
` + "attribute vb_name = \"Module1\"\r\nsub autoopen()\r\nx = \"ABC\"\r\n"
	if got := string(p.Text()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if string(p.Modules[0].Source) != sourceText {
		t.Errorf("source %q", p.Modules[0].Source)
	}
}

// Observed with clamscan 1.4.6.
func TestNormalize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"white space is one blank outside of literals", "A  B\t\tC \" Q\t\tR   S \" E", "a b c \" Q  R   S \" e"},
		{"continued lines are joined", "E _\r\n  CONT & _\n X", "e cont & x"},
		{"a blank behind the underscore ends the line", "X _ \r\nY", "x _ \r\ny"},
		{"without a blank before it the underscore is a name's", "foo_\r\nBAR", "foo_\r\nbar"},
		{"no line is continued in a literal", "\"un _\r\nFOO\" BAR", "\"un _\r\nFOO\" bar"},
		{"a literal goes on behind its line", "\"GH\r\nY = \"OPEN", "\"GH\r\nY = \"open"},
		{"a line end does not end a run of blanks", "END   \r\n   \r\n LAST", "end \r\n\r\nlast"},
		{"blanks at the start stay as one", "  LEAD", " lead"},
		{"letters beyond ASCII keep their case", "\xc4A", "Äa"},
	} {
		if got := string(Normalize([]byte(c.in))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDecompress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		whole          bool
	}{
		// The examples of MS-OVBA 3.2.
		{"no copy tokens", "\x01\x19\xb0\x00abcdefgh\x00ijklmnop\x00qrstuv.", "abcdefghijklmnopqrstuv.", true},
		{
			"copy tokens", "\x01\x2f\xb0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6a\x01\x38\x08\x61\x6b\x6c\x00\x30\x6d\x6e\x6f\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79\x7a\x00\x3c",
			"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa", true,
		},
		{"a run", "\x01\x03\xb0\x02\x61\x45\x00", "a" + strings.Repeat("a", 72), true},
		{"an offset before the chunk", "\x01\x03\xb0\x02\x61\x45\xf0", "a", false},
		{"cut in a chunk", "\x01\x19\xb0\x00abcdefgh\x00ij", "abcdefghij", false},
		{"damage in a chunk costs its rest only", "\x01\x04\xb0\x02a\x45\xf0x\x02\xb0\x00bc", "abc", false},
		{"another mark", "\x01\x02\x80\x00ab", "ab", false},
		{"a size that is too small", "\x01\x02\xb0\x00abcdefgh\x00ijk", "abcdefghijk", false},
		{"no mark", "\x02\x02\xb0\x00ab", "", false},
		{"empty", "", "", false},
	} {
		got, whole := Decompress([]byte(c.in), 1<<20)
		if string(got) != c.want || whole != c.whole {
			t.Errorf("%s: got %q, %v; want %q, %v", c.name, got, whole, c.want, c.whole)
		}
	}
}

func TestDamageCostsWhatItHits(t *testing.T) {
	t.Parallel()
	dir, src := dirStream(1252, "Module1"), pack([]byte(sourceText))
	t.Run("dir stream cut behind the module's offset", func(t *testing.T) {
		t.Parallel()
		at := rec(moduleOffset, le32(10))
		cut := bytes.Index(dir, at) + len(at)
		p := open(pack(dir[:cut]), src)
		if p == nil || !p.Damaged || len(p.Modules) != 1 || string(p.Modules[0].Source) != sourceText {
			t.Errorf("project %+v", p)
		}
	})
	t.Run("wrong offset", func(t *testing.T) {
		t.Parallel()
		wrong := bytes.Replace(dir, rec(moduleOffset, le32(10)), rec(moduleOffset, le32(99999)), 1)
		p := open(pack(wrong), src)
		if p == nil || string(p.Modules[0].Source) != sourceText {
			t.Errorf("project %+v", p)
		}
	})
	t.Run("stream missing", func(t *testing.T) {
		t.Parallel()
		p := open(pack(dirStream(1252, "Module2")), src)
		if p == nil || !strings.HasSuffix(string(p.Text()), missing) {
			t.Errorf("project %+v", p)
		}
	})
	t.Run("something else", func(t *testing.T) {
		t.Parallel()
		if p := open(pack([]byte("nothing of the kind")), src); p != nil {
			t.Errorf("project %+v", p)
		}
	})
}

func TestCarveFindsModulesAnywhere(t *testing.T) {
	t.Parallel()
	one := pack([]byte(sourceText))
	b := bytes.Join([][]byte{[]byte("xx\x00Attribut"), one, []byte("yy"), one}, nil)
	got := Carve(b, 1<<20)
	if len(got) != 2 || string(got[0]) != sourceText {
		t.Errorf("got %q", got)
	}
	if got := Carve(b, len(sourceText)+20); len(got) != 2 || len(got[1]) != 20 {
		t.Errorf("limited: got %q", got)
	}
}

func TestSourcesAreBounded(t *testing.T) {
	t.Parallel()
	// Each chunk of seven bytes makes 4096.
	bomb := append([]byte{1}, bytes.Repeat([]byte{3, 0xb0, 2, 'a', 0xff, 0x0f}, 200000)...)
	if got, _ := Decompress(bomb, 1<<20); len(got) > 1<<20 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestCodepages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page     uint16
		in, want string
	}{
		{1252, "\x80\x81\xe4", "€\u0081ä"},
		{1251, "\xcf\xf0", "Пр"},
		{10000, "\xe4", "‰"},
		{932, "\x93\xfa", "\x93\xfa"},
		{65001, "П", "П"},
	} {
		if got := decode(c.page, []byte(c.in)); got != c.want {
			t.Errorf("%d: got %q, want %q", c.page, got, c.want)
		}
	}
	for page, s := range upper {
		if n := len([]rune(s)); n != 128 {
			t.Errorf("code page %d has %d characters", page, n)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(pack(dirStream(1252, "Module1")), pack([]byte(sourceText)))
	f.Add(pack(dirStream(932, "Module1"))[:90], []byte{1, 3, 0xb0, 2, 'a', 0x45, 0})
	f.Fuzz(func(t *testing.T, dir, src []byte) {
		if p := open(dir, src); p != nil {
			p.Text()
		}
		for _, s := range Carve(src, 1<<20) {
			Normalize(s)
		}
	})
}
