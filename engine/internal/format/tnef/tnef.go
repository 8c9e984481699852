package tnef

import (
	"context"
	"io"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Sizes and values of the format (MS-OXTNEF 2.1).
const (
	signature  = 0x223E9F78
	headerSize = 6 // signature, key
	attrHeader = 9 // level, tag, type, length
	checksum   = 2 // behind the data

	levelEnd        = 0
	levelMessage    = 1
	levelAttachment = 2

	tagRenderData = 0x9002 // begins an attachment
	tagProperties = 0x9005 // MAPI properties of an attachment
	tagTitle      = 0x8010
	tagData       = 0x800F
)

// Caps of the parser.
const (
	maxAttributes = 1 << 20 // attributes in one stream
	maxPieces     = 4096    // data attributes of one attachment
	maxTitle      = 512     // bytes of a title
	checkEvery    = 1024    // attributes between two looks at the budget
)

// attachment is the attachment being collected.
type attachment struct {
	title  string
	pieces []input.View
	size   int64
	props  []input.View
}

// Unpack hands over the attachments of one TNEF stream.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	head, err := in.Window(0, headerSize)
	if err != nil {
		return err
	}
	if sig, ok := bytesx.U32LE(head, 0); !ok || sig != signature {
		out.Fact(format.Damaged, 0)
		return nil
	}
	p := &parser{in: in, out: out}
	for n := 0; n < maxAttributes; n++ {
		if n%checkEvery == 0 {
			if err := b.Check(ctx); err != nil {
				return err
			}
		}
		more, err := p.attribute()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	return p.flush()
}

// parser is the state of one Unpack.
type parser struct {
	in  input.View
	out format.Sink
	off int64 // next attribute, relative to the end of the header
	cur attachment
}

// attribute reads one attribute; more is false at the end of the list.
func (p *parser) attribute() (more bool, err error) {
	off := headerSize + p.off
	h, err := p.in.Window(off, attrHeader)
	if err != nil || len(h) == 0 {
		return false, err
	}
	level := h[0]
	tag, _ := bytesx.U16LE(h, 1)
	length, ok := bytesx.U32LE(h, 5)
	switch {
	case level == levelEnd:
		return false, nil
	case level != levelMessage && level != levelAttachment:
		p.out.Fact(format.Damaged, off)
		return false, nil
	case !ok:
		p.out.Fact(format.Truncated, off)
		return false, nil
	}
	data := p.in.Section(off+attrHeader, int64(length))
	p.off += attrHeader + int64(length) + checksum
	if level == levelMessage {
		err = p.flush()
	} else {
		err = p.attach(tag, data)
	}
	if data.Size() < int64(length) {
		p.out.Fact(format.Truncated, off)
		return false, err
	}
	return true, err
}

// attach handles an attribute of an attachment.
func (p *parser) attach(tag uint16, data input.View) error {
	switch tag {
	case tagRenderData:
		return p.flush()
	case tagTitle:
		if p.cur.title != "" && len(p.cur.pieces) > 0 {
			if err := p.flush(); err != nil {
				return err
			}
		}
		w, err := data.Window(0, maxTitle)
		p.cur.title = sanitise(w)
		return err
	case tagData:
		if data.Size() > 0 && len(p.cur.pieces) < maxPieces {
			p.cur.pieces = append(p.cur.pieces, data)
			p.cur.size += data.Size()
		}
	case tagProperties:
		if len(p.cur.props) < maxPieces {
			p.cur.props = append(p.cur.props, data)
		}
	}
	return nil
}

// flush hands over the current attachment.
func (p *parser) flush() error {
	a := p.cur
	p.cur = attachment{}
	if a.size > 0 {
		if err := p.out.Child(meta(a.title, a.size), join(a.pieces)); err != nil {
			return err
		}
	}
	for _, props := range a.props {
		objects, err := embedded(props)
		if err != nil {
			return err
		}
		for _, o := range objects {
			if err := p.out.Child(meta(a.title, o.Size()), o.Reader()); err != nil {
				return err
			}
		}
	}
	return nil
}

// meta describes an attachment. clamscan 1.4.6 shows them to no container
// metadata signature.
func meta(title string, size int64) format.Meta {
	if title == "" {
		title = "tnef"
	}
	return format.Meta{Name: title, Size: size, CompressedSize: size, NoMeta: true}
}

// join reads pieces one after the other, in place if there is only one.
func join(pieces []input.View) io.Reader {
	if len(pieces) == 1 {
		return pieces[0].Reader()
	}
	rs := make([]io.Reader, len(pieces))
	for i, v := range pieces {
		rs[i] = v.Reader()
	}
	return io.MultiReader(rs...)
}

// sanitise makes a child name of a title as the mail parser does: letters,
// digits and '.' stay.
func sanitise(title []byte) string {
	name := make([]byte, 0, len(title))
	for _, c := range title {
		switch {
		case c == 0:
			return string(name)
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.':
		default:
			c = '_'
		}
		name = append(name, c)
	}
	return string(name)
}
