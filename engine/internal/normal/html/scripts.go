package html

import (
	"bytes"

	"gclam/engine/internal/normal/script"
)

// scripts collects the scripts of a page and normalises each when it ends.
type scripts struct {
	open bool
	raw  []byte
	cuts []int // offsets in raw where the page was cut within a word
	out  []byte
}

func (s *scripts) start() {
	s.open = true
	s.raw, s.cuts = s.raw[:0], s.cuts[:0]
}

func (s *scripts) add(c byte) { s.raw = append(s.raw, c) }

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
	s.open = false
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
		m.script.close()
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
