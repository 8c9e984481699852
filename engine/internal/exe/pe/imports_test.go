package pe

import (
	"strings"
	"testing"
)

// imported is one DLL of a test import table: functions are names (string) or
// ordinals (int).
type imported struct {
	library   string
	functions []any
}

// withImports builds a file whose only section is an import table.
func withImports(list ...imported) image {
	const rva, raw, size = 0x1000, 0x200, 0x4000
	var table, heap []byte
	base := uint32(rva + 20*(len(list)+1))
	place := func(b []byte) uint32 {
		at := base + uint32(len(heap))
		heap = append(heap, b...)
		for len(heap)%4 != 0 {
			heap = append(heap, 0)
		}
		return at
	}
	for _, l := range list {
		var thunks []uint32
		for _, f := range l.functions {
			switch f := f.(type) {
			case int:
				thunks = append(thunks, byOrdinal32|uint32(f))
			case string:
				thunks = append(thunks, place([]byte("\x00\x00"+f+"\x00")))
			}
		}
		name := place([]byte(l.library + "\x00"))
		table = append(table, words(place(words(append(thunks, 0)...)), 0, 0, name, 0)...)
	}
	m := standard()
	m.sections = []rawSection{{size, rva, size, raw}}
	m.size = raw + size
	m.directory = map[int][2]uint32{importDirectory: {rva, uint32(20 * (len(list) + 1))}}
	m.content = map[int][]byte{raw: append(append(table, make([]byte, 20)...), heap...)}
	return m
}

func TestImportString(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		list   []imported
		want   string
		exists bool
	}{
		{
			"names are lower-cased and joined",
			[]imported{{"KERNEL32.dll", []any{"ExitProcess", "CreateFileA"}}, {"USER32.DLL", []any{"MessageBoxA"}}},
			"kernel32.exitprocess,kernel32.createfilea,user32.messageboxa", true,
		},
		{
			"ordinals of known libraries have names",
			[]imported{{"WS2_32.dll", []any{115, 1}}, {"wsock32.dll", []any{116}}, {"oleaut32.dll", []any{2}}},
			"ws2_32.wsastartup,ws2_32.accept,wsock32.wsacleanup,oleaut32.sysallocstring", true,
		},
		{"other ordinals are numbers", []imported{{"ws2_32.dll", []any{999}}, {"mfc42.dll", []any{5}}}, "ws2_32.ord999,mfc42.ord5", true},
		{
			"the extension is cut at the first dot",
			[]imported{{"a.dll.dll", []any{1}}, {"b.ocx", []any{1}}, {"c.sys1", []any{1}}},
			"a.ord1,b.ord1,c.ord1", true,
		},
		{"other extensions stay", []imported{{"a.b.dll", []any{1}}, {"x.drv", []any{1}}, {"noext", []any{1}}}, "a.b.dll.ord1,x.drv.ord1,noext.ord1", true},
		{"any bytes make a library name", []imported{{"\x80 x.dll", []any{1}}}, "\x80 x.ord1", true},
		{"decorated names leave no hash", []imported{{"a.dll", []any{"Plain"}}, {"b.dll", []any{"?f@@YAXXZ"}}}, "", false},
		{"an empty table has the hash of nothing", nil, "", true},
		{"an empty name counts", []imported{{"a.dll", []any{""}}}, "a.", true},
	} {
		m := withImports(tc.list...)
		f := parse(t, m.bytes(), Options{Imports: true})
		if f.Imports != tc.want || f.HasImports != tc.exists {
			t.Errorf("%s: got %q, %v; want %q, %v", tc.name, f.Imports, f.HasImports, tc.want, tc.exists)
		}
	}
}

func TestImportTableDefects(t *testing.T) {
	t.Parallel()
	list := []imported{{"a.dll", []any{"One"}}, {"b.dll", []any{"Two"}}}
	for _, tc := range []struct {
		name   string
		change func(*image)
		want   string
		exists bool
	}{
		{"nothing wrong", func(*image) {}, "a.one,b.two", true},
		{"no directory", func(m *image) { m.directory = nil }, "", false},
		{"a directory of no size", func(m *image) { m.directory[importDirectory] = [2]uint32{0x1000, 0} }, "", false},
		{"a directory larger than the file", func(m *image) { m.directory[importDirectory] = [2]uint32{0x1000, 0xffffff} }, "", false},
		{"the size says how many are read", func(m *image) { m.directory[importDirectory] = [2]uint32{0x1000, 40} }, "a.one", true},
		{"PE32+ has none", func(m *image) { m.wide = true }, "", false},
	} {
		m := withImports(list...)
		tc.change(&m)
		f := parse(t, m.bytes(), Options{Imports: true})
		if f.Imports != tc.want || f.HasImports != tc.exists {
			t.Errorf("%s: got %q, %v; want %q, %v", tc.name, f.Imports, f.HasImports, tc.want, tc.exists)
		}
	}
}

func TestImportBombIsBounded(t *testing.T) {
	t.Parallel()
	// 1024 descriptors share one long thunk table and one long name.
	const rva, raw, size = 0x1000, 0x200, 0x50000
	m := standard()
	m.sections = []rawSection{{size, rva, size, raw}}
	m.size = raw + size
	m.directory = map[int][2]uint32{importDirectory: {rva, 20 * 1025}}
	name := strings.Repeat("x", 250)
	data := make([]byte, size)
	for i := range 1024 {
		copy(data[20*i:], words(rva+0x8000, 0, 0, rva+0x6002, 0))
	}
	copy(data[0x6000:], "\x00\x00"+name+"\x00")
	for at := 0x8000; at < 0x48000; at += 4 {
		copy(data[at:], words(rva+0x6000))
	}
	m.content = map[int][]byte{raw: data}
	f := parse(t, m.bytes(), Options{Imports: true})
	if f.HasImports {
		t.Errorf("an import string of %d bytes", len(f.Imports))
	}
}
