package walk

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/heuristic"
)

// media are the checks of pictures with the switch of the database for each.
var media = map[cltype.Type]struct {
	bit   uint32
	check func(b []byte, on heuristic.Continue) string
}{
	cltype.JPEG: {0x8, heuristic.JPEG}, cltype.PNG: {0x800, heuristic.PNG},
	cltype.GIF: {0x1000, heuristic.GIF}, cltype.TIFF: {0x2000, heuristic.TIFF},
}

// Switches of the database in the group OTHER.
const (
	riffBit       = 0x4
	structuredBit = 0x20
	mydoomBit     = 0x40
)

// magistrBit is the switch of the database in the group PE.
const magistrBit = 0x4

// content judges the bytes of a layer without signatures.
func (s *scan) content(l *layer) {
	h := &s.opt.Heuristics
	switch l.typ {
	case cltype.TextASCII:
		if h.Structured != nil && s.on("OTHER", structuredBit) {
			s.heuristics(l, heuristic.Text(l.buf, *h.Structured, s.goOn)...)
		}
	case cltype.RIFF:
		if !h.Off && s.on("OTHER", riffBit) {
			s.heuristics(l, heuristic.RIFF(l.buf, s.goOn))
		}
	case cltype.BinaryData, cltype.TextUTF16BE:
		if !h.Off && s.on("OTHER", mydoomBit) {
			s.heuristics(l, heuristic.Mydoom(l.buf))
		}
	case cltype.JPEG, cltype.PNG, cltype.GIF, cltype.TIFF:
		s.picture(l)
	}
}

// picture checks the structure of a picture. One with a defect has no
// perceptual hash, as in ClamAV.
func (s *scan) picture(l *layer) {
	h, m := &s.opt.Heuristics, media[l.typ]
	if h.Off || !h.BrokenMedia || s.opt.Parse.NoImage || !s.on("OTHER", m.bit) {
		return
	}
	if name := m.check(l.buf, s.goOn); name != "" {
		l.image.done = true
		s.heuristics(l, name)
	}
}

func (s *scan) goOn() bool { return s.budget.Check(s.ctx) == nil }

// heuristics raises the alerts that a check returned; "" is none.
func (s *scan) heuristics(l *layer, names ...string) {
	for _, name := range names {
		if name != "" && !s.stop() {
			s.heuristic(l, name)
		}
	}
}
