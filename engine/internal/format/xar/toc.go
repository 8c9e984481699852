package xar

import (
	"strconv"

	"gclam/engine/internal/codec/xmltoken"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
)

// checkEvery is the number of tokens between two looks at the clock.
const checkEvery = 1024

// reader is the place in the table of contents.
type reader struct {
	u      *unpacker
	toc    []byte
	cur    *data  // the member being described, nil outside of one
	field  string // the element whose text is wanted
	nested int    // depth of embedded documents
	subdoc int    // where the text of the outermost one starts
}

// contents reads the table of contents and hands over what it lists. Only the
// elements that matter are followed; how they nest does not matter.
func (u *unpacker) contents(toc []byte) error {
	toc = xmltoken.UTF8(toc)
	r := &reader{u: u, toc: toc}
	sc := xmltoken.New(toc)
	for i := 0; ; i++ {
		if i%checkEvery == 0 {
			if err := u.b.Check(u.ctx); err != nil {
				return err
			}
		}
		t, ok := sc.Next()
		if !ok {
			break
		}
		if err := r.token(t); err != nil {
			return err
		}
	}
	if r.nested > 0 {
		return r.document(len(toc))
	}
	return r.finish()
}

func (r *reader) token(t xmltoken.Token) error {
	switch t.Kind {
	case xmltoken.Start:
		return r.start(t)
	case xmltoken.End:
		return r.end(t)
	case xmltoken.Text:
		r.text(t.Text)
	}
	return nil
}

func (r *reader) start(t xmltoken.Token) error {
	r.field = ""
	if t.Name == "subdoc" && !t.Empty {
		if r.nested == 0 {
			r.subdoc = t.To
		}
		r.nested++
	}
	if r.nested > 0 || t.Empty && t.Name != "encoding" {
		return nil
	}
	switch t.Name {
	case "data", "ea":
		err := r.finish() // an end tag was missing
		r.cur = &data{}
		return err
	case "length", "offset", "size":
		r.field = t.Name
	case "encoding":
		if style, ok := t.Attr("style"); ok && r.cur != nil {
			r.cur.encoding = style
		}
	}
	return nil
}

func (r *reader) end(t xmltoken.Token) error {
	r.field = ""
	switch t.Name {
	case "subdoc":
		if r.nested == 0 {
			return nil
		}
		if r.nested--; r.nested == 0 {
			return r.document(t.From)
		}
	case "data", "ea":
		if r.nested == 0 {
			return r.finish()
		}
	}
	return nil
}

func (r *reader) text(b []byte) {
	if r.cur == nil || r.field == "" {
		return
	}
	n, err := strconv.ParseInt(xmltoken.Unescape(trim(b)), 10, 64)
	if err != nil {
		return
	}
	switch r.field {
	case "length":
		r.cur.length = n
	case "offset":
		r.cur.offset = n
	case "size":
		r.cur.size = n
	}
}

// trim drops white space around a number and cuts what is too long for one.
func trim(b []byte) []byte {
	const longest = 64
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	b = b[:min(len(b), longest)]
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// finish hands over the member that was described.
func (r *reader) finish() error {
	if r.cur == nil {
		return nil
	}
	d := *r.cur
	r.cur = nil
	return r.u.member(d)
}

// document hands over an embedded document that ends at to.
func (r *reader) document(to int) error {
	v := input.Bytes(r.toc).Section(int64(r.subdoc), int64(to-r.subdoc))
	if v.Size() == 0 {
		return nil
	}
	return r.u.out.Child(format.Meta{CompressedSize: v.Size(), Size: v.Size(), NoMeta: true}, v.Reader())
}
