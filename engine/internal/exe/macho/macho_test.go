package macho

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
)

// image is a small Mach-O file.
type image struct {
	wide, big bool
	cpu       uint32
	commands  int // 0 means as many as there are
	entry     uint64
	sections  []exe.Section
	exponent  uint32
	nsects    uint32
}

func (m image) bytes() []byte {
	var o binary.AppendByteOrder = binary.LittleEndian
	if m.big {
		o = binary.BigEndian
	}
	u32 := func(b []byte, v ...uint32) []byte {
		for _, x := range v {
			b = o.AppendUint32(b, x)
		}
		return b
	}
	word := func(b []byte, v int64) []byte {
		if m.wide {
			return o.AppendUint64(b, uint64(v))
		}
		return o.AppendUint32(b, uint32(v))
	}
	kind, magic, l := uint32(segment32), uint32(magic32), layout32()
	if m.wide {
		kind, magic, l = segment64, magic64, layout64()
	}
	n := uint32(len(m.sections))
	body := u32(nil, kind, uint32(l.segment+int64(n)*l.section))
	body = append(body, make([]byte, 16)...)
	for range 4 {
		body = word(body, 0x1000)
	}
	if m.nsects != 0 {
		n = m.nsects
	}
	body = u32(body, 7, 5, n, 0)
	for _, s := range m.sections {
		body = append(body, append([]byte(s.Name), make([]byte, 32-len(s.Name))...)...)
		body = word(word(body, s.VirtualAddress), s.VirtualSize)
		body = u32(body, uint32(s.Raw), m.exponent, 0, 0, 0, 0, 0)
		if m.wide {
			body = u32(body, 0)
		}
	}
	commands := 1
	if m.entry != 0 {
		commands++
		state := make([]byte, statePPC64)
		body = u32(body, unixThread, 16+statePPC64, 1, statePPC64/4)
		if m.cpu == cpuPPC64 {
			copy(state, o.AppendUint64(nil, m.entry))
		} else {
			copy(state, o.AppendUint32(nil, uint32(m.entry)))
		}
		body = append(body, state...)
	}
	if m.commands != 0 {
		commands = m.commands
	}
	head := u32(nil, magic, m.cpu, 0, 2, uint32(commands), uint32(len(body)), 0)
	if m.wide {
		head = u32(head, 0)
	}
	return append(append(head, body...), make([]byte, 0x200)...)
}

func standard() image {
	return image{
		cpu: cpuPPC, entry: 0x1010, exponent: 4,
		sections: []exe.Section{
			{Name: "__text", Raw: 0x200, VirtualAddress: 0x1000, VirtualSize: 0x101},
			{Name: "__data", Raw: 0x400, VirtualAddress: 0x2000, VirtualSize: 0x20},
		},
	}
}

