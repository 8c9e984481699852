package html

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

func normalize(t testing.TB, in string) Views {
	t.Helper()
	v, err := Normalize(context.Background(), input.Bytes([]byte(in)), limit.New(limit.Limits{}, nil), Options{NoTags: true})
	if err != nil {
		t.Fatalf("Normalize: %v", err)
	}
	return v
}

// The expected views of this file were observed with sigtool 1.4.6
// --html-normalise.
func TestViews(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, noComment, noTags, scripts string
	}{
		{
			"a page with everything in it",
			"<!DOCTYPE html><HTML><!-- c --><BODY class=Bar   ID = \"Q z\"  data-x>  Hello   <B>World</B> &amp; &lt;x&gt; &#65;&#x42; &unknown; A&B\n" +
				"<p>line one\nline two</p><a  HREF=\"http://Ex.com/A?b=1&amp;c=2\">Click</a><IMG SRC=http://e.com/i.png>\n" +
				"<ScRiPt language=\"JavaScript\">var MyVar = \"Ab\" + 'cD'; /* c2 */ f( 'x' );</ScRiPt><style>b { color : Red }</style></BODY></HTML>\n",
			"<html><body class=bar id=\"q z\" data-x>hello <b>world</b>& <x> ab &unknown; a&b <p>line one line two</p><a href=\"http://ex.com/a?b=1&c=2\">click</a><img src=http://e.com/i.png><script language=\"javascript\">varmyvar=\"ab\"+\"cd\";/*c2*/f(\"x\");</script><style>b{color:red}</style></body></html>",
			" hello world x a line one line two http://Ex.com/A?b=1&c=2 click http://e.com/i.png ",
			"<script>var n000=\"abcd\";f(\"x\");</script>",
		},
		{"white space collapses and disappears after a tag", "  a  b<i>\n c", "a b<i>c", "a b c", ""},
		{"a comment ends at the first angle bracket", "<!-- a > b --> c", "b --> c", " b --> c", ""},
		{"single quotes become double quotes in tags only", "it's <b c='d'>x", "it's <b c=\"d\">x", "it's x", ""},
		{"a quoted value with a blank ends at the next white space", `<a href="Q X R">z`, `<a href="q x r">z`, " Q  z", ""},
		{"an angle bracket takes the quoting off a value", `<a href="x>Y z>k`, `<a href="x>y z>k`, " x> k", ""},
		{"an unterminated reference keeps its case", "a&#65 b", "aA b", "a b", ""},
		{"code points over Latin-1 become hexadecimal references", "&#x3a9;&yuml;&#65536;", "&#x03a9;&#x00ff;", " ", ""},
		{"full stops of East Asia become ASCII", "a\xe3\x80\x82b&#12290;c\xa1Cd", "a.b.c.\x00d", "a.b c.\x00d", ""},
		{"the tag-free view repeats the byte before the last of a sequence", "k\xe3\x80\x81Z", "k\xe3\x80\x81z", "k\xe3\x80\x80z", ""},
		{"a stray angle bracket at the end is kept", "a <", "a <", "a ", ""},
		{"NUL and CR vanish", "a\x00b\r\nc", "ab c", "ab c", ""},
		{"tags in a script are text", "<script>if(a<b)c('</b>')</script>d", `<script>if(a<b)c("</b>")</script>d`, " d", `<script>if(a<b)c("</b>")</script>`},
		{"an end tag with a blank ends the script before its bracket", "<script>a</script >b", "<script>a</script>b", " >b", "<script>a</script</script>"},
		{"scripts are separated by line feeds", "<script>a</script><script>b</script>", "<script>a</script><script>b</script>", " ", "<script>a</script>\n<script>b</script>"},
		{"a data URI leaves no trace", `<img src="data:image/png;base64,AAAA">x`, `<img src="data">x`, " x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := normalize(t, tt.in)
			if d := cmp.Diff(tt.noComment, string(v.NoComment)); d != "" {
				t.Errorf("without comments (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.noTags, string(v.NoTags)); d != "" {
				t.Errorf("without tags (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.scripts, string(v.Scripts)); d != "" {
				t.Errorf("scripts (-want +got):\n%s", d)
			}
		})
	}
}

func TestDataURIsBecomeMessages(t *testing.T) {
	t.Parallel()
	const head = "From html-normalise\nContent-type: "
	tests := []struct{ name, in, want string }{
		{"base64 is announced", `<i src="data:image/png;base64,AAAA">`, head + "image/png;base64\nContent-transfer-encoding: base64\n\nAAAA"},
		{"percent signs are decoded", `<i src="data:text/html,<b>%41 b">`, head + "text/html\n\n<b>A b"},
		{"an unquoted one ends at a bracket", "<i src=data:,x>y", head + "\n\nx"},
		{"an escaped colon counts", `<i src="data&#58;a,b">`, head + "a\n\nb"},
		{"a wrong percent sign swallows a byte", `<i src="data:a,%zz">`, head + "a\n\n%0z"},
		{"without a comma there is none", `<i src="data:a">`, ""},
		{"the scheme must be in lower case", `<i src="DATA:a,b">`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, u := range normalize(t, tt.in).DataURIs {
				got = append(got, string(u))
			}
			if d := cmp.Diff(tt.want, strings.Join(got, "|")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestStyleSheetsCarryImages(t *testing.T) {
	t.Parallel()
	v := normalize(t, `<style>a{b:url("data:image/png;base64,aGVsbG8=")}</style><style>c{d:url(data:image/gif;base64,R0lG) e:url(x.png)}</style>`)
	var got []string
	for _, b := range v.StyleImages {
		got = append(got, string(b))
	}
	if d := cmp.Diff([]string{"hello", "GIF"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestLongLinesAreCutAtWhiteSpace(t *testing.T) {
	t.Parallel()
	x := strings.Repeat("x", 8191)
	if got := string(normalize(t, x+" y").NoComment); got != x+"y" {
		t.Errorf("white space at the start of a piece was kept")
	}
	if got := string(normalize(t, x+"x y").NoComment); got != x+"x y" {
		t.Errorf("white space within a piece was lost")
	}
}

func TestTagFreeViewIsLeftOutUnlessAskedFor(t *testing.T) {
	t.Parallel()
	v, err := Normalize(context.Background(), input.Bytes([]byte("<a href=x>y")), limit.New(limit.Limits{}, nil), Options{})
	if err != nil || v.NoTags != nil {
		t.Errorf("got %q, %v", v.NoTags, err)
	}
}

func TestCancelledScanStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Normalize(ctx, input.Bytes([]byte("<p>")), limit.New(limit.Limits{}, nil), Options{})
	if err != limit.ErrStop {
		t.Errorf("error %v, want ErrStop", err)
	}
}
