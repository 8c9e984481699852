package html

import (
	"bytes"

	"gclam/engine/internal/normal/script"
)

// scripts collects the scripts of a page and normalises each when it ends.
type scripts struct {
	open bool
	over bool // the end tag was seen; white space after it still belongs to raw
	raw  []byte
	cuts []int // offsets in raw where the page was cut within a word
	out  []byte
}

func (s *scripts) start() {
	s.open = true
	s.raw, s.cuts = s.raw[:0], s.cuts[:0]
}

// see takes the next byte of the page and reports whether it was kept.
func (s *scripts) see(c byte) bool {
	if !s.open {
		return false
	}
	if s.over && !isSpace(c) {
		s.close()
		return false
	}
	s.raw = append(s.raw, c)
	return true
}

// cut notes that the page is cut here.
func (s *scripts) cut() {
	if s.open {
		s.cuts = append(s.cuts, len(s.raw))
	}
}

// close ends the script, if one is open.
func (s *scripts) close() {
	if !s.open {
		return
	}
	s.open, s.over = false, false
	if len(s.out) > 0 {
		s.out = append(s.out, '\n')
	}
	s.out = append(s.out, "<script>"...)
	start := len(s.out)
	s.out = script.Normalize(s.out, s.raw, s.cuts)
	if !bytes.HasSuffix(s.out[start:], []byte("</script>")) {
		s.out = append(s.out, "</script>"...)
	}
}

// closeContent leaves script or style content at a closing tag.
func (m *machine) closeContent() {
	switch {
	case string(m.tag) == "/script":
		m.script.over = m.script.open
	case m.content == inStyle && string(m.tag) == "/style":
	default:
		return
	}
	m.content = inPage
}

// tagEnd gives a complete tag its effect.
func (m *machine) tagEnd() {
	m.st, m.skip = stText, true
	if m.content != inPage {
		return
	}
	switch string(m.tag) {
	case "a":
		m.noTags.link(m.href)
	case "img":
		m.noTags.link(m.src)
	case "script":
		m.content = inScript
		m.script.start()
	case "style":
		m.content = inStyle
	}
}
