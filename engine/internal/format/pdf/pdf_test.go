package pdf_test

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/pdf"
)

const content = "what a stream may hold: nothing that does any harm, in 64 bytes."

func deflated(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	fmt.Fprint(w, s)
	w.Close()
	return b.String()
}

func base85(s string) string {
	b := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return string(b[:ascii85.Encode(b, []byte(s))]) + "~>"
}

func hexed(s string) string { return hex.EncodeToString([]byte(s)) + ">" }

func runs(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := min(len(s), 128)
		b.WriteByte(byte(n - 1))
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String() + "\x80"
}

// packed writes nine-bit LZW codes of bytes, with a clear code in front.
func packed(s string) string {
	var bits strings.Builder
	fmt.Fprintf(&bits, "%09b", 256)
	for i := range len(s) {
		if i > 0 && i%200 == 0 {
			fmt.Fprintf(&bits, "%09b", 256)
		}
		fmt.Fprintf(&bits, "%09b", s[i])
	}
	fmt.Fprintf(&bits, "%09b", 257)
	t := bits.String() + strings.Repeat("0", 8)
	var out []byte
	for ; len(t) >= 8; t = t[8:] {
		var c byte
		for _, d := range t[:8] {
			c = c<<1 | byte(d-'0')
		}
		out = append(out, c)
	}
	return string(out)
}

func object(n int, value string) string { return fmt.Sprintf("%d 0 obj\n%s\nendobj\n", n, value) }

func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

func file(objects ...string) string {
	s := "%PDF-1.4\n"
	for i, o := range objects {
		s += object(i+1, o)
	}
	return s + "trailer<</Root 1 0 R>>\n%%EOF\n"
}

func run(s string) formattest.Result { return formattest.Run(pdf.Unpack, []byte(s)) }

func has(r formattest.Result, s string) bool {
	return slices.ContainsFunc(r.Children, func(c formattest.Child) bool { return string(c.Data) == s })
}

