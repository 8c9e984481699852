package pe

import (
	"bytes"

	"gclam/engine/internal/exe"
)

const (
	usualAlignment = 0x200
	negative       = 0x80000000 // bit 31: ClamAV refuses such sizes and addresses
)

// sections reads and rounds the section table. It returns why the file is
// broken, or "".
func (p *parser) sections(h *exe.PEHeader) string {
	n := int64(h.NumberOfSections)
	table, ok := p.exact(h.SectionTable, n*sectionSize)
	if !ok {
		return "pe: section table cut"
	}
	p.alignments(h)
	stored := make([]exe.StoredSection, n)
	for i := range stored {
		b := table[i*sectionSize : (i+1)*sectionSize]
		stored[i] = exe.StoredSection{
			VirtualSize: u32(b, 8), VirtualAddress: u32(b, 12),
			RawSize: u32(b, 16), Raw: u32(b, 20),
		}
	}
	falign := fileAlignment(h.FileAlignment, stored)
	out := make([]exe.Section, n)
	outside := 0
	for i, s := range stored {
		b := table[i*sectionSize : (i+1)*sectionSize]
		if s.Raw|s.RawSize|s.VirtualAddress|s.VirtualSize >= negative {
			return "pe: section field has bit 31 set"
		}
		out[i] = p.round(s, falign, h.SectionAlignment)
		out[i].Name = string(bytes.TrimRight(b[:8], "\x00"))
		out[i].Flags = u32(b, 36)
		if out[i].RawSize == 0 {
			outside++
		}
	}
	if outside == len(out) {
		return "pe: no section has data"
	}
	p.facts.Sections = out
	p.overlay()
	return ""
}

// fileAlignment returns the alignment used for rounding: the header's, or 200h
// when a section with data contradicts the header but obeys 200h.
func fileAlignment(header uint32, s []exe.StoredSection) uint32 {
	if header == usualAlignment {
		return header
	}
	for i := range s {
		if header != 0 && s[i].RawSize != 0 && s[i].Raw%header != 0 && s[i].Raw%usualAlignment == 0 {
			return usualAlignment
		}
	}
	return header
}

// round applies ClamAV's rounding to one section and cuts it to the file.
func (p *parser) round(s exe.StoredSection, falign, salign uint32) exe.Section {
	out := exe.Section{
		Raw: down(s.Raw, falign), RawSize: up(s.RawSize, falign),
		VirtualAddress: down(s.VirtualAddress, salign), VirtualSize: up(s.VirtualSize, salign),
		Stored: s,
	}
	if out.VirtualSize == 0 && out.RawSize != 0 {
		out.VirtualSize = up(s.RawSize, salign)
	}
	size := p.in.Size()
	switch {
	case out.Raw >= size:
		out.RawSize = 0
	case out.RawSize > size-out.Raw:
		out.RawSize = size - out.Raw
	}
	return out
}

// alignments notes values that only strict mode refuses.
func (p *parser) alignments(h *exe.PEHeader) {
	if h.SectionAlignment == 0 || h.SectionAlignment%0x1000 != 0 {
		p.facts.Suspicious("pe: bad section alignment")
	}
	if h.FileAlignment == 0 || h.FileAlignment%usualAlignment != 0 {
		p.facts.Suspicious("pe: bad file alignment")
	}
}

// overlay finds the data behind the section that is last in memory.
func (p *parser) overlay() {
	var end, at int64 = -1, exe.NoOffset
	for _, s := range p.facts.Sections {
		if e := s.VirtualAddress + s.RawSize; e > end {
			end, at = e, s.Raw+s.RawSize
		}
	}
	if at < p.in.Size() {
		p.facts.Overlay = at
	}
}

// down rounds v down to a multiple of align; an alignment of 0 leaves v alone.
func down(v, align uint32) int64 {
	if align == 0 {
		return int64(v)
	}
	return int64(v - v%align)
}

// up rounds v up to a multiple of align.
func up(v, align uint32) int64 {
	if align == 0 || v%align == 0 {
		return int64(v)
	}
	return int64(v-v%align) + int64(align)
}
