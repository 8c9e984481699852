package regex

// edge classifies what stands beside a position, as far as assertions care.
type edge uint8

const (
	edgeText    edge = iota // no byte: the start or end of the buffer
	edgeOther               // a byte without a role
	edgeWord                // a word character
	edgeNewline             // a newline
	edgeFinal               // a newline that is the last byte of the buffer
	edgeCount
)

// edgeAt classifies the byte at i of buf.
func (p *Program) edgeAt(buf []byte, i int) edge {
	switch {
	case i < 0 || i >= len(buf):
		return edgeText
	case isWord(buf[i]):
		return edgeWord
	case p.newline.has(buf[i]):
		if i == len(buf)-1 {
			return edgeFinal
		}
		return edgeNewline
	}
	return edgeOther
}

// asserted evaluates an assertion between two neighbours.
func asserted(k assertKind, before, after edge) bool {
	switch k {
	case assertStart:
		return before == edgeText
	case assertLineStart:
		// Not behind a newline that ends the buffer (PCRE2_ALT_CIRCUMFLEX is off).
		return before == edgeText || before >= edgeNewline && after != edgeText
	case assertEnd:
		return after == edgeText
	case assertEndNewline:
		return after == edgeText || after == edgeFinal
	case assertLineEnd:
		return after == edgeText || after >= edgeNewline
	case assertWord:
		return (before == edgeWord) != (after == edgeWord)
	case assertNotWord:
		return (before == edgeWord) == (after == edgeWord)
	case assertWordStart:
		return before != edgeWord && after == edgeWord
	case assertWordEnd:
		return before == edgeWord && after != edgeWord
	}
	return false
}

// holds evaluates an assertion at a position of the buffer.
func (m *machine) holds(k assertKind, pos int) bool {
	if k == assertSearchStart {
		return pos == m.from
	}
	return asserted(k, m.edgeAt(m.buf, pos-1), m.edgeAt(m.buf, pos))
}