func TestLayoutOfAllKinds(t *testing.T) {
	t.Parallel()
	for _, wide := range []bool{false, true} {
		for _, big := range []bool{false, true} {
			m := standard()
			m.wide, m.big = wide, big
			if wide {
				m.cpu = cpuPPC64
			}
			f, err := Parse(input.Bytes(m.bytes()))
			if err != nil || !f.Usable() {
				t.Fatalf("wide %v big %v: %v %+v", wide, big, err, f)
			}
			if f.Entry != 0x210 || len(f.Sections) != 2 || f.Is64 != wide {
				t.Fatalf("wide %v big %v: %+v", wide, big, f)
			}
			if s := f.Sections[0]; s.Name != "__text" || s.Raw != 0x200 || s.RawSize != 0x110 || s.VirtualSize != 0x101 {
				t.Errorf("wide %v big %v: %+v", wide, big, s)
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
		entry          int64
	}{
		{"nothing wrong", func(*image) {}, false, true, 0x210},
		{"no thread state", func(m *image) { m.entry = 0 }, false, true, 0},
		{"an entry point outside the sections", func(m *image) { m.entry = 0x9000 }, false, false, -1},
		{"a processor that is not understood", func(m *image) { m.cpu = 12 }, false, true, 0},
		{"too many commands", func(m *image) { m.commands = 1025 }, true, false, -1},
		{"commands beyond the file", func(m *image) { m.commands = 1000 }, true, false, -1},
		{"256 sections", func(m *image) { m.nsects = 256 }, true, false, -1},
		{"sections beyond the file", func(m *image) { m.nsects = 200 }, true, false, -1},
		{"an alignment of 4 GiB", func(m *image) { m.exponent = 32 }, true, false, -1},
		{"a size that overflows by alignment", func(m *image) { m.sections[0].VirtualSize = 0xffffffff }, true, false, -1},
	} {
		m := standard()
		tc.change(&m)
		f, err := Parse(input.Bytes(m.bytes()))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if f.Broken != tc.broken || f.Usable() != tc.usable || f.Entry != tc.entry {
			t.Errorf("%s: broken %v usable %v entry %#x (%s)", tc.name, f.Broken, f.Usable(), f.Entry, f.Reason)
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
		for i := range len(b) * 8 {
			d := bytes.Clone(b)
			d[i/8] ^= 1 << (i % 8)
			check(t, d)
		}
	}
}

func check(t *testing.T, b []byte) {
	t.Helper()
	f, err := Parse(input.Bytes(b))
	if err != nil {
		if !errors.Is(err, ErrNotMachO) {
			t.Errorf("unexpected error: %v", err)
		}
		return
	}
	if f.Usable() != (f.Entry >= 0) {
		t.Errorf("usable %v with entry %d", f.Usable(), f.Entry)
	}
}

func universal(count uint32, slices ...[2]uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, magicFat)
	b = binary.BigEndian.AppendUint32(b, count)
	for _, s := range slices {
		for _, v := range []uint32{cpuPPC, 0, s[0], s[1], 12} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
	}
	return append(b, make([]byte, 0x400-len(b))...)
}

func TestSlices(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		data   []byte
		want   []Slice
		broken bool
		err    error
	}{
		{
			"two slices", universal(2, [2]uint32{0x100, 0x80}, [2]uint32{0x200, 0x80}),
			[]Slice{{cpuPPC, 0x100, 0x80}, {cpuPPC, 0x200, 0x80}},
			false, nil,
		},
		{
			"a slice outside is left out", universal(3, [2]uint32{0x100, 0x80}, [2]uint32{0x4000, 1}, [2]uint32{0x200, 1}),
			[]Slice{{cpuPPC, 0x100, 0x80}, {cpuPPC, 0x200, 1}},
			false, nil,
		},
		{
			"no size means the rest", universal(2, [2]uint32{0x100, 0}, [2]uint32{0x200, 0x9000}),
			[]Slice{{cpuPPC, 0x100, 0x300}, {cpuPPC, 0x200, 0x200}},
			false, nil,
		},
		{"a cut header", universal(2, [2]uint32{8, 0x10})[:0x20], []Slice{{cpuPPC, 8, 0x10}}, true, nil},
		{"a count of Java's versions", universal(50), nil, false, ErrNotUniversal},
		{"none", universal(0), nil, false, nil},
		{"another magic", make([]byte, 100), nil, false, ErrNotUniversal},
		{"too short", []byte{0xca, 0xfe, 0xba, 0xbe}, nil, false, ErrNotUniversal},
	} {
		got, broken, err := Slices(input.Bytes(tc.data))
		if broken != tc.broken || !errors.Is(err, tc.err) {
			t.Errorf("%s: broken %v, error %v", tc.name, broken, err)
		}
		if len(got) != len(tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
			continue
		}
		for i := range got {
			if got[i] != tc.want[i] {
				t.Errorf("%s: got %v, want %v", tc.name, got[i], tc.want[i])
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, wide := range []bool{false, true} {
		m := standard()
		m.wide = wide
		f.Add(m.bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) { check(t, b) })
}

func FuzzSlices(f *testing.F) {
	f.Add(universal(2, [2]uint32{0x100, 0x80}))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _, err := Slices(input.Bytes(b))
		if err != nil && !errors.Is(err, ErrNotUniversal) {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.Offset < 0 || s.Size < 0 || s.Offset+s.Size > int64(len(b)) {
				t.Fatalf("%+v outside %d bytes", s, len(b))
			}
		}
	})
}
