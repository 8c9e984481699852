package html

// tagless is the view without tags: text, and one blank for every tag,
// character reference or run of white space.
type tagless struct {
	on    bool
	space bool // no blank is wanted: the last one was written after the last ASCII text
	out   []byte
}

// blank writes a blank unless one is there already. Bytes >= 80h in between
// do not count: a slip of the original.
func (t *tagless) blank() {
	if t.on && !t.space {
		t.out = append(t.out, ' ')
		t.space = true
	}
}

func (t *tagless) blankUnless(no bool) {
	if !no {
		t.blank()
	}
}

// char writes a byte of text in lower case; control characters are blanks.
func (t *tagless) char(c byte) {
	if c < 0x20 {
		t.blank()
		return
	}
	t.raw(lower(c))
	t.space = false
}

// raw writes a byte as it is.
func (t *tagless) raw(c byte) {
	if t.on {
		t.out = append(t.out, c)
	}
}

// link writes the target of a link or image, followed by a blank.
func (t *tagless) link(b []byte) {
	if t.on && len(b) > 0 {
		t.out = append(append(t.out, b...), ' ')
		t.space = true
	}
}
