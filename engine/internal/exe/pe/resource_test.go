package pe

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"
)

// text is UTF-16 with its NUL.
func text(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return append(b, 0, 0)
}

func padded(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// node builds a version block with its length filled in.
func versionNode(key string, valueLength, kind uint16, value []byte, children ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint16([]byte{0, 0}, valueLength)
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = append(padded(append(b, text(key)...)), value...)
	for _, c := range children {
		b = append(padded(b), c...)
	}
	binary.LittleEndian.PutUint16(b, uint16(len(b)))
	return b
}

func versionString(key, value string) []byte {
	return versionNode(key, uint16(len(value)+1), 1, text(value))
}

func versionResource(children ...[]byte) []byte {
	fixed := append(words(fixedInfoSignature), make([]byte, fixedInfoSize-4)...)
	return versionNode("VS_VERSION_INFO", fixedInfoSize, 0, fixed, children...)
}

const resourceRVA, resourceRaw = 0x1000, 0x200

// withResource builds a file with one version resource behind a tree of three
// levels; the resource begins at file offset resourceRaw+0x58.
func withResource(data []byte) image {
	directory := func(id, target uint32) []byte {
		return append(append(words(0, 0, 0), 0, 0, 1, 0), words(id, target)...)
	}
	tree := directory(resourceTypeVersion, resourceSubdirectory|0x18)
	tree = append(tree, directory(1, resourceSubdirectory|0x30)...)
	tree = append(tree, directory(0x409, 0x48)...)
	tree = append(tree, words(resourceRVA+0x58, uint32(len(data)), 0, 0)...)
	m := standard()
	m.sections = []rawSection{{0x2000, resourceRVA, 0x2000, resourceRaw}}
	m.size = resourceRaw + 0x2000
	m.directory = map[int][2]uint32{resourceDirectory: {resourceRVA, 0x2000}}
	m.content = map[int][]byte{resourceRaw: append(tree, data...)}
	return m
}

func TestVersionStringsAreFound(t *testing.T) {
	t.Parallel()
	company, product := versionString("CompanyName", "Evil Corp!"), versionString("ProductName", "Some thing")
	table := func(children ...[]byte) []byte { return versionNode("040904b0", 0, 1, nil, children...) }
	info := func(tables ...[]byte) []byte { return versionNode("StringFileInfo", 0, 1, nil, tables...) }
	variables := versionNode("VarFileInfo", 0, 1, nil)
	plain := info(table(company, product))
	for _, tc := range []struct {
		name string
		data []byte
		keys int
	}{
		{"two strings, the last of which is not padded and so is lost", versionResource(plain), 1},
		{"both when the last is padded", versionResource(info(table(company, product, []byte{}))), 2},
		{"variables may come first", versionResource(variables, plain), 1},
		{"anything else may not", versionResource(versionNode("Something", 0, 1, nil), plain), 0},
		{"only the first block of strings counts", versionResource(info(table(company, []byte{})), plain), 1},
		{"a table needs its eight digits", versionResource(info(versionNode("0409", 0, 1, nil, company, []byte{}))), 0},
		{"another key", versionNode("VS_VERSION_INFX", fixedInfoSize, 0, nil, plain), 0},
		{"no fixed information", versionNode("VS_VERSION_INFO", 0, 0, nil, plain), 0},
		{"a short string ends the walk", versionResource(info(table(versionString("a", ""), company, []byte{}))), 0},
		{"cut", versionResource(plain)[:100], 0},
	} {
		m := withResource(tc.data)
		b := m.bytes()
		f := parse(t, b, Options{VersionInfo: true})
		if len(f.VersionInfo) != tc.keys {
			t.Errorf("%s: %d keys, want %d", tc.name, len(f.VersionInfo), tc.keys)
			continue
		}
		if tc.keys > 0 && string(b[f.VersionInfo[0]:f.VersionInfo[0]+4]) != "C\x00o\x00" {
			t.Errorf("%s: no key at %#x", tc.name, f.VersionInfo[0])
		}
	}
}

func TestVersionInfoIsOnlyReadOnDemand(t *testing.T) {
	t.Parallel()
	m := withResource(versionResource(versionNode("StringFileInfo", 0, 1, nil,
		versionNode("040904b0", 0, 1, nil, versionString("CompanyName", "Evil Corp!"), []byte{}))))
	if f := parse(t, m.bytes(), Options{}); f.VersionInfo != nil {
		t.Errorf("got %v", f.VersionInfo)
	}
}

func TestResourceLoopsAreBounded(t *testing.T) {
	t.Parallel()
	const size = 0x90000
	for _, tc := range []struct {
		name   string
		target uint32 // of every entry
	}{
		{"a directory of 65,535 entries that all lead to itself", resourceSubdirectory},
		{"entries that lead to overlapping directories", resourceSubdirectory | 8},
		{"entries that lead to the same leaf", 0x100},
	} {
		m := standard()
		m.sections = []rawSection{{size, resourceRVA, size, resourceRaw}}
		m.size = resourceRaw + size
		m.directory = map[int][2]uint32{resourceDirectory: {resourceRVA, size}}
		data := make([]byte, size)
		for at := resourceHeaderSize; at+8 <= size; at += 8 {
			copy(data[at:], words(resourceTypeVersion, tc.target))
		}
		copy(data[12:], []byte{0, 0, 0xff, 0xff})
		m.content = map[int][]byte{resourceRaw: data}
		f := parse(t, m.bytes(), Options{VersionInfo: true})
		if len(f.VersionInfo) > maxVersionStrings {
			t.Errorf("%s: %d strings", tc.name, len(f.VersionInfo))
		}
	}
}
