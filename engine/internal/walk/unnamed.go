package walk

import (
	"bytes"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/input"
)

// unnamed lists formats that parsers know and no file type definition leads to,
// by what is at an offset. ClamAV does not open them.
var unnamed = []struct {
	at    int64
	magic string
	t     cltype.Type
}{
	{1024, "H+\x00\x04", cltype.PartHFSPlus}, // a volume without a partition table
	{1024, "HX\x00\x05", cltype.PartHFSPlus},
	{0, "\x7a\x1a\x20\x10", cltype.SIS}, // Symbian OS 9
}

// openUnnamed runs the parser of such a format. The layer's type stays, so that
// no signature for it is lost.
func (s *scan) openUnnamed(l *layer) {
	if l.forced || l.typ != cltype.BinaryData && !l.typ.IsText() {
		return
	}
	for _, u := range unnamed {
		w, err := l.view.Window(u.at, int64(len(u.magic)))
		if err == nil && string(w) == u.magic {
			s.guard(l, u.t.Short(), func() { s.unpack(l, u.t) })
			return
		}
	}
}

// openISO opens an image that may hold an ISO 9660 tree and a UDF tree. As a rule
// both lead to the same files, but what is in the second only is what today's
// systems show. ClamAV looks at the first only.
func (s *scan) openISO(l *layer) {
	if l.typ == cltype.ISO9660 {
		return
	}
	l.given = map[place]bool{}
	s.become(l, cltype.ISO9660)
	const descriptors, size = 16 * 2048, 64 << 10
	w, err := l.view.Window(descriptors, size)
	if err == nil && bytes.Contains(w, []byte("\x00BEA01\x01")) && !s.stop() {
		s.guard(l, cltype.UDF.Short(), func() { s.unpack(l, cltype.UDF) })
	}
	l.given = nil
}

// place identifies a part of a layer's bytes.
type place struct {
	first *byte
	size  int64
}

// repeated tells whether a part of a layer has been handed over before, where
// that is being recorded.
func (l *layer) repeated(v input.View) bool {
	if l.given == nil || !v.InMemory() {
		return false
	}
	w, err := v.Window(0, 1)
	if err != nil || len(w) == 0 {
		return false
	}
	p := place{&w[0], v.Size()}
	seen := l.given[p]
	l.given[p] = true
	return seen
}
