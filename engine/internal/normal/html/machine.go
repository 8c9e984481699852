package html

// state is the position of the machine in the grammar.
type state uint8

const (
	stText         state = iota // text between tags, or script and style content
	stTagOpen                   // after '<', white space skipped
	stTagName                   // name of a tag
	stAttrs                     // between attributes, white space skipped
	stAttrName                  // name of an attribute
	stAfterName                 // after an attribute name, white space skipped
	stValueStart                // after '=', white space skipped
	stValue                     // attribute value
	stComment                   // "<!" up to '>'
	stTagEnd                    // after '>': the tag takes effect with the next byte
	stEntity                    // after '&'
	stEntityName                // named character reference
	stEntityNumber              // numeric character reference
	stData                      // data: URI in an attribute value
)

// content says what the bytes between tags are.
type content uint8

const (
	inPage content = iota
	inScript
	inStyle
)

const (
	// maxName bounds the stored part of tag names, attribute names, values and
	// entity names, in bytes (observed: sigtool 1.4.6).
	maxName = 1024
)

// machine turns one page into its views. It is fed byte by byte; a step either
// consumes the byte or changes state and asks to see it again.
type machine struct {
	noComment []byte
	noTags    tagless

	st      state
	skip    bool    // drop white space, without a trace, until something else comes
	pend    bool    // a blank is due before the next byte of noComment
	content content // what text is at present
	mb      uint32  // pending bytes >= 80h of text, most recent lowest

	tag     []byte // lower-case name of the current tag
	attr    []byte // lower-case name of the current attribute
	val     value  // current attribute value
	href    []byte // first href of an <a>
	src     []byte // first src of an <img>
	hasHref bool
	hasSrc  bool

	data dataURI  // data: URI being read
	uris [][]byte // data: URIs as messages
	css  []byte   // the content of all style elements

	ref ref // character reference being read

	chunk  chunker
	script scripts
}

// step handles one byte and reports whether it was consumed. NUL and CR never
// reach it; a line feed arrives as white space.
func (m *machine) step(c byte) bool {
	if m.content == inStyle {
		m.css = append(m.css, c)
	}
	if m.skip {
		if isSpace(c) {
			return true
		}
		m.skip = false
	}
	switch m.st {
	case stText:
		return m.text(c)
	case stTagOpen:
		return m.tagOpen(c)
	case stTagName:
		return m.tagName(c)
	case stAttrs:
		return m.attrs(c)
	case stAttrName:
		return m.attrName(c)
	case stAfterName:
		return m.afterName(c)
	case stValueStart:
		return m.valueStart(c)
	case stValue:
		return m.inValue(c)
	case stComment:
		return m.comment(c)
	case stData:
		return m.inData(c)
	case stTagEnd:
		m.tagEnd()
		return false
	case stEntity, stEntityName, stEntityNumber:
		return m.reference(c)
	}
	return true
}

// put writes one byte to the comment-free view.
func (m *machine) put(c byte) { m.noComment = append(m.noComment, c) }

// flushBlank writes the blank that is due.
func (m *machine) flushBlank() {
	if m.pend {
		m.put(' ')
		m.pend = false
	}
}

// text handles a byte between tags.
func (m *machine) text(c byte) bool {
	if c >= 0x80 {
		m.flushBlank()
		m.wideText(c)
		return true
	}
	if m.mb != 0 && m.flushWideText(c) {
		return true
	}
	if isSpace(c) {
		if m.content == inPage {
			m.noTags.blank()
			m.pend = true
		}
		m.skip = true
		return true
	}
	m.flushBlank()
	switch {
	case c == '<':
		m.noTags.blankUnless(m.content != inPage)
		m.st, m.skip = stTagOpen, true
	case c == '&':
		m.noTags.blankUnless(m.content != inPage)
		m.startRef(stText)
	case m.content != inPage:
		m.putContent(c)
	default:
		m.put(lower(c))
		m.noTags.char(c)
	}
	return true
}

// tagOpen decides between a tag, a comment and a stray '<'.
func (m *machine) tagOpen(c byte) bool {
	m.tag = m.tag[:0]
	m.href, m.src, m.hasHref, m.hasSrc = m.href[:0], m.src[:0], false, false
	if c == '!' {
		if m.content != inPage {
			m.put('<')
			m.put('!')
		}
		m.st = stComment
		return true
	}
	m.put('<')
	if m.content != inPage && c != '/' {
		m.put(lower(c))
		m.st = stText
		return true
	}
	m.st = stTagName
	return false
}

func (m *machine) tagName(c byte) bool {
	switch {
	case c == '>':
		m.put('>')
		m.st, m.skip = stTagEnd, true
		if m.content != inPage {
			m.closeContent()
		}
		return true
	case isSpace(c):
		m.skip = true
		m.st = stAttrs
		if m.content != inPage {
			m.closeContent()
			m.st = stText
		}
		return true
	}
	c = lower(c)
	m.put(c)
	if len(m.tag) < maxName {
		m.tag = append(m.tag, c)
	}
	return true
}

func (m *machine) attrs(c byte) bool {
	m.attr = m.attr[:0]
	switch c {
	case '>':
		m.put('>')
		m.st = stTagEnd
	case '=':
		m.put('=')
		m.st, m.skip = stValueStart, true
	default:
		m.put(' ')
		m.st = stAttrName
		return false
	}
	return true
}

func (m *machine) attrName(c byte) bool {
	switch {
	case isSpace(c):
		m.st, m.skip = stAfterName, true
		return true
	case c == '>' || c == '=':
		m.st = stAfterName
		return false
	}
	c = lower(c)
	m.put(c)
	if len(m.attr) < maxName {
		m.attr = append(m.attr, c)
	}
	return true
}

// afterName is the place where an attribute turns out to have a value or not.
func (m *machine) afterName(c byte) bool {
	if c == '=' {
		m.put('=')
		m.st, m.skip = stValueStart, true
		return true
	}
	m.st = stAttrs
	return false
}

// comment drops everything up to '>'; in scripts and styles it only drops white
// space.
func (m *machine) comment(c byte) bool {
	if c == '>' {
		m.st = stText
		m.skip = true
	}
	if m.content != inPage && !isSpace(c) {
		m.putContent(c)
	}
	return true
}

// putContent writes a byte of a script or style.
func (m *machine) putContent(c byte) {
	if c == '\'' {
		c = '"'
	}
	m.put(lower(c))
}

// finish writes what the end of the input leaves open.
func (m *machine) finish() {
	switch m.st {
	case stTagOpen:
		m.put('<')
	case stData:
		m.endData()
	case stEntityName:
		if code, ok := entities[string(m.ref.name)]; ok {
			m.char(uint64(code))
		} else {
			m.refCopy()
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c-'\t' < 5 }

func lower(c byte) byte {
	if c-'A' < 26 {
		return c + 'a' - 'A'
	}
	return c
}