func TestStreamsAreHandedOverDecoded(t *testing.T) {
	t.Parallel()
	z := deflated(content)
	tests := []struct{ name, in string }{
		{"a stream without a filter", file(stream("", content))},
		{"Flate", file(stream("/Filter/FlateDecode", z))},
		{"an abbreviated filter", file(stream("/Filter/Fl", z))},
		{"a filter in an array", file(stream("/Filter[/FlateDecode]", z))},
		{"a filter with escapes in its name", file(stream("/Filter/#46lateD#65code", z))},
		{"the key with escapes", file(stream("/Filte#72/FlateDecode", z))},
		{"LZW", file(stream("/Filter/LZWDecode", packed(content)))},
		{"RunLength", file(stream("/Filter/RunLengthDecode", runs(content)))},
		{"ASCII85", file(stream("/Filter/ASCII85Decode", base85(content)))},
		{"ASCIIHex with white space", file(stream("/Filter/AHx", strings.ReplaceAll(hexed(content), "0", "0\r\n ")))},
		{"three filters", file(stream("/Filter[/ASCIIHexDecode/A85/Fl]", hexed(base85(z))))},
		{"an image codec in front passes data on", file(stream("/Filter[/FlateDecode/DCTDecode]", z))},
		{"an unknown filter passes data on", file(stream("/Filter[/FlateDecode/New]", z))},
		{"an indirect filter", file(stream("/Filter 2 0 R", z), "/FlateDecode")},
		{"an indirect array of filters", file(stream("/Filter 2 0 R", hexed(z)), "[/AHx 3 0 R]", "/FlateDecode")},
		{"an indirect length", file("<</Filter/Fl/Length 2 0 R>>stream\n"+z+"\nendstream", fmt.Sprint(len(z)))},
		{"no length", file("<</Filter/Fl>>stream\n" + z + "\nendstream")},
		{"a length that is too small", file("<</Filter/Fl/Length 3>>stream\n" + z + "\nendstream")},
		{"a length that is too large", file("<</Length 99999>>stream\n" + content + "\nendstream")},
		{"carriage return behind the keyword", "%PDF-1.4\n1 0 obj<<>>stream\r" + content + "\rendstream endobj"},
		{"no endstream", "%PDF-1.4\n1 0 obj<<>>stream\n" + content + "\nendobj\n2 0 obj<<>>endobj"},
		{"no end at all", "%PDF-1.4\n1 0 obj<<>>stream\n" + content},
		{"no header", object(1, stream("", content))},
		{"no end of the dictionary", "%PDF-1.4\n1 0 obj<</Filter/Fl stream\n" + z + "\nendstream"},
		{"a string without end in the dictionary", "%PDF-1.4\n1 0 obj<</A(b/Filter/Fl>>stream\n" + z + "\nendstream"},
		{"a stray percent sign", "%PDF-1.4\n1 0 obj<</A 1%/Filter/Fl>>stream\n" + z + "\nendstream"},
		{"a stray bracket", "%PDF-1.4\n1 0 obj</A/Filter/Fl>>stream\n" + z + "\nendstream"},
		{"a damaged array of filters", "%PDF-1.4\n1 0 obj<</Filter !/AHx/Fl]>>stream\n" + hexed(z) + "\nendstream"},
		{"a damaged keyword", "%PDF-1.4\n1 0 obj<</Filter/Fl>>\nsstreamm\n" + z + "\nendstream"},
		{"a header within the value", "%PDF-1.4\n1 0 obj<</Filter/Fl/Length7 0 obj 3>>stream\n" + z + "\nendstream"},
		{"a zero byte in a name", "%PDF-1.4\n1 0 obj<</T\x00pe/A/Filter/Fl>>stream\n" + z + "\nendstream"},
		{"a nested array without end", "%PDF-1.4\n1 0 obj<</A[[1/Filter/Fl>>stream\n" + z + "\nendstream"},
		{"a comment in the dictionary", "%PDF-1.4\n1 0 obj<<%>>\n/Filter/Fl>>stream\n" + z + "\nendstream"},
		{"an object in the data of another", file(stream("", "x 9 0 obj<<>>stream\n"+content+"\nendstream y"))},
		{"line ends in front of the data", file(stream("/Filter/Fl", "\r\n\n"+z))},
		{"junk in front of the data", file("<</Filter/Fl>>stream ?\n" + z + "\nendstream")},
		{"deflate without its header", file(stream("/Filter/Fl", z[2:]))},
		{"deflate with a broken header", file(stream("/Filter/Fl", "\xff\xff"+z[2:]))},
		{"a later filter that fails is left out", file(stream("/Filter[/Fl/Fl]", z))},
		{"a predictor is undone", file(stream("/Filter/Fl/DecodeParms<</Predictor 12/Columns 32>>", deflated("\x00"+content[:32]+"\x00"+content[32:])))},
		{"an image that is none", file(stream("/Subtype/Image/Filter/Fl", z))},
		{"two revisions of an object", file(stream("", content)) + object(1, stream("", "new"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(tt.in)
			if r.Err != nil || !slices.ContainsFunc(r.Children, func(c formattest.Child) bool { return strings.HasPrefix(string(c.Data), content) }) {
				t.Errorf("content not found: error %v, facts %v, children %q", r.Err, r.Facts, datas(r))
			}
		})
	}
}

func datas(r formattest.Result) []string {
	var s []string
	for _, c := range r.Children {
		s = append(s, string(c.Data[:min(len(c.Data), 80)]))
	}
	return s
}

func TestStreamExtentIsExact(t *testing.T) {
	t.Parallel()
	twice := content + "\nendstream\n" + content
	tests := []struct{ name, in, want string }{
		{"with the length", file(stream("", content+"\r\n")), content + "\r\n"},
		{"without a length one line end goes", file("<<>>stream\n" + content + "\r\nendstream"), content},
		{"with a length the keyword may be in the data", file(stream("", twice)), twice},
		{"with a length an object may be in the data", file(stream("", content+" 7 0 obj "+content)), content + " 7 0 obj " + content},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if r := run(tt.in); !has(r, tt.want) {
				t.Errorf("want %q among %q", tt.want, datas(r))
			}
		})
	}
}

