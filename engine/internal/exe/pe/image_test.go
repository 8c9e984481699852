package pe

import "encoding/binary"

// image describes a small PE file for tests. Zero values are a well-formed file
// with one section of 200h bytes at 200h, entry point at its start.
type image struct {
	wide            bool
	lfanew          uint32
	characteristics uint16
	subsystem       uint16
	optional        int // -1 for 0
	directories     int // -1 for 0
	directory       map[int][2]uint32
	sectionAlign    uint32
	fileAlign       uint32
	headers         uint32
	entry           uint32
	sections        []rawSection
	count           int // NumberOfSections if not len(sections)
	size            int
	content         map[int][]byte
}

// rawSection is a section header.
type rawSection struct{ vsize, va, rawSize, raw uint32 }

func standard() image {
	return image{
		lfanew: 0x40, characteristics: 0x102, subsystem: 2, directories: 16, sectionAlign: 0x1000, fileAlign: 0x200,
		headers: 0x200, entry: 0x1000, sections: []rawSection{{0x40, 0x1000, 0x200, 0x200}}, size: 0x400,
	}
}

func (m image) bytes() []byte {
	le := binary.LittleEndian
	optional := m.optionalHeader()
	if m.optional > 0 {
		optional = append(optional, make([]byte, 0x200)...)[:m.optional]
	}
	if m.optional < 0 {
		optional = nil
	}
	count := m.count
	if count == 0 {
		count = len(m.sections)
	}
	b := make([]byte, m.lfanew)
	copy(b, "MZ")
	if len(b) >= 0x40 {
		le.PutUint32(b[0x3c:], m.lfanew)
	}
	b = append(b, "PE\x00\x00\x4c\x01"...)
	b = le.AppendUint16(b, uint16(count))
	b = append(b, make([]byte, 12)...)
	b = le.AppendUint16(b, uint16(len(optional)))
	b = le.AppendUint16(b, m.characteristics)
	b = append(b, optional...)
	for _, s := range m.sections {
		b = append(b, ".text\x00\x00\x00"...)
		for _, v := range []uint32{s.vsize, s.va, s.rawSize, s.raw} {
			b = le.AppendUint32(b, v)
		}
		b = append(b, make([]byte, 12)...)
		b = le.AppendUint32(b, 0x60000020)
	}
	if len(b) < m.size {
		b = append(b, make([]byte, m.size-len(b))...)
	}
	b = b[:m.size]
	for at, data := range m.content {
		copy(b[at:], data)
	}
	return b
}

func (m image) optionalHeader() []byte {
	le := binary.LittleEndian
	fixed := optional32Size
	if m.wide {
		fixed = optional64Size
	}
	n := max(m.directories, 0)
	b := make([]byte, fixed+n*directorySize)
	le.PutUint16(b, 0x10b)
	if m.wide {
		le.PutUint16(b, magic64)
	}
	le.PutUint32(b[16:], m.entry)
	le.PutUint32(b[32:], m.sectionAlign)
	le.PutUint32(b[36:], m.fileAlign)
	le.PutUint32(b[60:], m.headers)
	le.PutUint16(b[68:], m.subsystem)
	le.PutUint32(b[fixed-4:], uint32(n))
	for i, d := range m.directory {
		le.PutUint32(b[fixed+8*i:], d[0])
		le.PutUint32(b[fixed+8*i+4:], d[1])
	}
	return b
}

// words packs 32-bit little-endian values.
func words(v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}
