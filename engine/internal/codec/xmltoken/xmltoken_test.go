package xmltoken_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"gclam/engine/internal/codec/xmltoken"
)

func tokens(s string) string {
	var out []string
	sc := xmltoken.New([]byte(s))
	for t, ok := sc.Next(); ok; t, ok = sc.Next() {
		switch t.Kind {
		case xmltoken.Start:
			out = append(out, fmt.Sprintf("+%s%v", t.Name, map[bool]string{true: "/"}[t.Empty]))
		case xmltoken.End:
			out = append(out, "-"+t.Name)
		case xmltoken.Text:
			out = append(out, fmt.Sprintf("%q", t.Text))
		}
	}
	return strings.Join(out, " ")
}

func TestDocumentsAreCutIntoTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"tags and text", `<a>x<b/>y</a>`, `+a "x" +b/ "y" -a`},
		{"declarations, comments and instructions are left out", `<?xml version="1.0"?><!DOCTYPE a><!-- <b> --><a></a>`, `+a -a`},
		{"a prefix is no part of the name", `<n:a q="1"></n:a>`, `+a -a`},
		{"a quoted bracket does not end a tag", `<a b=">" c='>'>x`, `+a "x"`},
		{"character data sections are text", `<a><![CDATA[<b>]]></a>`, `+a "<b>" -a`},
		{"an open tag at the end is a tag", `<a><b`, `+a +b`},
		{"an open section at the end is text", `<![CDATA[x`, `"x"`},
		{"an open section of nothing", `<![CDATA[`, `""`},
		{"an open comment ends the document", `<a><!-- `, `+a`},
		{"a lone bracket", `<`, `+`},
	} {
		if got := tokens(c.in); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAttributesAreFound(t *testing.T) {
	t.Parallel()
	tok, _ := xmltoken.New([]byte(`<e a="1" style = 'x"y' b="2" broken=3>`)).Next()
	for name, want := range map[string]string{"a": "1", "style": `x"y`, "b": "2", "broken": "", "none": ""} {
		if got, _ := tok.Attr(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestEntitiesAreResolved(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a&amp;b&lt;&#65;&#x42;": "a&b<AB", "&unknown;&": "&unknown;&", "plain": "plain", "&#x110000;": "&#x110000;", "&;": "&;",
	} {
		if got := xmltoken.Unescape([]byte(in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestUTF16IsConverted(t *testing.T) {
	t.Parallel()
	const want = `<?xml?><a>ü😀</a>`
	var le, be []byte
	for _, u := range utf16.Encode([]rune(want)) {
		le = append(le, byte(u), byte(u>>8))
		be = append(be, byte(u>>8), byte(u))
	}
	for name, b := range map[string][]byte{"little endian": le, "big endian": be, "UTF-8": []byte(want)} {
		if got := string(xmltoken.UTF8(b)); got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func FuzzTokens(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><xar><toc><file id="1"><name>a&amp;</name></file></toc></xar>`))
	f.Add([]byte("<![CDATA[<"))
	f.Fuzz(func(t *testing.T, b []byte) {
		sc := xmltoken.New(xmltoken.UTF8(b))
		last := -1
		for tok, ok := sc.Next(); ok; tok, ok = sc.Next() {
			if tok.To <= last {
				t.Fatal("no progress")
			}
			last = tok.To
			tok.Attr("style")
			xmltoken.Unescape(tok.Text)
		}
	})
}
