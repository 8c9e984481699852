package script

import (
	"strings"
	"testing"
)

// The expected forms were observed with sigtool 1.4.6 --html-normalise.
func TestNormalize(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"white space goes unless words would join", "if (a)  b else\n c", "if(a)b else c"},
		{"numbers are written in their shortest form", "012 1.50 1.5e3 .5 4294967296", "12 1.5 1500.5 0"},
		{"hexadecimal numbers fall apart", "0x1F", "0 x1f"},
		{"strings are decoded", `'a"' + "\x41\u00e9\n\0"`, "\"a\"a\xc3\xa9 \x01\""},
		{"strings that are added are joined", `x="a"+'b'+c+"d"`, `x="ab"+c+"d"`},
		{"an escaped backslash hides a quote", `"\\";"`, `"\";"`},
		{"declared names are numbered", "var a,b=1;function f(c){a+c}c", "var n000,n001=1;function n002(n003){n000+n003}c"},
		{"a declaration counts before it, too", "a;var a", "n000;var n000"},
		{"members keep their names", "var b;a.b=b", "var n000;a.b=n000"},
		{"keywords are not declared", "var this;x", "var this;x"},
		{"names in literals are not declared", "var a=[x,y],b={z:1,w:2};y,w", "var n000=[x,y],n001={z:1,w:2};y,w"},
		{"block comments go", "a/* b */c", "a c"},
		{"line comments end at a blank", "a;// b c\nd", "a;b c d"},
		{"unescape of a literal is carried out", `x=unescape("%41%u0042%zz")`, `x="ab%zz"`},
		{"eval of a literal gives its tokens", `eval("var a;b+a;");a`, "var n000;b+n000;n000"},
		{"eval of an unescaped literal as well", `eval(unescape("%61;"))`, "a;"},
		{"members called eval are left alone", `x.eval("a;")`, `x.eval("a;")`},
		{"unbalanced parentheses are closed", "f((a;", "f((a;))"},
		{"an unterminated string is closed", `x="a`, `x="a"`},
		{"a word at the very end is lost", "a;b", "a;"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := tt.in
			if !strings.HasSuffix(tt.name, "lost") && !strings.Contains(tt.name, "unterminated") {
				in += "\n"
			}
			if got := string(Normalize(nil, []byte(in), nil)); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestLineCommentsEndWhereThePageWasCut(t *testing.T) {
	t.Parallel()
	if got := string(Normalize(nil, []byte("//abcd;"), []int{4})); got != "cd;" {
		t.Errorf("got %q", got)
	}
}

func TestNormalizeAppends(t *testing.T) {
	t.Parallel()
	if got := string(Normalize([]byte("x"), []byte("A;"), nil)); got != "xa;" {
		t.Errorf("got %q", got)
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add([]byte(`var a='\x41'+"b";function f(x,y){eval("var z;z"+unescape("%41"))}//c`))
	f.Add([]byte(`eval("eval('a;');eval(\"b;\");x");1.5e+3e4;/*`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out := Normalize(nil, b, []int{3, 9}); len(out) > 64+8*len(b) {
			t.Errorf("%d bytes from %d", len(out), len(b))
		}
	})
}
