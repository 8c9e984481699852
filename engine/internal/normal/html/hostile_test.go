package html

import (
	"context"
	"strings"
	"testing"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const samplePage = "<!DOCTYPE html><html><head><title>T &eacute; &#x3a9;</title><style>a{b:url(data:image/png;base64,aGVsbG8=)}</style>" +
	"<script>var a = 'x' + \"\\x41\"; function f(b, c) { eval(\"var d; d\"); return unescape(\"%41\"); } // c\n</script></head>" +
	"<body class='a b' id=c data-d><!-- x --><a href=\"http://E.com/?a=1&amp;b=2\">K\xe3\x80\x82</a><img src=data:text/html;base64,QUJD><p>&nbsp;&unknown; \xa1C</body></html>\n"

// checkBounds fails when the views are longer than the page can account for.
func checkBounds(t *testing.T, in []byte) {
	t.Helper()
	v, err := Normalize(context.Background(), input.Bytes(in), limit.New(limit.Limits{}, nil), Options{NoTags: true})
	if err != nil {
		t.Fatalf("Normalize: %v", err)
	}
	for name, got := range map[string]int{
		"without comments": len(v.NoComment), "without tags": len(v.NoTags), "scripts": len(v.Scripts),
	} {
		if most := 64 + 8*len(in); got > most {
			t.Errorf("%s: %d bytes from %d", name, got, len(in))
		}
	}
}

func TestTruncatedPages(t *testing.T) {
	t.Parallel()
	for i := 0; i <= 16; i++ {
		checkBounds(t, []byte(samplePage[:len(samplePage)*i/16]))
	}
}

func TestDamagedPages(t *testing.T) {
	t.Parallel()
	for i := 0; i < len(samplePage); i++ {
		for bit := 0; bit < 8; bit += 3 {
			b := []byte(samplePage)
			b[i] ^= 1 << bit
			checkBounds(t, b)
		}
	}
}

func TestPagesMadeToGrow(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]string{
		"references": "&yuml;&#256;", "scripts": "<script></script>", "functions": "<script>function(){</script>",
		"evals": `<script>eval("eval('eval()')");</script>`, "URIs": "<b c=data:,>", "brackets": "<", "values": "<a href=x>",
		"one script of functions": "function(a){", "parentheses": "<script>((((", "quotes": `"+"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := strings.Repeat(unit, (256<<10)/len(unit))
			checkBounds(t, []byte(in))
			checkBounds(t, []byte("<script>"+in))
		})
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add([]byte(samplePage))
	f.Add([]byte("<script>eval(\"a\");eval('b;')</script>"))
	f.Add([]byte("<a href=\"x y> z\" src='data:;base64,%4"))
	f.Fuzz(func(t *testing.T, b []byte) { checkBounds(t, b) })
}

func BenchmarkNormalize(b *testing.B) {
	in := []byte(strings.Repeat(samplePage, 1000))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		v, _ := Normalize(context.Background(), input.Bytes(in), limit.New(limit.Limits{}, nil), Options{NoTags: true})
		if len(v.Scripts) == 0 {
			b.Fatal("no scripts")
		}
	}
}
