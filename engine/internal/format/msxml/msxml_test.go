package msxml_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/base64"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/msxml"
)

const content = "an object in a document, nothing else"

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func zipped(s string) string {
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return w.String()
}

func deflated(s string) string {
	var w bytes.Buffer
	z, _ := flate.NewWriter(&w, 9)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return w.String()
}

const xmlStart = `<?xml version="1.0"?>`

func TestObjects(t *testing.T) {
	t.Parallel()
	word, hwp := format.Func(msxml.Unpack), format.Func(msxml.UnpackHWP)
	mime := "ActiveMime\x00\x00\x01\xf0\x04\x00\x00\x00" + strings.Repeat("\x00", 32) + zipped(content)
	lines := b64(content)[:20] + "\r\n  " + b64(content)[20:]
	for _, c := range []struct {
		name string
		u    format.Func
		in   string
		want string // data of the children
	}{
		{"Word 2003", word, `<w:binData w:name="a.mso">` + b64(content) + `</w:binData>`, content},
		{"in lines", word, `<w:binData>` + lines + `</w:binData>`, content},
		{"ActiveMime", word, `<w:binData>` + b64(mime) + `</w:binData>`, mime + "|" + content},
		{"Word 2007 in one file", word, `<pkg:part><pkg:binaryData>` + b64(content) + `</pkg:binaryData></pkg:part>`, content},
		{"two", word, `<binData>` + b64("one") + `</binData><binData>` + b64("two") + `</binData>`, "one|two"},
		{"no end", word, `<w:binData>` + b64(content), content},
		{"an element within", word, `<w:binData>` + b64(content)[:8] + `<x>` + b64(content)[8:] + `</x></w:binData>`, content},
		{"in a comment", word, `<!--<w:binData>` + b64(content) + `</w:binData>-->`, ""},
		{"a script is no part of Word", word, `<SCRIPTSOURCE>x</SCRIPTSOURCE>`, ""},
		{"Hangul", hwp, `<BINDATA Id="1" Encoding="Base64">` + b64(content) + `</BINDATA>`, content},
		{"Hangul, packed", hwp, `<BINDATA Encoding="Base64" Compress="true">` + b64(deflated(content)) + `</BINDATA>`, content},
		{"Hangul, packed otherwise", hwp, `<BINDATA Encoding="Base64" Compress="true">` + b64(zipped(content)) + `</BINDATA>`, content},
		{"Hangul, not packed", hwp, `<BINDATA Encoding="Base64" Compress="true">` + b64("\xff\xff"+content) + `</BINDATA>`, "\xff\xff" + content},
		{"scripts", hwp, `<SCRIPTHEADER>var a;</SCRIPTHEADER><SCRIPTSOURCE>a=1&amp;&#50;</SCRIPTSOURCE>`, "var a;|a=1&2"},
		{"empty", hwp, `<BINDATA/><BINDATA></BINDATA>`, ""},
	} {
		r := formattest.Run(c.u, []byte(xmlStart+c.in))
		var got []string
		for _, ch := range r.Children {
			if len(ch.Data) > 0 {
				got = append(got, string(ch.Data))
			}
		}
		if s := strings.Join(got, "|"); s != c.want || r.Err != nil {
			t.Errorf("%s: got %q, want %q, error %v", c.name, s, c.want, r.Err)
		}
	}
}

func TestNamesAndWideText(t *testing.T) {
	t.Parallel()
	doc := xmlStart + `<w:binData w:name="a.mso">` + b64(content) + `</w:binData>`
	wide := []byte{0xff, 0xfe}
	for _, c := range []byte(doc) {
		wide = append(wide, c, 0)
	}
	r := formattest.Run(format.Func(msxml.Unpack), wide)
	if c, ok := r.Find("a.mso"); !ok || string(c.Data) != content {
		t.Errorf("children %+v", r.Children)
	}
}

func sample() []byte {
	return []byte(xmlStart + `<BINDATA Id="1" Encoding="Base64" Compress="true">` + b64(deflated(content)) + `</BINDATA><SCRIPTSOURCE>a&amp;b</SCRIPTSOURCE><w:binData>` + b64("ActiveMime\x00"+zipped(content)) + `</w:binData>`)
}

func TestDamage(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, msxml.Unpack, sample())
	formattest.Damage(t, msxml.UnpackHWP, sample())
}

func TestBombsAreBounded(t *testing.T) {
	t.Parallel()
	bomb := xmlStart + `<BINDATA Compress="true">` + b64(deflated(strings.Repeat("\x00", 24<<20))) + `</BINDATA>`
	formattest.Growth(t, 256<<20, func() { formattest.Run(msxml.UnpackHWP, []byte(bomb)) })
}

func FuzzUnpack(f *testing.F)    { formattest.Fuzz(f, msxml.Unpack, sample()) }
func FuzzUnpackHWP(f *testing.F) { formattest.Fuzz(f, msxml.UnpackHWP, sample()) }
