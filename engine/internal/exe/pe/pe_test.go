package pe

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
)

func parse(t *testing.T, b []byte, o Options) *exe.Facts {
	t.Helper()
	f, err := Parse(input.Bytes(b), o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLayout(t *testing.T) {
	t.Parallel()
	type want struct {
		entry   int64
		raw     []int64 // raw offset and size of each section
		overlay int64
	}
	for _, tc := range []struct {
		name   string
		change func(*image)
		want   want
	}{
		{"a plain file", func(*image) {}, want{0x200, []int64{0x200, 0x200}, -1}},
		{"PE32+", func(m *image) { m.wide = true }, want{0x200, []int64{0x200, 0x200}, -1}},
		{"an entry point in the headers", func(m *image) { m.entry = 0x10 }, want{0x10, []int64{0x200, 0x200}, -1}},
		{"data behind the last section", func(m *image) { m.size = 0x500 }, want{0x200, []int64{0x200, 0x200}, 0x400}},
		{"a cut section", func(m *image) { m.size = 0x300 }, want{0x200, []int64{0x200, 0x100}, -1}},
		{"raw offsets are rounded down, sizes up", func(m *image) {
			m.sections = []rawSection{{0x40, 0x1000, 0x101, 0x210}}
		}, want{0x200, []int64{0x200, 0x200}, -1}},
		{
			"offsets that contradict the file alignment make it 200h", func(m *image) { m.fileAlign = 0x1000 },
			want{0x200, []int64{0x200, 0x200}, -1},
		},
		{
			"odd file alignments are used as they are", func(m *image) { m.fileAlign = 0x80; m.sections[0].rawSize = 0x81 },
			want{0x200, []int64{0x200, 0x100}, 0x300},
		},
		{"sections outside the file keep their number", func(m *image) {
			m.sections = append([]rawSection{{0x40, 0x3000, 0x200, 0x9000}}, m.sections...)
		}, want{0x200, []int64{0x9000, 0, 0x200, 0x200}, -1}},
		{"the last section that holds the entry point wins", func(m *image) {
			m.size = 0x600
			m.sections = append(m.sections, rawSection{0x40, 0x1000, 0x200, 0x400})
		}, want{0x400, []int64{0x200, 0x200, 0x400, 0x200}, 0x400}},
		{"one directory in a short optional header", func(m *image) { m.directories = 1 }, want{0x200, []int64{0x200, 0x200}, -1}},
		{"no directory at all", func(m *image) { m.directories = -1 }, want{0x200, []int64{0x200, 0x200}, -1}},
	} {
		m := standard()
		tc.change(&m)
		f := parse(t, m.bytes(), Options{})
		if !f.Usable() {
			t.Errorf("%s: %s", tc.name, f.Reason)
			continue
		}
		var raw []int64
		for _, s := range f.Sections {
			raw = append(raw, s.Raw, s.RawSize)
		}
		if f.Entry != tc.want.entry || !equal(raw, tc.want.raw) {
			t.Errorf("%s: entry %#x, sections %#x; want %#x, %#x", tc.name, f.Entry, raw, tc.want.entry, tc.want.raw)
		}
		if f.Overlay != tc.want.overlay {
			t.Errorf("%s: overlay %#x, want %#x", tc.name, f.Overlay, tc.want.overlay)
		}
	}
}

func equal(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	const high = 1 << 31
	for _, tc := range []struct {
		name   string
		change func(*image)
	}{
		{"cut in the DOS header", func(m *image) { m.size = 0x3f }},
		{"no sections", func(m *image) { m.sections = nil }},
		{"optional header of no size", func(m *image) { m.optional = -1 }},
		{"optional header smaller than standard", func(m *image) { m.optional = 95 }},
		{"optional header without room for its directories", func(m *image) { m.optional = 223 }},
		{"PE32+ with the optional header of PE32", func(m *image) { m.wide = true; m.optional = 96 }},
		{"cut in the optional header", func(m *image) { m.size = 0xa0 }},
		{"cut in the section table", func(m *image) { m.size = 0x150 }},
		{"more sections than the file has room for", func(m *image) { m.count = 90 }},
		{"a negative address", func(m *image) { m.sections[0].va |= high }},
		{"a negative size in memory", func(m *image) { m.sections[0].vsize |= high }},
		{"a size that wraps when rounded", func(m *image) { m.sections[0].rawSize = 0xffffffff }},
		{"all sections outside", func(m *image) { m.sections[0].raw = 0x9000; m.entry = 0x10 }},
		{"an entry point outside", func(m *image) { m.entry = 0x9000 }},
		{"an entry point of a DLL outside", func(m *image) { m.entry, m.characteristics = 0x9000, 0x2102 }},
	} {
		m := standard()
		tc.change(&m)
		f := parse(t, m.bytes(), Options{})
		if !f.Broken || f.Usable() || f.Reason == "" || f.Entry != exe.NoOffset {
			t.Errorf("%s: not broken: %+v", tc.name, f)
		}
	}
}

func TestFilesWithoutPEHeader(t *testing.T) {
	t.Parallel()
	whole := standard()
	b := whole.bytes()
	zero := bytes.Clone(b)
	copy(zero[0x3c:], []byte{0, 0, 0, 0})
	far := bytes.Clone(b)
	copy(far[0x3c:], []byte{0xff, 0xff, 0xff, 0xff})
	ne := bytes.Clone(b)
	copy(ne[0x40:], "NE")
	for name, b := range map[string][]byte{
		"empty": nil, "text": []byte(strings.Repeat("text", 100)), "e_lfanew 0": zero, "e_lfanew outside": far,
		"NE": ne, "cut in the file header": b[:0x57], "cut in the directories": b[:0x100],
	} {
		if _, err := Parse(input.Bytes(b), Options{}); !errors.Is(err, ErrNotPE) {
			t.Errorf("%s: got %v, want ErrNotPE", name, err)
		}
		if Valid(b) {
			t.Errorf("%s: valid", name)
		}
	}
	if !Valid(b) {
		t.Error("a plain file is not valid")
	}
}

func TestStrictModeRefusesButKeepsTheLayout(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*image)
		broken bool
	}{
		{"nothing wrong", func(*image) {}, false},
		{"section alignment below a page", func(m *image) { m.sectionAlign = 0x200; m.headers = 0x1000 }, true},
		{"which drivers may have", func(m *image) { m.sectionAlign, m.headers, m.subsystem = 0x200, 0x1000, 1 }, false},
		{"odd file alignment", func(m *image) { m.fileAlign = 0x80 }, true},
		{"a section not behind the headers", func(m *image) { m.sections[0].va, m.entry = 0x2000, 0x2000 }, true},
		{"a misaligned section", func(m *image) { m.sections[0].va = 0x1010 }, true},
		{"a gap between sections", func(m *image) {
			m.size = 0x600
			m.sections = append(m.sections, rawSection{0x40, 0x3000, 0x200, 0x400})
		}, true},
		{"a section outside the file does not count", func(m *image) {
			m.sections = append(m.sections, rawSection{0x40, 0x7000, 0x200, 0x4000})
		}, false},
	} {
		m := standard()
		tc.change(&m)
		f := parse(t, m.bytes(), Options{Strict: true})
		if f.Broken != tc.broken || !f.Usable() {
			t.Errorf("%s: broken %v usable %v (%s)", tc.name, f.Broken, f.Usable(), f.Reason)
		}
		if g := parse(t, m.bytes(), Options{}); g.Broken || g.Suspect != tc.broken {
			t.Errorf("%s: without Strict: broken %v suspect %v", tc.name, g.Broken, g.Suspect)
		}
	}
}

func TestManySectionsAreAccepted(t *testing.T) {
	t.Parallel()
	m := standard()
	for i := range 2000 {
		m.sections = append(m.sections, rawSection{0x1000, 0x2000 + 0x1000*uint32(i), 0, 0})
	}
	m.size = 0x200 + len(m.bytes()) + 0x20000
	m.sections[0].raw = 0x18000
	f := parse(t, m.bytes(), Options{})
	if !f.Usable() || len(f.Sections) != 2001 {
		t.Errorf("%s, %d sections", f.Reason, len(f.Sections))
	}
}
