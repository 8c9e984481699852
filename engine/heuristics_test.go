package engine

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
)

// alertsOf scans b with a database that matches nothing in it.
func alertsOf(t *testing.T, b string, o Options) string {
	t.Helper()
	fsys := fstest.MapFS{"never.ndb": {Data: []byte("Never:0:*:fedcba98fedcba98\n")}}
	e, err := LoadFS(context.Background(), fsys, LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := e.NewScanner(o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.ScanBytes(context.Background(), []byte(b), ObjectInfo{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range r.Matches {
		names = append(names, m.Name)
	}
	return strings.Join(names, " ")
}

func TestContentHeuristicsFollowTheirOptions(t *testing.T) {
	t.Parallel()
	const (
		cards  = "words 4111111111111111, 4111111111111111, 4111111111111111 and more words"
		ssns   = "words 123456789 and 123456788 and 123456787 and more words"
		cursor = "RIFF\x70\x00\x00\x00ACONanih\x64\x00\x00\x00"
		gif    = "GIF89a\x02\x00\x02\x00\x00\x00\x00!\xfe\x05hel"
	)
	for _, c := range []struct {
		name, in string
		h        Heuristics
		want     string
	}{
		{"cards without the option", cards, Heuristics{}, ""},
		{"cards", cards, Heuristics{Structured: true}, "Heuristics.Structured.CreditCardNumber"},
		{"fewer cards than wanted", cards, Heuristics{Structured: true, StructuredCCCount: 4}, ""},
		{"stripped numbers by default", ssns, Heuristics{Structured: true}, ""},
		{"stripped numbers", ssns, Heuristics{Structured: true, SSNStripped: true}, "Heuristics.Structured.SSN"},
		{"a cursor by default", cursor, Heuristics{}, "Heuristics.Exploit.W32.MS05-002"},
		{"a cursor without heuristics", cursor, Heuristics{Off: true}, ""},
		{"a damaged picture by default", gif, Heuristics{}, ""},
		{"a damaged picture", gif, Heuristics{BrokenMedia: true}, "Heuristics.Broken.Media.GIF.TruncatedExtensionSubBlock"},
	} {
		if got := alertsOf(t, c.in, Options{Heuristics: c.h}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheFileItselfIsHeldAgainstMaxFileSizeFirst(t *testing.T) {
	t.Parallel()
	o := Options{Limits: Limits{FileSize: 10, ScanSize: 10}, Heuristics: Heuristics{ExceedsMax: true}}
	if got := alertsOf(t, "more than ten bytes of text", o); got != "Heuristics.Limits.Exceeded.MaxFileSize" {
		t.Errorf("got %q", got)
	}
}
