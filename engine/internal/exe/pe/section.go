package pe

import (
	"bytes"

	"gclam/engine/internal/exe"
)

const (
	usualAlignment  = 0x200
	subsystemNative = 1
	negative        = 0x80000000 // bit 31: ClamAV refuses such sizes and addresses
)

// sections reads and rounds the section table. It returns why the file is
// broken, or "".
func (p *parser) sections(h *exe.PEHeader) string {
	n := int64(h.NumberOfSections)
	table, ok := p.exact(h.SectionTable, n*sectionSize)
	if !ok {
		return "pe: section table cut"
	}
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
	lost, outside := make([]bool, n), 0
	for i, s := range stored {
		b := table[i*sectionSize : (i+1)*sectionSize]
		out[i], lost[i] = p.round(s, falign, h.SectionAlignment)
		switch {
		case lost[i]:
			outside++
		case s.VirtualAddress|s.VirtualSize >= negative, out[i].RawSize == 0 && s.RawSize >= negative:
			return "pe: section field has bit 31 set"
		}
		out[i].Name = string(bytes.TrimRight(b[:8], "\x00"))
		out[i].Flags = u32(b, 36)
	}
	if outside == len(out) {
		return "pe: all sections outside the file"
	}
	p.facts.Sections = out
	p.placement(h, lost)
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

// round applies ClamAV's rounding to one section and cuts it to the file. It
// tells whether the section has data but starts beyond the end of the file.
func (p *parser) round(s exe.StoredSection, falign, salign uint32) (out exe.Section, outside bool) {
	out = exe.Section{
		Raw: down(s.Raw, falign), RawSize: up(s.RawSize, falign),
		VirtualAddress: down(s.VirtualAddress, salign), VirtualSize: up(s.VirtualSize, salign),
		Stored: s,
	}
	size, data := p.in.Size(), int64(s.RawSize)
	switch {
	case out.RawSize == 0:
	case out.Raw >= size || int64(s.Raw) >= size:
		out.RawSize, data, outside = 0, 0, true
	default:
		out.RawSize = min(out.RawSize, size-out.Raw)
		data = min(data, size-int64(s.Raw))
	}
	// A section without a size in memory is as large as its data that exists.
	if out.VirtualSize == 0 && out.RawSize != 0 {
		out.VirtualSize = up(uint32(data), salign)
	}
	return out, outside
}

// alignments notes values that only strict mode refuses. Native programs
// (drivers) may have any.
func (p *parser) alignments(h *exe.PEHeader) {
	if h.Subsystem == subsystemNative {
		return
	}
	if h.SectionAlignment == 0 || h.SectionAlignment%0x1000 != 0 {
		p.facts.Suspicious("pe: bad section alignment")
	}
	if h.FileAlignment == 0 || h.FileAlignment%usualAlignment != 0 {
		p.facts.Suspicious("pe: bad file alignment")
	}
}

// placement notes sections in places that only strict mode refuses: each must
// start where the one before ends in memory, the first after the headers.
// Sections outside the file (lost) do not take part.
func (p *parser) placement(h *exe.PEHeader, lost []bool) {
	next := h.Span()
	for i, s := range p.facts.Sections {
		if lost[i] {
			continue
		}
		if h.SectionAlignment != 0 && s.Stored.VirtualAddress%h.SectionAlignment != 0 {
			p.facts.Suspicious("pe: misaligned section")
		}
		if s.VirtualAddress != next {
			p.facts.Suspicious("pe: misplaced section")
		}
		next = s.VirtualAddress + s.VirtualSize
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

// up rounds v up to a multiple of align. It wraps to 0 at 32 bits, as ClamAV's
// rounding does: a section of almost 4 GiB counts as empty there.
func up(v, align uint32) int64 {
	if align == 0 || v%align == 0 {
		return int64(v)
	}
	return int64(v - v%align + align)
}
