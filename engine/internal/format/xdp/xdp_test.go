package xdp_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/xdp"
)

const content = "%PDF-1.4 what a package may hold: nothing that does any harm"

func enc(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func document(inner string) string {
	return `<?xml version="1.0"?><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">` + inner + `</xdp:xdp>`
}

func run(s string) []string {
	var got []string
	for _, c := range formattest.Run(xdp.Unpack, []byte(s)).Children {
		got = append(got, string(c.Data))
	}
	return got
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	lines := enc(content)[:20] + "\r\n" + enc(content)[20:]
	utf16 := "\xff\xfe" + strings.Join(strings.Split(document("<chunk>"+enc(content)+"</chunk>"), ""), "\x00") + "\x00"
	tests := []struct {
		name, in string
		want     []string
	}{
		{"a chunk", document("<pdf><document><chunk>" + enc(content) + "</chunk></document></pdf>"), []string{content}},
		{"a chunk with a prefix and in capitals", document("<x:CHUNK>" + enc(content) + "</x:CHUNK>"), []string{content}},
		{"line ends", document("<chunk>\n" + lines + "\n</chunk>"), []string{content}},
		{"a comment in the data", document("<chunk>" + enc(content)[:21] + "<!-- -->" + enc(content)[21:] + "</chunk>"), []string{content}},
		{"a CDATA section", document("<chunk><![CDATA[" + enc(content) + "]]></chunk>"), []string{content}},
		{"a chunk that is no PDF does not end the search", document("<chunk>AAAA</chunk><chunk>" + enc(content) + "</chunk>"), []string{"\x00\x00\x00", content}},
		{"no end", "<xdp:xdp><chunk>" + enc(content), []string{content}},
		{"an image", document("<image>" + enc(content) + "</image>"), []string{content}},
		{"an image by its content type", document(`<ImageField1 xfa:contentType="image/tif">` + enc(content) + "</ImageField1>"), []string{content}},
		{"UTF-16", utf16, []string{content}},
		{"other elements", document("<a>" + enc(content) + "</a><chunk/><image>AAAA</image>"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, xdp.Unpack, []byte(document("<pdf><chunk>"+enc(content)+"</chunk><image>"+enc(content)+"</image></pdf>")))
}

// Each of these makes a parser that reads text twice go quadratic.
func TestRepetitionIsReadInLinearTime(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"<chunk>AAAA", "<chunk", "<chunk '", "<!--", "<![CDATA[", "<chunk>A<!---->", "<a contentType='image/'>", "<a =\"\" "} {
		run(strings.Repeat(unit, 1<<20/len(unit)))
	}
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, xdp.Unpack, []byte(document("<pdf><chunk>"+enc(content)+"</chunk></pdf>")), bytes.Repeat([]byte("<chunk>AA=="), 9))
}