func TestPixelsOfImagesAreLeftOut(t *testing.T) {
	t.Parallel()
	pixels := strings.Repeat("\x00\x01\x02\xff", 300)
	if r := run(file(stream("/Subtype/Image/Filter/Fl", deflated(pixels)))); len(r.Children) != 0 {
		t.Errorf("got %d children, want none", len(r.Children))
	}
	if r := run(file(stream("/Filter/Fl/Subtype/Image", deflated(pixels)))); !has(r, pixels) {
		t.Error("with the filter first clamscan 1.4.6 hands pixels over: not found")
	}
}

func TestImagesComeLast(t *testing.T) {
	t.Parallel()
	r := run(file(stream("/Subtype/Image", "an image"), stream("", "a stream")))
	if got := datas(r); !slices.Equal(got, []string{"a stream", "an image"}) {
		t.Errorf("children %q", got)
	}
}

func TestScriptsAreHandedOver(t *testing.T) {
	t.Parallel()
	inStream := func(s string) string { return file(stream("/Type/ObjStm/N 1/First 4/Filter/Fl", deflated("7 0 "+s))) }
	tests := []struct{ name, in, want string }{
		{"a literal string as it is", file(`<</S/JavaScript/JS(a\(b\))>>`), `a\(b\)`},
		{"a literal string with escapes resolved", file(`<</S/JavaScript/JS(a\(b\)\101\n)>>`), "a(b)A\n"},
		{"nested parentheses", file(`<</S/JavaScript/JS(f(g(x)))>>`), "f(g(x))"},
		{"a hexadecimal string", file(`<</JS<616c 657274>/S/JavaScript>>`), "alert"},
		{"an array of strings", file(`<</JS[(x)(x y)]>>`), "x y"},
		{"UTF-16 with a byte order mark", file(`<</JS<FEFF0061006c0065>>>`), "ale"},
		{"deep inside", file(`<</A[<</B<</JS(x y)>>>>]>>`), "x y"},
		{"a key with escapes", file(`<</#4a#53(x y)>>`), "x y"},
		{"a string that is an object", file(`<</JS 2 0 R>>`, `(x y)`), "x y"},
		{"a string with an object header in it", file(`<</JS(x 1 0 obj y)>>`), "x 1 0 obj y"},
		{"in an object stream", inStream(`<</JS(x y)>>`), "x y"},
		{"a string object in an object stream", inStream(`(x y)`), "x y"},
		{"a string without end", `1 0 obj<</JS(x y`, "x y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if r := run(tt.in); !has(r, tt.want) {
				t.Errorf("want %q among %q", tt.want, datas(r))
			}
		})
	}
}

func TestTextOfActionsIsHandedOver(t *testing.T) {
	t.Parallel()
	action := "<</S/Launch/F(cmd.exe)>>"
	if r := run(file(action)); !has(r, "\n"+action+"\n") {
		t.Errorf("children %q", datas(r))
	}
	if r := run(file(stream("/Type/ObjStm/First 4", "7 0 "+action+"\n<</B 1>>"))); !has(r, action+"\n") {
		t.Errorf("in an object stream: children %q", datas(r))
	}
	if r := run(file("<</S/Other>>")); len(r.Children) != 0 {
		t.Errorf("children %q, want none", datas(r))
	}
}

func TestEscapedNamesAreReported(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     bool
	}{
		{"a notable name", file("<</S/#4aavaScript>>"), true},
		{"a notable key", file("<</#53/x>>"), true},
		{"in an object stream", file(stream("/Type/ObjStm/First 4", "7 0 <</#53/x>>")), true},
		{"another name", file("<</A/#41uthor>>"), false},
		{"no escapes", file("<</S/JavaScript>>"), false},
		{"no hexadecimal digits", file("<</S#zz/x>>"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(tt.in).Has(format.ObfuscatedPDFName); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
