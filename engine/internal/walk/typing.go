package walk

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/filetype"
	"gclam/engine/internal/input"
	"gclam/engine/internal/match"
)

// typeOf decides the type of a layer from its start.
func (s *scan) typeOf(l *layer) cltype.Type {
	head, _ := l.view.Window(0, filetype.WindowSize)
	t, ok := s.w.types.Fixed(head)
	if !ok {
		t = filetype.Text(head)
	}
	switch t {
	case cltype.BinaryData:
		if tar, ok := filetype.Tar(head); ok {
			return tar
		}
	case cltype.ZIP:
		return filetype.OOXML(l.view)
	}
	if t == cltype.BinaryData || t.IsText() {
		return s.typeByPattern(head, t)
	}
	return t
}

// typeByPattern runs the pattern definitions over the start of an object.
func (s *scan) typeByPattern(head []byte, t cltype.Type) cltype.Type {
	if p := s.bestPattern(head, t); p != t {
		return p
	}
	if ascii, ok := squeeze(head); ok && s.bestPattern(ascii, cltype.TextASCII) == cltype.HTML {
		return cltype.HTMLUTF16
	}
	if ascii, ok := fromUnicode(head); ok && s.bestPattern(ascii, cltype.TextASCII) == cltype.HTML {
		return cltype.HTML
	}
	return t
}

// bestPattern returns the highest type among the patterns found in a window,
// or t. Self-extracting archives do not count here.
func (s *scan) bestPattern(window []byte, t cltype.Type) cltype.Type {
	obj := &match.Object{Buf: window, Recognise: true, Type: t}
	best := t
	for _, f := range s.w.matcher.Run(obj, &match.Options{}, func(match.Hit) bool { return true }) {
		switch f.Type {
		case cltype.ZIPSFX, cltype.ARJSFX, cltype.RARSFX, cltype.EGGSFX, cltype.CABSFX, cltype.SevenZipSFX:
			continue
		case cltype.Ignored:
			return f.Type
		}
		if f.Type > best || best == t {
			best = f.Type
		}
	}
	return best
}

// retype scans the same bytes again as another type, one level deeper.
func (s *scan) retype(l *layer, v input.View, t cltype.Type) {
	c := l.child(l.name, v)
	c.path = l.path
	c.typ, c.forced = t, true
	s.push(c)
}
