package walk

import (
	"errors"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/all"
	"gclam/engine/internal/limit"
)

// preRaw runs the parsers that come before a layer's own bytes are matched.
func (s *scan) preRaw(l *layer) {
	if s.content(l); s.stop() {
		return
	}
	switch l.typ {
	case cltype.HTML, cltype.HTMLUTF16:
		s.html(l)
		return
	case cltype.Script:
		s.script(l)
		return
	case cltype.MachOUniBin:
		s.universal(l)
		return
	case cltype.PDF, cltype.MSEXE, cltype.ELF, cltype.MachO:
		return // after the raw pass
	}
	s.unpack(l, l.typ)
}

// unpack runs the container parser of a type on a layer.
func (s *scan) unpack(l *layer, t cltype.Type) {
	if u := s.w.unpackers[t]; u != nil && s.enabled(t) {
		s.unpackWith(l, u)
	}
}

func (s *scan) unpackWith(l *layer, u format.Unpacker) {
	err := u.Unpack(s.ctx, l.view, s.budget, &sink{s, l})
	if err != nil && !errors.Is(err, limit.ErrStop) {
		s.fact(l, string(format.Damaged), -1, err.Error())
	}
}

// untyped opens compressed streams for which ClamAV has no type. It comes last,
// so that what ClamAV sees is not limited by what it does not.
func (s *scan) untyped(l *layer) {
	head, _ := l.view.Window(0, all.UntypedHead)
	if u := all.Untyped(head); u != nil && !s.opt.Parse.NoArchive {
		s.unpackWith(l, u)
	}
}

// gate is the option and the database switch that a type's parser needs.
type gate struct {
	off   func(*Parse) bool
	group string
	bit   uint32
}

func archive(bit uint32) gate {
	return gate{func(p *Parse) bool { return p.NoArchive }, "ARCHIVE", bit}
}

// gates lists the switches by type; a type that is not listed is always opened.
var gates = map[cltype.Type]gate{
	cltype.RAR: archive(0x1), cltype.ZIP: archive(0x2), cltype.OOXMLWord: archive(0x2), cltype.OOXMLPPT: archive(0x2),
	cltype.OOXMLXL: archive(0x2), cltype.OOXMLHWP: archive(0x2), cltype.GZ: archive(0x4), cltype.BZ: archive(0x8),
	cltype.MSSZDD: archive(0x10), cltype.MSCAB: archive(0x20), cltype.MSCHM: archive(0x40), cltype.POSIXTar: archive(0x100),
	cltype.OldTar: archive(0x100), cltype.BinHex: archive(0x200), cltype.SIS: archive(0x400), cltype.NulSft: archive(0x800),
	cltype.ARJ: archive(0x1000), cltype.AutoIt: archive(0x2000), cltype.CPIOOld: archive(0x4000), cltype.CPIOODC: archive(0x4000),
	cltype.CPIONewc: archive(0x4000), cltype.CPIOCRC: archive(0x4000), cltype.IShieldMSI: archive(0x8000),
	cltype.SevenZip: archive(0x10000), cltype.ISO9660: archive(0x20000), cltype.DMG: archive(0x40000), cltype.XAR: archive(0x80000),
	cltype.PartHFSPlus: archive(0x100000), cltype.XZ: archive(0x200000), cltype.MBR: archive(0x800000), cltype.GPT: archive(0x1000000),
	cltype.APM: archive(0x2000000), cltype.EGG: archive(0x4000000), cltype.UDF: archive(0x8000000), cltype.LHA: archive(0x10000000),
	cltype.ALZ:    archive(0x20000000),
	cltype.RTF:    {func(p *Parse) bool { return p.NoArchive }, "DOCUMENT", 0x2},
	cltype.MSOLE2: {func(p *Parse) bool { return p.NoOLE2 }, "ARCHIVE", 0x80}, cltype.HWPOLE2: {func(p *Parse) bool { return p.NoOLE2 }, "ARCHIVE", 0x80},
	cltype.PDF: {func(p *Parse) bool { return p.NoPDF }, "DOCUMENT", 0x4}, cltype.XDP: {func(p *Parse) bool { return p.NoPDF }, "DOCUMENT", 0x4},
	cltype.SWF: {func(p *Parse) bool { return p.NoSWF }, "DOCUMENT", 0x40}, cltype.OneNote: {func(p *Parse) bool { return p.NoOneNote }, "DOCUMENT", 0x400},
	cltype.HWP3: {func(p *Parse) bool { return p.NoHWP3 }, "DOCUMENT", 0x200}, cltype.XMLWord: {func(p *Parse) bool { return p.NoXMLDocs }, "DOCUMENT", 0x80},
	cltype.XMLXL: {func(p *Parse) bool { return p.NoXMLDocs }, "DOCUMENT", 0x80}, cltype.XMLHWP: {func(p *Parse) bool { return p.NoXMLDocs }, "DOCUMENT", 0x80},
	cltype.Mail: {func(p *Parse) bool { return p.NoMail }, "MAIL", 0x1}, cltype.MHTML: {func(p *Parse) bool { return p.NoMail }, "MAIL", 0x1},
	cltype.TNEF: {func(p *Parse) bool { return p.NoMail }, "MAIL", 0x2}, cltype.UUEncoded: {nil, "OTHER", 0x1},
	cltype.ScrEnc: {nil, "OTHER", 0x2}, cltype.CryptFF: {nil, "OTHER", 0x10},
}

// enabled tells whether options and database let a type be opened.
func (s *scan) enabled(t cltype.Type) bool {
	g, ok := gates[t]
	if !ok {
		return true
	}
	if g.off != nil && g.off(&s.opt.Parse) {
		return false
	}
	return s.on(g.group, g.bit)
}
