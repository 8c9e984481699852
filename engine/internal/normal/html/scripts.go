package html

// scripts collects the scripts of a page and normalises each when it ends.
type scripts struct {
	open bool
	raw  []byte
	out  []byte
}

func (s *scripts) start() {
	s.open = true
	s.raw = s.raw[:0]
}

func (s *scripts) add(c byte) { s.raw = append(s.raw, c) }

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
	s.out = append(s.out, s.raw...)
	s.out = append(s.out, "</script>"...)
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
