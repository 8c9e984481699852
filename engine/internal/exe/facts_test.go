package exe

import "testing"

func TestAnAddressMapsToTheLastSectionThatHoldsIt(t *testing.T) {
	t.Parallel()
	f := New(PE)
	f.Header = &PEHeader{SizeOfHeaders: 0x200, SectionAlignment: 0x1000}
	f.Sections = []Section{
		{Raw: 0x400, RawSize: 0x400, VirtualAddress: 0x1000},
		{Raw: 0x800, RawSize: 0x200, VirtualAddress: 0x1100},
		{Raw: 0xa00, RawSize: 0, VirtualAddress: 0x1000},
	}
	for _, tc := range []struct {
		name string
		rva  uint32
		want int64
		ok   bool
	}{
		{"inside the headers", 0x10, 0x10, true},
		{"headers reach to the section alignment", 0x900, 0x900, true},
		{"headers end at the end of the file", 0xf00, 0, false},
		{"only the first section", 0x1010, 0x410, true},
		{"both sections", 0x1110, 0x810, true},
		{"behind the second", 0x1300, 0x700, true},
		{"nowhere", 0x1400, 0, false},
	} {
		got, ok := f.RawOffset(tc.rva, 0xc00)
		if ok != tc.ok || ok && got != tc.want {
			t.Errorf("%s: got %#x, %v; want %#x, %v", tc.name, got, ok, tc.want, tc.ok)
		}
	}
}

func TestDeadFactsGiveNoOffsets(t *testing.T) {
	t.Parallel()
	var none *Facts
	if none.Usable() {
		t.Error("nil facts are usable")
	}
	f := New(ELF)
	f.Entry, f.Sections = 5, make([]Section, 2)
	f.Suspicious("odd")
	if f.Refuse(); !f.Usable() || !f.Broken || f.Reason != "odd" {
		t.Errorf("a refused file should keep its layout: %+v", f)
	}
	if f.Lose("gone"); f.Usable() || f.Entry != NoOffset || f.Sections != nil {
		t.Errorf("a lost file should have no layout: %+v", f)
	}
	if g := New(PE).Break("bad"); !g.Broken || g.Usable() {
		t.Errorf("a broken file should be dead: %+v", g)
	}
}
