package pe

import (
	"bytes"
	"errors"
	"testing"

	"gclam/engine/internal/input"
)

// seeds are files with every structure the package reads.
func seeds() [][]byte {
	plain, wide := standard(), standard()
	wide.wide = true
	imports := withImports(imported{"ws2_32.dll", []any{115, "send"}}, imported{"a.dll", []any{7}})
	imports.size = 0x200 + 0x200
	imports.sections[0].rawSize = 0x200
	version := withResource(versionResource(versionNode("StringFileInfo", 0, 1, nil,
		versionNode("040904b0", 0, 1, nil, versionString("CompanyName", "Evil Corp!"), []byte{}))))
	version.size = 0x400
	return [][]byte{plain.bytes(), wide.bytes(), imports.bytes(), version.bytes()}
}

// check parses b and tests what must hold for any input.
func check(t *testing.T, b []byte) {
	t.Helper()
	f, err := Parse(input.Bytes(b), Options{VersionInfo: true, Imports: true})
	if err != nil {
		if !errors.Is(err, ErrNotPE) {
			t.Errorf("unexpected error: %v", err)
		}
		return
	}
	if !f.Usable() {
		return
	}
	if f.Entry < 0 || f.Entry >= int64(len(b)) {
		t.Errorf("entry %#x in %#x bytes", f.Entry, len(b))
	}
	for _, s := range f.Sections {
		if s.Raw < 0 || s.RawSize < 0 || s.RawSize > 0 && s.Raw+s.RawSize > int64(len(b)) {
			t.Errorf("section %+v in %#x bytes", s, len(b))
		}
	}
	for _, v := range f.VersionInfo {
		if v < 0 || v >= int64(len(b)) {
			t.Errorf("version string at %#x in %#x bytes", v, len(b))
		}
	}
}

func TestDamageIsHarmless(t *testing.T) {
	t.Parallel()
	for _, b := range seeds() {
		for i := range 17 {
			check(t, b[:len(b)*i/16])
		}
		for i := range len(b) * 8 {
			d := bytes.Clone(b)
			d[i/8] ^= 1 << (i % 8)
			check(t, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { check(t, b) })
}
