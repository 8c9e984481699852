package html

// tagless is the view without tags: text, and one blank for every tag,
// character reference or run of white space.
type tagless struct {
	on  bool
	out []byte
}

// blank writes a blank unless the view ends with one.
func (t *tagless) blank() {
	if t.on && (len(t.out) == 0 || t.out[len(t.out)-1] != ' ') {
		t.out = append(t.out, ' ')
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
	}
}
