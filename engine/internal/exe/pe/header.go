package pe

import (
	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/exe"
)

// Sizes of the on-disk records (PE/COFF specification, sections 2 to 4).
const (
	fileHeaderSize  = 24 // "PE\0\0" and the COFF header
	optional32Size  = 96 // without the data directories
	optional64Size  = 112
	directorySize   = 8
	sectionSize     = 40
	standardDirs    = 16
	magic64         = 0x20b
	characteristics = 22
	isDLL           = 0x2000
	directoriesCut  = "pe: data directories cut"
)

// headers reads everything up to and including the section table.
func (p *parser) headers() error {
	dos := p.window(0, 64)
	if p.err != nil {
		return p.err
	}
	if len(dos) < 2 || !(dos[0] == 'M' && dos[1] == 'Z' || dos[0] == 'Z' && dos[1] == 'M') {
		return ErrNotPE
	}
	if len(dos) < 64 {
		p.facts.Break("pe: DOS header cut")
		return nil
	}
	at := int64(u32(dos, 0x3c))
	if at == 0 {
		return ErrNotPE
	}
	file, ok := p.exact(at, fileHeaderSize)
	if p.err != nil {
		return p.err
	}
	if !ok || string(file[:4]) != "PE\x00\x00" {
		return ErrNotPE
	}
	h := &exe.PEHeader{
		Offset: at, Machine: u16(file, 4), NumberOfSections: int(u16(file, 6)), TimeDateStamp: u32(file, 8),
		SizeOfOptional: u16(file, 20), Characteristics: u16(file, characteristics),
	}
	p.facts.Header = h
	p.facts.DLL = h.Characteristics&isDLL != 0
	// No upper limit: clamscan 1.4.6 was observed to accept 65,535 sections.
	if h.NumberOfSections == 0 {
		p.facts.Break("pe: no sections")
		return nil
	}
	switch reason := p.optional(h); reason {
	case "":
	case directoriesCut: // a read error to ClamAV, not a broken file
		if !p.opt.Strict || !p.facts.Suspect {
			return ErrNotPE
		}
		p.facts.Break(reason)
		return nil
	default:
		p.facts.Break(reason)
		return nil
	}
	if reason := p.sections(h); reason != "" {
		p.facts.Break(reason)
		return nil
	}
	p.entry(h)
	return nil
}

// optional reads the optional header and its data directories. It returns why
// the file is broken, or "".
func (p *parser) optional(h *exe.PEHeader) string {
	if h.SizeOfOptional < optional32Size {
		return "pe: optional header too small"
	}
	at := h.Offset + fileHeaderSize
	b := p.window(at, int64(h.SizeOfOptional))
	if len(b) < optional32Size {
		return "pe: optional header cut"
	}
	fixed := int64(optional32Size)
	if u16(b, 0) == magic64 {
		p.facts.Is64, fixed = true, optional64Size
	}
	if int64(h.SizeOfOptional) < fixed || int64(len(b)) < fixed {
		return "pe: optional header too small"
	}
	h.LinkerMajor, h.LinkerMinor = b[2], b[3]
	h.EntryRVA = u32(b, 16)
	h.ImageBase = uint64(u32(b, 28))
	if p.facts.Is64 {
		h.ImageBase = u64(b, 24)
	}
	h.SectionAlignment, h.FileAlignment = u32(b, 32), u32(b, 36)
	h.SizeOfImage, h.SizeOfHeaders = u32(b, 56), u32(b, 60)
	h.Subsystem = u16(b, 68)
	h.NumberOfDirectories = u32(b, fixed-4)
	p.alignments(h)
	n := min(int64(h.NumberOfDirectories), standardDirs)
	if int64(h.SizeOfOptional) < fixed+n*directorySize {
		return "pe: data directories do not fit the optional header"
	}
	for i := range n {
		d, ok := bytesx.Slice(b, fixed+i*directorySize, directorySize)
		if !ok {
			return directoriesCut
		}
		h.Directories[i] = exe.Directory{Address: u32(d, 0), Size: u32(d, 4)}
	}
	h.SectionTable = at + int64(h.SizeOfOptional)
	return ""
}

// entry computes the file offset of the entry point; not finding one breaks
// the file, except for a DLL without entry point.
func (p *parser) entry(h *exe.PEHeader) {
	off, ok := p.facts.RawOffset(h.EntryRVA, p.in.Size())
	if !ok {
		p.facts.Break("pe: entry point outside the file")
		return
	}
	p.facts.Entry = off
}
