package html

import (
	"context"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Options says what to make of a page. The zero value makes the view without
// comments and the scripts.
type Options struct {
	// NoTags makes the view without tags. It is left out for pages over
	// MaxHTMLNoTags.
	NoTags bool
}

// Views are the normal forms of a page. They own their memory.
type Views struct {
	NoComment []byte // nocomment.html: the page in canonical spelling
	NoTags    []byte // notags.html: text and link targets; nil unless asked for
	Scripts   []byte // javascript: all scripts, normalised; nil when there is none

	// DataURIs are the data: URIs of attribute values, each as a small mail
	// message (to be scanned as a file of type MAIL).
	DataURIs [][]byte
	// StyleImages are the images in data: URIs of style sheets, decoded.
	StyleImages [][]byte
}

// window is how much of the page is looked at between two checks of the budget.
const window = 64 * 1024

// Normalize makes the views of a page. The error is an I/O error of in or
// limit.ErrStop; the views made so far are returned with it.
func Normalize(ctx context.Context, in input.View, b *limit.Budget, o Options) (Views, error) {
	m := newMachine(o)
	var err error
	for off := int64(0); off < in.Size(); off += window {
		if err = b.Check(ctx); err != nil {
			break
		}
		var w []byte
		w, err = in.Window(off, window)
		m.feed(w)
		if err != nil {
			break
		}
	}
	m.piece(m.chunk.rest())
	m.finish()
	return m.views(), err
}

func newMachine(o Options) *machine {
	m := &machine{skip: true}
	m.noTags.on = o.NoTags
	return m
}

// feed runs the machine over a stretch of the page.
func (m *machine) feed(w []byte) {
	for _, c := range w {
		if c == 0 {
			continue
		}
		if piece, hard, ok := m.chunk.add(c); ok {
			m.piece(piece)
			if hard {
				m.script.cut()
			}
			m.chunk.drop(piece)
		}
	}
}

// piece runs the machine over one piece of the page.
func (m *machine) piece(p []byte) {
	m.skip = true
	for _, c := range p {
		kept := m.script.see(c)
		if c == '\r' && !(m.st == stData && m.data.inBody) {
			continue
		}
		for !m.step(c) {
		}
		if !kept {
			m.script.see(c)
		}
	}
}

func (m *machine) views() Views {
	m.script.close()
	return Views{NoComment: m.noComment, NoTags: m.noTags.out, Scripts: m.script.out, DataURIs: m.uris, StyleImages: styleImages(m.css)}
}
