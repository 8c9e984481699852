package heuristic

import (
	"testing"

	"gclam/engine/internal/exe"
)

func TestMagistrIsSeenByTheCallInAWritableLastSection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		memory  uint32
		flags   uint32
		fromEnd int
		call    string
		want    string
	}{
		{"variant A", 0x81ec, 0xe0000020, 0x6800, "\xe8\x2c\x61\x00\x00", "Heuristics.W32.Magistr.A"},
		{"variant B", 0x91ed, 0xe0000020, 0x7800, "\xe8\x04\x72\x00\x00", "Heuristics.W32.Magistr.B"},
		{"at the start of the window", 0x81ec, 0xe0000020, 0x7000, "\xe8\x2c\x61\x00\x00", "Heuristics.W32.Magistr.A"},
		{"before the window", 0x81ec, 0xe0000020, 0x7001, "\xe8\x2c\x61\x00\x00", ""},
		{"behind the window", 0x81ec, 0xe0000020, 0x6000, "\xe8\x2c\x61\x00\x00", ""},
		{"a section that is not writable", 0x81ec, 0x60000020, 0x6800, "\xe8\x2c\x61\x00\x00", ""},
		{"another size", 0x81eb, 0xe0000020, 0x6800, "\xe8\x2c\x61\x00\x00", ""},
		{"a small section", 0x60ec, 0xe0000020, 0x6800, "\xe8\x2c\x61\x00\x00", ""},
	} {
		b := make([]byte, 0x400+0x9200)
		copy(b[len(b)-c.fromEnd:], c.call)
		f := exe.New(exe.PE)
		f.Entry = 0
		f.Sections = []exe.Section{{
			Raw: 0x400, RawSize: 0x9200, Flags: c.flags, Stored: exe.StoredSection{VirtualSize: c.memory},
		}}
		if got := Magistr(b, f); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		f.Sections[0].Raw = -0x10000 // nonsense must not be followed
		Magistr(b, f)
	}
	if got := Magistr(nil, nil); got != "" {
		t.Errorf("nothing is %q", got)
	}
}
