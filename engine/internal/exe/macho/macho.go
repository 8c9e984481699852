package macho

import (
	"encoding/binary"
	"errors"
	"math"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
)

// ErrNotMachO tells that the object is not a (thin) Mach-O file, or is cut inside
// its header.
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

// CPU types whose initial registers are read (<mach/machine.h>), with the size of
// their thread state in bytes. Only of the PowerPC types the entry point is taken,
// the first register of the state; clamscan 1.4.6 was observed to find none in
// the others.
const (
	cpuX86     = 7
	cpuPPC     = 18
	cpuPPC64   = 0x01000012
	stateX86   = 64
	statePPC   = 160
	statePPC64 = 312
	flavorSize = 8 // flavour and count, before the state
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
	entry uint64 // address, 0 when none was found
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
		return nil, ErrNotMachO
	}
	reason, err := p.commands(p.order.Uint32(b[4:]), int64(p.order.Uint32(b[16:])))
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return p.facts.Break(reason), nil
	}
	if !p.mapEntry() {
		return p.facts.Lose("macho: entry point outside the sections"), nil
	}
	return p.facts, nil
}

// commands walks the load commands. A command that is understood is taken to be
// as long as its contents, whatever its size field says, as in ClamAV.
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
		length, reason := max(size, commandSize), ""
		switch {
		case kind == segment32 && !p.wide, kind == segment64 && p.wide:
			length, reason, err = p.readSegment(at)
		case kind == unixThread:
			length, reason, err = p.thread(at, cpu, length)
		}
		if reason != "" || err != nil {
			return reason, err
		}
		at += length
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

// readSegment reads one segment command and its sections, and returns its length.
func (p *parser) readSegment(at int64) (length int64, reason string, err error) {
	b, err := p.in.Window(at, p.segment)
	if err != nil {
		return 0, "", err
	}
	if int64(len(b)) < p.segment {
		return 0, "macho: segment cut", nil
	}
	n := int64(p.order.Uint32(b[p.nsects:]))
	if n > maxSections {
		return 0, "macho: too many sections", nil
	}
	table, err := p.in.Window(at+p.segment, n*p.section)
	if err != nil {
		return 0, "", err
	}
	for i := range n {
		s, ok := bytesx.Slice(table, i*p.section, p.section)
		if !ok {
			return 0, "macho: sections cut", nil
		}
		if reason := p.readSection(s); reason != "" {
			return 0, reason, nil
		}
	}
	return p.segment + n*p.section, "", nil
}

// readSection adds one section. Its size in the file is rounded up to its
// alignment; what does not fit 32 bits then is malformed.
func (p *parser) readSection(s []byte) string {
	exponent, size := p.order.Uint32(s[p.align:]), p.value(s, p.size)
	if exponent >= maxAlign {
		return "macho: bad section alignment"
	}
	align := uint64(1) << exponent
	raw := (size + align - 1) &^ (align - 1)
	if size > math.MaxUint32 || raw > math.MaxUint32 {
		return "macho: bad section size"
	}
	p.facts.Sections = append(p.facts.Sections, exe.Section{
		Name: name(s[:16]), VirtualAddress: clip(p.value(s, p.addr)), VirtualSize: int64(size),
		Raw: int64(p.order.Uint32(s[p.offset:])), RawSize: int64(raw),
	})
	return ""
}

// thread reads the entry address from the initial register set. length is that
// of the command, for CPUs that are not understood.
func (p *parser) thread(at int64, cpu uint32, length int64) (int64, string, error) {
	var state, word int64
	switch cpu {
	case cpuX86:
		state = stateX86
	case cpuPPC:
		state, word = statePPC, 4
	case cpuPPC64:
		state, word = statePPC64, 8
	default:
		return length, "", nil
	}
	const head = commandSize + flavorSize
	b, err := p.in.Window(at+head, state)
	if err != nil {
		return 0, "", err
	}
	if int64(len(b)) < state {
		return 0, "macho: thread state cut", nil
	}
	switch word {
	case 4:
		p.entry = uint64(p.order.Uint32(b))
	case 8:
		p.entry = p.order.Uint64(b)
	}
	return head + state, "", nil
}

// mapEntry turns the entry address into a file offset; false when no section
// holds it.
func (p *parser) mapEntry() bool {
	p.facts.Entry = 0
	if p.entry == 0 {
		return true
	}
	v := clip(p.entry)
	for _, s := range p.facts.Sections {
		if v >= s.VirtualAddress && v-s.VirtualAddress < s.VirtualSize {
			p.facts.Entry = v - s.VirtualAddress + s.Raw
			return true
		}
	}
	return false
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
