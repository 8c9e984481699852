package macho

import (
	"encoding/binary"
	"errors"

	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
)

// ErrNotMachO tells that the object is not a (thin) Mach-O file.
var ErrNotMachO = errors.New("macho: no Mach-O header")

// Caps, as ClamAV has them.
const (
	maxCommands = 1024
	maxSections = 255 // of one segment
	maxAlign    = 32  // exponent of a section's alignment
)

// Magic numbers and load commands (Mach-O file format reference).
const (
	magic32     = 0xfeedface
	magic64     = 0xfeedfacf
	header32    = 28
	header64    = 32
	commandSize = 8
	segment32   = 1
	unixThread  = 5
	segment64   = 0x19
)

// CPU types of which the entry point is read (<mach/machine.h>).
const (
	cpuX86     = 7
	cpuX8664   = 0x01000007
	cpuARM     = 12
	cpuARM64   = 0x0100000c
	cpuPPC     = 18
	cpuPPC64   = 0x01000012
	threadHead = 16 // command, size, flavour, count
)

// layout has what differs between 32- and 64-bit segments and sections.
type layout struct {
	header, segment, section       int64
	vmaddr, vmsize, fileoff, fsize int64 // in a segment command
	nsects                         int64
	addr, size, offset, align      int64 // in a section
	wide                           bool
}

func layout32() layout {
	return layout{
		header: header32, segment: 56, section: 68,
		vmaddr: 24, vmsize: 28, fileoff: 32, fsize: 36, nsects: 48,
		addr: 32, size: 36, offset: 40, align: 44,
	}
}

func layout64() layout {
	return layout{
		header: header64, segment: 72, section: 80,
		vmaddr: 24, vmsize: 32, fileoff: 40, fsize: 48, nsects: 64,
		addr: 32, size: 40, offset: 48, align: 52, wide: true,
	}
}

// parser is the state of one Parse.
type parser struct {
	layout
	in    input.View
	order binary.ByteOrder
	facts *exe.Facts
	entry uint64
	found bool // an entry address was found
}

// Parse reads the layout of a thin Mach-O file. A damaged one gives Facts with
// Broken set.
func Parse(in input.View) (*exe.Facts, error) {
	b, err := in.Window(0, header32)
	if err != nil {
		return nil, err
	}
	if len(b) < 4 {
		return nil, ErrNotMachO
	}
	p := &parser{in: in, facts: exe.New(exe.MachO)}
	switch {
	case binary.LittleEndian.Uint32(b) == magic32:
		p.layout, p.order = layout32(), binary.LittleEndian
	case binary.LittleEndian.Uint32(b) == magic64:
		p.layout, p.order = layout64(), binary.LittleEndian
	case binary.BigEndian.Uint32(b) == magic32:
		p.layout, p.order = layout32(), binary.BigEndian
	case binary.BigEndian.Uint32(b) == magic64:
		p.layout, p.order = layout64(), binary.BigEndian
	default:
		return nil, ErrNotMachO
	}
	p.facts.Is64 = p.wide
	if len(b) < header32 {
		return p.facts.Break("macho: header cut"), nil
	}
	reason, err := p.commands(p.order.Uint32(b[4:]), int64(p.order.Uint32(b[16:])))
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return p.facts.Break(reason), nil
	}
	p.mapEntry()
	return p.facts, nil
}

// commands walks the load commands.
func (p *parser) commands(cpu uint32, n int64) (string, error) {
	if n < 1 || n > maxCommands {
		return "macho: bad number of load commands", nil
	}
	at := p.header
	for range n {
		b, err := p.in.Window(at, commandSize)
		if err != nil {
			return "", err
		}
		if len(b) < commandSize {
			return "macho: load command cut", nil
		}
		kind, size := p.order.Uint32(b), int64(p.order.Uint32(b[4:]))
		if size < commandSize {
			return "macho: load command too small", nil
		}
		reason := ""
		switch {
		case kind == segment32 && !p.wide, kind == segment64 && p.wide:
			reason, err = p.readSegment(at)
		case kind == unixThread:
			reason, err = p.thread(at, cpu)
		}
		if reason != "" || err != nil {
			return reason, err
		}
		at += size
	}
	return "", nil
}

// value reads a field of the width of addresses.
func (p *parser) value(b []byte, at int64) uint64 {
	if p.wide {
		return p.order.Uint64(b[at:])
	}
	return uint64(p.order.Uint32(b[at:]))
}

// readSegment reads one segment command and its sections.
func (p *parser) readSegment(at int64) (string, error) {
	b, err := p.in.Window(at, p.segment)
	if err != nil {
		return "", err
	}
	if int64(len(b)) < p.segment {
		return "macho: segment cut", nil
	}
	n := int64(p.order.Uint32(b[p.nsects:]))
	if n > maxSections {
		return "macho: too many sections", nil
	}
	if n == 0 {
		return "", nil
	}
	table, err := p.in.Window(at+p.segment, n*p.section)
	if err != nil {
		return "", err
	}
	if int64(len(table)) < n*p.section {
		return "macho: sections cut", nil
	}
	for i := range n {
		s := table[i*p.section:]
		align := p.order.Uint32(s[p.align:])
		if !p.wide && align >= maxAlign {
			return "macho: bad section alignment", nil
		}
		size := p.value(s, p.size)
		p.facts.Sections = append(p.facts.Sections, exe.Section{
			Name: name(s[:16]), VirtualAddress: clip(p.value(s, p.addr)), VirtualSize: clip(size),
			Raw: int64(p.order.Uint32(s[p.offset:])), RawSize: clip(size),
		})
	}
	return "", nil
}

// thread reads the entry address from the initial register set.
func (p *parser) thread(at int64, cpu uint32) (string, error) {
	var off, size int64
	switch cpu {
	case cpuX86:
		off, size = threadHead+10*4, 4 // eip
	case cpuX8664:
		off, size = threadHead+16*8, 8 // rip
	case cpuPPC:
		off, size = threadHead, 4 // srr0
	case cpuPPC64:
		off, size = threadHead, 8
	case cpuARM:
		off, size = threadHead+15*4, 4 // pc
	case cpuARM64:
		off, size = threadHead+32*8, 8
	default:
		return "", nil
	}
	b, err := p.in.Window(at+off, size)
	if err != nil {
		return "", err
	}
	if int64(len(b)) < size {
		return "macho: thread state cut", nil
	}
	p.found = true
	if size == 8 {
		p.entry = p.order.Uint64(b)
	} else {
		p.entry = uint64(p.order.Uint32(b))
	}
	return "", nil
}

// mapEntry turns the entry address into a file offset.
func (p *parser) mapEntry() {
	if !p.found {
		return
	}
	for _, s := range p.facts.Sections {
		v := clip(p.entry)
		if v >= s.VirtualAddress && v-s.VirtualAddress < s.VirtualSize {
			p.facts.Entry = v - s.VirtualAddress + s.Raw
			return
		}
	}
}

// name cuts a fixed-size name at its first NUL.
func name(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// clip keeps 64-bit fields inside the positive int64 range.
func clip(v uint64) int64 { return int64(min(v, 1<<63-1)) }
