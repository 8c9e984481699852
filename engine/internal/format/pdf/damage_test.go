package pdf_test

import (
	"bytes"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/pdf"
)

// rich is a file with something of everything.
func rich() string {
	return file(
		"<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>",
		stream("/Filter[/AHx/Fl]", hexed(deflated(content))),
		stream("/Type/ObjStm/N 1/First 4/Filter/Fl", deflated("7 0 <</JS<61 62>>>")),
		stream("/Filter/LZWDecode", packed(content)),
		stream("/Filter/RL", runs(content)),
		stream("/Filter/A85", base85(content)),
		stream("/Filter/Fl/DecodeParms<</Predictor 15/Columns 8/Colors 1>>", deflated("\x04"+content[:8]+"\x03"+content[8:16])),
	) + revision5(content)
}

func TestDamage(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, pdf.Unpack, []byte(rich()))
	for _, name := range []string{"rc4-40.pdf", "rc4-128.pdf", "aes-128.pdf", "aes-256.pdf", "qpdf-objstm.pdf"} {
		formattest.Damage(t, pdf.Unpack, formattest.Hex(t, name))
	}
}

// A stream that is cut keeps what can be decoded.
func TestCutStreamIsDecodedAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(content, 50)
	s := file(stream("/Filter/Fl", deflated(long)))
	r := run(s[:strings.Index(s, "endstream")-40])
	if len(r.Children) == 0 || !strings.HasPrefix(long, string(r.Children[0].Data)) || len(r.Children[0].Data) == 0 {
		t.Errorf("children %q", datas(r))
	}
	if !r.Has(format.Truncated) {
		t.Errorf("facts %v, want truncated", r.Facts)
	}
}

// Each of these makes a parser that reads text twice go quadratic; with 1 MiB of
// them the test would not end in time.
func TestRepetitionIsReadInLinearTime(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, unit string }{
		{"streams without end", "1 0 obj<<>>stream\n"},
		{"strings without end", "1 0 obj<</JS("},
		{"dictionaries without end", "1 0 obj<<"},
		{"arrays without end", "["},
		{"hexadecimal strings without end", "1 0 obj<</JS<"},
		{"trailers", "trailer<</Encrypt 1 0 R"},
		{"trailers with strings", "trailer<</Encrypt<</O("},
		{"lengths to the end", "1 0 obj<</Length 1000000>>stream\n"},
		{"references to oneself", "1 0 obj<</Length 1 0 R/Filter 1 0 R/DecodeParms 1 0 R>>stream\nendstream\n"},
		{"object streams", "1 0 obj<</Type/ObjStm/First 1>>stream\n(endstream\n"},
		{"stray parentheses", "1 0 obj<</Filter((((((((((((((((((((((((((((((((((((((((((/Fl stream\nx\nendstream\n"},
		{"identifiers", "/ID[("},
		{"references to encryption", "/Encrypt 1 0 R"},
		{"values without end and percent signs", "1 0 obj<<%(/A\n"},
		{"keywords", "stream\nendstream obj endobj "},
		{"numbers", "1 0 "},
		{"names", "/#41#42"},
		{"comments", "%"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := []byte("1 0 obj<<" + strings.Repeat(tt.unit, 1<<20/len(tt.unit)))
			formattest.Growth(t, 1<<30, func() { run(string(b)) })
		})
	}
}

// A few kilobytes of each give gigabytes when they are decoded to the end.
func TestBombsAreBounded(t *testing.T) {
	t.Parallel()
	zeros := deflated(string(make([]byte, 32<<20)))
	tests := []struct {
		name, in string
	}{
		{"Flate in Flate", file(stream("/Filter[/Fl/Fl]", deflated(zeros)))},
		{"RunLength in Flate", file(stream("/Filter[/Fl/RL/RL]", deflated(strings.Repeat("\x81\x81", 1<<20))))},
		{"white space for the next filter", strings.Repeat(object(1, stream("/Filter[/Fl/AHx/AHx]", deflated(strings.Repeat(" ", 8<<20)))), 200)},
		{"as many filters as there are", file(stream("/Filter["+strings.Repeat("/Fl", 5000)+"]", zeros))},
		{"object streams", strings.Repeat(object(1, stream("/Type/ObjStm/Filter/Fl", deflated(strings.Repeat(" ", 4<<20)))), 20)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := run(tt.in)
			var n int
			for _, c := range r.Children {
				n += len(c.Data)
			}
			if most := int(formattest.Limits().ScanSize); n > most {
				t.Errorf("%d bytes came out, want at most %d", n, most)
			}
		})
	}
}

func FuzzUnpack(f *testing.F) {
	seeds := [][]byte{[]byte(rich()), []byte("1 0 obj<</JS(x"), bytes.Repeat([]byte("1 0 obj<</Length 1 0 R>>stream\n"), 20)}
	for _, name := range []string{"rc4-40.pdf", "aes-256.pdf", "qpdf-objstm.pdf"} {
		seeds = append(seeds, formattest.Hex(f, name))
	}
	formattest.Fuzz(f, pdf.Unpack, seeds...)
}
