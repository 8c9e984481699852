package elf

import (
	"encoding/binary"
	"errors"
	"testing"

	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
)

// image describes a small ELF file; zero sizes mean the right ones.
type image struct {
	wide, big          bool
	entry              uint64
	segments           [][3]uint64 // offset, address, size
	sections           [][3]uint64 // offset, address, size
	phentsize          uint16
	shentsize          uint16
	phnum, shnum       uint16
	class              byte
	segmentsAt, extent int64
}

func (m image) order() binary.ByteOrder {
	if m.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

func (m image) bytes() []byte {
	l := layout32()
	if m.wide {
		l = layout64()
	}
	b, o := make([]byte, 0x400), m.order()
	word := func(at int64, v uint64) {
		if m.wide {
			o.PutUint64(b[at:], v)
		} else {
			o.PutUint32(b[at:], uint32(v))
		}
	}
	or := func(v, standard uint16) uint16 {
		if v != 0 {
			return v
		}
		return standard
	}
	copy(b, "\x7fELF\x01\x01\x01")
	if m.wide {
		b[classAt] = class64
	}
	if m.class != 0 {
		b[classAt] = m.class
	}
	if m.big {
		b[dataAt] = 2
	}
	phoff, shoff := l.header, int64(0x200)
	if m.segmentsAt != 0 {
		phoff = m.segmentsAt
	}
	word(l.entry, m.entry)
	word(l.phoff, uint64(phoff))
	word(l.shoff, uint64(shoff))
	o.PutUint16(b[l.phentsize:], or(m.phentsize, uint16(l.segment)))
	o.PutUint16(b[l.phnum:], or(m.phnum, uint16(len(m.segments))))
	o.PutUint16(b[l.shentsize:], or(m.shentsize, uint16(l.section)))
	o.PutUint16(b[l.shnum:], or(m.shnum, uint16(len(m.sections))))
	for i, s := range m.segments {
		at := phoff + int64(i)*l.segment
		if at+l.segment > int64(len(b)) {
			break
		}
		word(at+l.pOffset, s[0])
		word(at+l.pVaddr, s[1])
		word(at+l.pMemsz, s[2])
	}
	for i, s := range m.sections {
		at := shoff + int64(i)*l.section
		word(at+l.sOffset, s[0])
		word(at+l.sAddr, s[1])
		word(at+l.sSize, s[2])
	}
	if m.extent != 0 {
		b = b[:m.extent]
	}
	return b
}

func standard() image {
	return image{
		entry:    0x400110,
		segments: [][3]uint64{{0, 0x300000, 0x100}, {0x40, 0x400000, 0x200}},
		sections: [][3]uint64{{0, 0, 0}, {0x100, 0x400100, 0x80}},
	}
}

func TestLayoutOfAllKinds(t *testing.T) {
	t.Parallel()
	for _, wide := range []bool{false, true} {
		for _, big := range []bool{false, true} {
			m := standard()
			m.wide, m.big = wide, big
			f, err := Parse(input.Bytes(m.bytes()))
			if err != nil || f.Broken {
				t.Fatalf("wide %v big %v: %v %+v", wide, big, err, f)
			}
			if f.Entry != 0x150 || f.Is64 != wide {
				t.Errorf("wide %v big %v: entry %#x", wide, big, f.Entry)
			}
			want := exe.Section{Raw: 0x100, RawSize: 0x80, VirtualAddress: 0x400100, VirtualSize: 0x80}
			if len(f.Sections) != 2 || f.Sections[1] != want {
				t.Errorf("wide %v big %v: sections %+v", wide, big, f.Sections)
			}
		}
	}
}

func TestDefects(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		change         func(*image)
		broken, usable bool
	}{
		{"nothing wrong", func(*image) {}, false, true},
		{"no entry point", func(m *image) { m.entry = 0 }, false, true},
		{"no entry point hides bad program headers", func(m *image) { m.entry, m.phentsize = 0, 7 }, false, true},
		{"unknown class", func(m *image) { m.class = 3 }, true, false},
		{"129 program headers", func(m *image) { m.phnum = 129 }, true, false},
		{"odd size of a program header", func(m *image) { m.phentsize = 31 }, true, false},
		{"program headers outside the file", func(m *image) { m.segmentsAt = 0x3f0 }, true, false},
		{"entry point outside the segments", func(m *image) { m.entry = 0x500000 }, true, false},
		{"odd size of a section header", func(m *image) { m.shentsize = 1 }, true, false},
		{"section headers outside the file", func(m *image) { m.shnum = 100 }, true, false},
		{"too many sections give no alert", func(m *image) { m.shnum = 2049 }, false, false},
	} {
		m := standard()
		tc.change(&m)
		f, err := Parse(input.Bytes(m.bytes()))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if f.Broken != tc.broken || f.Usable() != tc.usable {
			t.Errorf("%s: broken %v usable %v (%s)", tc.name, f.Broken, f.Usable(), f.Reason)
		}
	}
}

func TestShortAndForeignFilesAreNotELF(t *testing.T) {
	t.Parallel()
	whole := standard()
	for _, b := range [][]byte{nil, []byte("\x7fELF"), whole.bytes()[:51], make([]byte, 100)} {
		if _, err := Parse(input.Bytes(b)); !errors.Is(err, ErrNotELF) {
			t.Errorf("%d bytes: got %v, want ErrNotELF", len(b), err)
		}
	}
}

func TestDamageIsHarmless(t *testing.T) {
	t.Parallel()
	for _, wide := range []bool{false, true} {
		m := standard()
		m.wide = wide
		b := m.bytes()
		for i := range 17 {
			check(t, b[:len(b)*i/16])
		}
		for i := range 0x280 * 8 {
			d := append([]byte(nil), b...)
			d[i/8] ^= 1 << (i % 8)
			check(t, d)
		}
	}
}

// check parses b and tests what must hold for any input.
func check(t *testing.T, b []byte) {
	t.Helper()
	f, err := Parse(input.Bytes(b))
	if err != nil {
		if !errors.Is(err, ErrNotELF) {
			t.Errorf("unexpected error: %v", err)
		}
		return
	}
	if f.Usable() != (f.Entry >= 0) {
		t.Errorf("usable %v with entry %d", f.Usable(), f.Entry)
	}
	if len(f.Sections) > maxSections {
		t.Errorf("%d sections", len(f.Sections))
	}
}

func FuzzParse(f *testing.F) {
	for _, wide := range []bool{false, true} {
		for _, big := range []bool{false, true} {
			m := standard()
			m.wide, m.big = wide, big
			f.Add(m.bytes())
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { check(t, b) })
}
