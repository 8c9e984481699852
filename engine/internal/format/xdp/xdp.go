package xdp

import (
	"context"
	"strings"

	"gclam/engine/internal/codec/base64"
	"gclam/engine/internal/codec/xmltoken"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	checkEvery = 1024 // tokens between two looks at the budget
	minImage   = 32   // bytes; smaller images hold nothing
)

// Unpack hands over what an XML Data Package carries in base64.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	data, err := in.All()
	if err != nil {
		return err
	}
	if !b.Grant(in.Size()) {
		out.Fact(format.Skipped, 0)
		return nil
	}
	defer b.Release(in.Size())
	s := xmltoken.New(xmltoken.UTF8(data))
	var e element
	for n := 0; ; n++ {
		if n%checkEvery == 0 {
			if err := b.Check(ctx); err != nil {
				return err
			}
		}
		t, more := s.Next()
		if more && t.Kind == xmltoken.Text {
			e.text(t.Text)
			continue
		}
		if err := e.flush(out); err != nil {
			return err
		}
		if !more {
			return nil
		}
		e = element{}
		if t.Kind == xmltoken.Start && !t.Empty {
			e = element{name: strings.ToLower(t.Name), open: true, image: isImage(t)}
		}
	}
}

// element is the element whose text is being read.
type element struct {
	name  string
	open  bool
	image bool
	d     base64.Decoder
	out   []byte
}

// isImage tells whether an element holds an image: in templates they are called
// so, in data any element with a content type may.
func isImage(t xmltoken.Token) bool {
	if strings.EqualFold(t.Name, "image") {
		return true
	}
	for _, name := range []string{"contentType", "xfa:contentType"} {
		if v, ok := t.Attr(name); ok && strings.HasPrefix(strings.ToLower(v), "image/") {
			return true
		}
	}
	return false
}

func (e *element) wanted() bool { return e.open && (e.image || e.name == "chunk") }

// text takes a piece of the element's text: comments and CDATA sections cut it.
func (e *element) text(b []byte) {
	if e.wanted() {
		e.out = e.d.Line(e.out, b)
	}
}

func (e *element) flush(out format.Sink) error {
	if !e.wanted() {
		return nil
	}
	b := e.d.Flush(e.out)
	if len(b) == 0 || e.image && len(b) < minImage {
		return nil
	}
	n := int64(len(b))
	return out.Child(format.Meta{Name: e.name, Size: n, CompressedSize: n, NoMeta: true}, input.Bytes(b).Reader())
}
