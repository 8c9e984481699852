package walk

import (
	"bytes"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/exe/pe"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
	"gclam/engine/internal/match"
)

// maxEmbedded is how many embedded objects of one layer are looked at; ZIP local
// headers are bounded by MaxFiles instead (observed with clamscan 1.4.6).
const maxEmbedded = 10

// embedded handles what recognition found inside a layer.
func (s *scan) embedded(l *layer, found []match.TypeFound) {
	best := s.relevant(l, &found)
	for _, f := range found {
		if s.stop() {
			return
		}
		if s.retyped(l, f) || l.window {
			continue
		}
		if s.embeddedChild(l, f) {
			break
		}
	}
	if s.stop() {
		return
	}
	if !l.window {
		s.openUnnamed(l)
	}
	switch best {
	case cltype.HTML:
		if (l.typ == cltype.TextASCII || l.typ == cltype.GIF) && !parentIs(l, cltype.AutoIt) {
			l.page = true
			s.html(l)
		}
	case cltype.Mail:
		if l.typ == cltype.TextASCII {
			s.unpack(l, cltype.Mail)
		}
	}
}

func parentIs(l *layer, t cltype.Type) bool { return l.parent != nil && l.parent.typ == t }

// relevant filters the list by the rules of recognition and returns the highest
// type.
func (s *scan) relevant(l *layer, found *[]match.TypeFound) cltype.Type {
	best, n := l.typ, 0
	var keep []match.TypeFound
	files := s.budget.Limits().Files
	for _, f := range *found {
		if f.Offset == 0 {
			continue
		}
		listed := f.Type == cltype.MBR || f.Type >= cltype.SFX ||
			f.Type == cltype.MSEXE && (l.typ == cltype.MSEXE || l.typ == cltype.ZIP || l.typ == cltype.MSOLE2)
		if f.Type > best && f.Type >= cltype.MBR {
			best = f.Type
		}
		if !listed {
			continue
		}
		if wholeLayer(f.Type) {
			// ClamAV counts these, too, so that ten marks of archives hide an image.
			if !holds(keep, f.Type) {
				keep = append(keep, f)
			}
			continue
		}
		if f.Type == cltype.ZIPSFX {
			if files > 0 && len(keep) > files {
				continue
			}
		} else if n++; n > maxEmbedded {
			continue
		}
		keep = append(keep, f)
	}
	*found = keep
	return best
}

// wholeLayer tells whether a type is that of a disk image, which the layer as a
// whole becomes.
func wholeLayer(t cltype.Type) bool {
	return t == cltype.DMG || t == cltype.ISO9660 || t == cltype.UDF
}

func holds(list []match.TypeFound, t cltype.Type) bool {
	for _, f := range list {
		if f.Type == t {
			return true
		}
	}
	return false
}

// retyped handles types that make the layer itself something else.
func (s *scan) retyped(l *layer, f match.TypeFound) bool {
	switch f.Type {
	case cltype.MHTML, cltype.XDP, cltype.XMLWord, cltype.XMLXL, cltype.XMLHWP:
		if l.typ.IsText() || l.typ == cltype.BinaryData {
			s.become(l, f.Type)
		}
		return true
	case cltype.DMG:
		s.become(l, f.Type)
		return true
	case cltype.ISO9660:
		s.openISO(l)
		return true
	case cltype.UDF:
		s.become(l, f.Type)
		return true
	case cltype.MBR:
		s.becomeMBR(l)
		return true
	}
	return false
}

// become changes the type of a layer and runs that type's parser on it.
func (s *scan) become(l *layer, t cltype.Type) {
	if l.typ == t || s.w.unpackers[t] == nil || !s.enabled(t) {
		return
	}
	l.typ = t
	s.guard(l, t.Short(), func() { s.unpack(l, t) })
}

// becomeMBR opens a master boot record, or the GPT it protects.
func (s *scan) becomeMBR(l *layer) {
	const firstEntry, typeAt = 446, 4
	b, _ := l.view.Window(firstEntry+typeAt, 1)
	if len(b) == 1 && (b[0] == 0xee || b[0] == 0xed) {
		s.become(l, cltype.GPT)
		return
	}
	s.become(l, cltype.MBR)
}

// embeddedChild scans an object found at an offset; true ends the list.
func (s *scan) embeddedChild(l *layer, f match.TypeFound) bool {
	off := int64(f.Offset)
	rest := func(from int64) input.View { return l.view.Section(from, l.size-from) }
	inPE := l.typ == cltype.MSEXE
	switch f.Type {
	case cltype.ZIPSFX:
		if l.typ != cltype.ZIP {
			s.windowWith(l, rest(off), cltype.ZIP, s.w.unpackers[cltype.ZIPSFX], "ZIPSFX")
		}
	case cltype.RARSFX:
		if l.typ != cltype.RAR {
			s.window(l, rest(off), cltype.RAR, "RARSFX")
		}
	case cltype.CABSFX:
		if l.typ != cltype.MSCAB {
			s.window(l, rest(off), cltype.MSCAB, "CABSFX")
		}
	case cltype.ARJSFX:
		if l.typ != cltype.ARJ {
			s.window(l, rest(off), cltype.ARJ, "ARJSFX")
		}
	case cltype.SevenZipSFX:
		if l.typ != cltype.SevenZip {
			s.window(l, rest(off), cltype.SevenZip, "7ZSFX")
		}
	case cltype.EGGSFX:
		if l.typ != cltype.EGG {
			s.window(l, rest(off), cltype.EGG, "EGGSFX")
		}
	case cltype.NulSft:
		if inPE && off > 4 {
			s.window(l, rest(off-4), cltype.NulSft, "NULSFT")
		}
	case cltype.AutoIt:
		if inPE {
			s.window(l, rest(off+23), cltype.AutoIt, "AUTOIT")
		}
	case cltype.IShieldMSI:
		if inPE {
			s.window(l, rest(off+14), cltype.IShieldMSI, "ISHIELD_MSI")
		}
	case cltype.MSEXE:
		return s.embeddedPE(l, off)
	}
	return false
}

// window opens a part of a layer as a container of its own. It takes a level of
// the stack but is not charged: it has no bytes of its own.
func (s *scan) window(l *layer, v input.View, t cltype.Type, name string) {
	s.windowWith(l, v, t, s.w.unpackers[t], name)
}

func (s *scan) windowWith(l *layer, v input.View, t cltype.Type, u format.Unpacker, name string) {
	if v.Size() <= minObject || !s.enabled(t) || u == nil {
		return
	}
	if l.depth+1 >= max(s.budget.Limits().Depth, 1) {
		s.budget.Hit(limit.Recursion)
		return
	}
	c := l.child(name, v)
	c.typ, c.forced, c.window = t, true, true
	if b, err := c.bytes(); err != nil || len(b) == 0 {
		return
	}
	s.guard(c, t.Short(), func() { s.unpackWith(c, u) })
}

// embeddedPE scans an executable inside another one, an archive or a compound
// document. Once one is found the list ends: others lie inside of it.
func (s *scan) embeddedPE(l *layer, off int64) bool {
	v := l.view.Section(off, l.size-off)
	if most := s.budget.Limits().EmbedPE; most > 0 && v.Size() > most {
		return false
	}
	b, err := v.All()
	if err != nil || !bytes.HasPrefix(b, []byte("MZ")) || !pe.Valid(b) {
		return false
	}
	c := l.child("embedded.exe", input.Bytes(b))
	c.typ, c.forced = cltype.MSEXE, true
	s.push(c)
	return true
}
