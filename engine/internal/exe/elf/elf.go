package elf

import (
	"encoding/binary"
	"errors"

	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
)

// ErrNotELF tells that the object is not an ELF file or too short to have a
// header. It is matched as plain data, without alert.
var ErrNotELF = errors.New("elf: no ELF header")

// Caps, as ClamAV has them.
const (
	maxSegments = 128
	maxSections = 2048
)

// Offsets of the identification bytes (System V ABI, ELF header).
const (
	shortestHeader = 52 // the 32-bit one
	classAt        = 4
	dataAt         = 5
	class32        = 1
	class64        = 2
	littleEndian   = 1
)

// tooManySections is the one defect that is not reported as a broken file.
const tooManySections = "elf: too many sections"

// layout has what differs between the two classes: sizes and field offsets.
type layout struct {
	header, segment, section           int64
	entry, phoff, shoff                int64
	phentsize, phnum, shentsize, shnum int64
	pOffset, pVaddr, pFilesz, pMemsz   int64
	sAddr, sOffset, sSize              int64
	word                               func(binary.ByteOrder, []byte) uint64
}

func word32(o binary.ByteOrder, b []byte) uint64 { return uint64(o.Uint32(b)) }
func word64(o binary.ByteOrder, b []byte) uint64 { return o.Uint64(b) }

func layout32() layout {
	return layout{
		header: 52, segment: 32, section: 40, entry: 24, phoff: 28, shoff: 32,
		phentsize: 42, phnum: 44, shentsize: 46, shnum: 48,
		pOffset: 4, pVaddr: 8, pFilesz: 16, pMemsz: 20,
		sAddr: 12, sOffset: 16, sSize: 20, word: word32,
	}
}

func layout64() layout {
	return layout{
		header: 64, segment: 56, section: 64, entry: 24, phoff: 32, shoff: 40,
		phentsize: 54, phnum: 56, shentsize: 58, shnum: 60,
		pOffset: 8, pVaddr: 16, pFilesz: 32, pMemsz: 40,
		sAddr: 16, sOffset: 24, sSize: 32, word: word64,
	}
}

// parser is the state of one Parse.
type parser struct {
	layout
	in     input.View
	order  binary.ByteOrder
	header []byte
	facts  *exe.Facts
}

// Parse reads the layout of in. A damaged file gives Facts with Broken set.
func Parse(in input.View) (*exe.Facts, error) {
	ident, err := in.Window(0, shortestHeader)
	if err != nil {
		return nil, err
	}
	if len(ident) < shortestHeader || string(ident[:4]) != "\x7fELF" {
		return nil, ErrNotELF
	}
	p := &parser{in: in, order: binary.LittleEndian, facts: exe.New(exe.ELF)}
	switch ident[classAt] {
	case class32:
		p.layout = layout32()
	case class64:
		p.layout, p.facts.Is64 = layout64(), true
	default:
		return p.facts.Break("elf: unknown class"), nil
	}
	// Anything but 1 is big-endian to ClamAV.
	if ident[dataAt] != littleEndian {
		p.order = binary.BigEndian
	}
	p.header, err = in.Window(0, p.layout.header)
	if err != nil {
		return nil, err
	}
	if int64(len(p.header)) < p.layout.header {
		return nil, ErrNotELF
	}
	reason, err := p.segments()
	if reason == "" && err == nil {
		reason, err = p.sections()
	}
	if err != nil {
		return nil, err
	}
	switch {
	case reason == tooManySections:
		return p.facts.Lose(reason), nil
	case reason != "":
		return p.facts.Break(reason), nil
	}
	return p.facts, nil
}

func (p *parser) half(b []byte, at int64) int64   { return int64(p.order.Uint16(b[at:])) }
func (p *parser) value(b []byte, at int64) uint64 { return p.word(p.order, b[at:]) }

// segments reads the program headers and maps the entry point to the file.
func (p *parser) segments() (string, error) {
	n := p.half(p.header, p.phnum)
	entry := p.value(p.header, p.entry)
	if n > maxSegments {
		return "elf: too many program headers", nil
	}
	p.facts.Entry = 0
	// Without an entry point the program headers are not looked at.
	if n == 0 || entry == 0 {
		return "", nil
	}
	if p.half(p.header, p.phentsize) != p.segment {
		return "elf: bad size of a program header", nil
	}
	table, err := p.table(p.value(p.header, p.phoff), n*p.segment)
	if err != nil {
		return "", err
	}
	if table == nil {
		return "elf: program headers cut", nil
	}
	for i := range n {
		s := table[i*p.segment:]
		start, size := p.value(s, p.pVaddr), p.value(s, p.pMemsz)
		if entry >= start && entry-start < size {
			p.facts.Entry = int64((entry - start + p.value(s, p.pOffset)) & (1<<63 - 1))
			return "", nil
		}
	}
	return "elf: entry point outside the segments", nil
}

// sections reads the section table.
func (p *parser) sections() (string, error) {
	n := p.half(p.header, p.shnum)
	if n > maxSections {
		return tooManySections, nil
	}
	if p.half(p.header, p.shentsize) != p.section {
		return "elf: bad size of a section header", nil
	}
	if n == 0 {
		return "", nil
	}
	table, err := p.table(p.value(p.header, p.shoff), n*p.section)
	if err != nil {
		return "", err
	}
	if table == nil {
		return "elf: section headers cut", nil
	}
	out := make([]exe.Section, n)
	for i := range out {
		s := table[int64(i)*p.section:]
		out[i] = exe.Section{
			Raw: clip(p.value(s, p.sOffset)), RawSize: clip(p.value(s, p.sSize)),
			VirtualAddress: clip(p.value(s, p.sAddr)), VirtualSize: clip(p.value(s, p.sSize)),
			Flags: p.order.Uint32(s[8:]),
		}
	}
	p.facts.Sections = out
	return "", nil
}

// table reads n bytes at off, nil when they are not all there.
func (p *parser) table(off uint64, n int64) ([]byte, error) {
	b, err := p.in.Window(clip(off), n)
	if err != nil || int64(len(b)) < n {
		return nil, err
	}
	return b, nil
}

// clip keeps 64-bit fields inside the positive int64 range.
func clip(v uint64) int64 { return int64(min(v, 1<<63-1)) }
