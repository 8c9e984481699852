package db

import (
	"log/slog"
	"strings"
	"testing"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/sig"
)

func TestSectionsAndTableStatsCoverTheImage(t *testing.T) {
	t.Parallel()
	b := NewBuilder()
	l := sig.NewLoader(sig.Options{Level: sig.DefaultLevel, Message: func(_ slog.Level, s string) { t.Log(s) }}, b)
	b.BeginSource(Source{Name: "a.ndb"})
	n, err := l.Load("a.ndb", strings.NewReader("A:0:*:deadbeef00112233\nB:0:*:414243\nC:1:*:aabbccddeeff\n"), sig.Source{Path: "a.ndb"})
	if err != nil {
		t.Fatal(err)
	}
	b.EndSource(n, nil)
	raw, err := b.Finish("")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	total, named := int64(0), map[string]bool{}
	for _, s := range d.Sections() {
		total += s.Size
		named[s.Name] = true
	}
	if total <= 0 || total > int64(len(raw)) || !named["body signatures"] || !named["literal table, target 1"] {
		t.Errorf("sections of %d bytes in all, want them named and within %d: %v", total, len(raw), named)
	}
	s := d.Table(cltype.TargetAny).Stats(5)
	if s.Entries != 1 || s.ShortEntries != 1 || s.BitmapSet != 1 || len(s.Fullest) != 0 {
		t.Errorf("table of target 0: %+v, want one long and one short literal and no shared bucket", s)
	}
}
