package mime

import (
	"bytes"
	"io"
	"strings"

	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
)

// Names of children that have none of their own (observed: clamscan 1.4.6).
const (
	nameAttachment = "attachment"
	nameTextPart   = "textpart"
	nameText       = "textportion"
	nameMixedText  = "mixedtextportion"
	nameBounce     = "bounce"
)

// leaf hands over one part that is no multipart.
func (p *parser) leaf(e *entity, s span) error {
	switch {
	case e.major == "message":
		return p.nested(e, s)
	case e.encoded():
		return p.encodedPart(e, s)
	case e.isText() && e.name == "":
		return p.text(e, s)
	case e.major == "application":
		if off, ok := p.announcesBase64(s); ok {
			e.addEncoding(encBase64)
			return p.encodedPart(e, span{off, s.end})
		}
	}
	return p.plainAttachment(e, s)
}

// meta describes the child of a part.
func (p *parser) meta(e *entity) format.Meta {
	m := format.Meta{Size: -1, CompressedSize: -1}
	switch {
	case e.name != "":
		m.Name = childName(e.name)
	case e.major == "text" && len(p.levels) == 0:
		m.Name = nameText
	case e.major == "text" && (e.encoded() || e.minor != "plain"):
		m.Name = nameMixedText
	case e.major == rootType:
		m.Name = nameText
	default:
		m.Name = nameAttachment
	}
	return m
}

// rootType is the major type of parts that are messages.
const rootType = "message"

// encodedPart hands over a part once for each of its transfer encodings.
func (p *parser) encodedPart(e *entity, s span) error {
	m := p.meta(e)
	if err := p.decodings(e, m, s); err != nil {
		return err
	}
	if e.major == "text" && e.encodings[0] == encBase64 {
		// The encoding may be a lie.
		if err := p.embedded(p.in, s); err != nil {
			return err
		}
	}
	if rest, ok := p.lateHeader(s); ok {
		m.NoMeta = true
		return p.decodings(e, m, rest)
	}
	return nil
}

// decodings hands over a range once for each encoding of its part.
func (p *parser) decodings(e *entity, m format.Meta, s span) error {
	for _, enc := range e.encodings {
		var err error
		switch enc {
		case encBase64:
			err = p.base64(e, m, s)
		case encQP:
			err = p.quotedPrintable(e, m, s)
		default:
			err = p.enveloped(e, m, s, enc)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lateHeader returns the range of a body behind MIME headers that a blank line
// split from theirs.
func (p *parser) lateHeader(s span) (span, bool) {
	if !p.headerFollows(s.off, true) {
		return s, false
	}
	lr := lines.New(p.in, s.off, min(s.end, s.off+maxSearch))
	for {
		l, ok := lr.Next()
		if !ok {
			return s, false
		}
		if len(l.Text) == 0 {
			return span{l.End, s.end}, l.End < s.end
		}
	}
}

// base64 hands over a base64 part. When data follows the padding there are two
// readings: with and without it.
func (p *parser) base64(e *entity, m format.Meta, s span) error {
	dec := &base64Decoder{}
	buf, err := p.child(m, p.in, s, func() lineDecoder {
		dec = &base64Decoder{}
		return dec
	})
	if err != nil {
		return err
	}
	m.NoMeta = true
	if dec.URLSafe() {
		// Most mail readers drop the characters of the URL-safe alphabet.
		_, err = p.child(m, p.in, s, func() lineDecoder {
			d := &base64Decoder{}
			d.Standard = true
			return d
		})
		if err != nil {
			return err
		}
	}
	if dec.DataAfterPad() {
		_, err = p.child(m, p.in, s, func() lineDecoder {
			d := &base64Decoder{}
			d.StopAtPad = true
			return d
		})
	}
	if err != nil || e.major != "text" {
		return err
	}
	return p.embedded(input.Bytes(buf), span{0, int64(len(buf))})
}

// quotedPrintable hands over a quoted-printable part, with LF line ends and, for
// attachments of a CR LF message, as it was before the encoding.
func (p *parser) quotedPrintable(e *entity, m format.Meta, s span) error {
	with := func(eol string) func() lineDecoder {
		return func() lineDecoder {
			d := &qpDecoder{}
			d.EOL = []byte(eol)
			return d
		}
	}
	buf, err := p.child(m, p.in, s, with(lfEOL))
	if err != nil {
		return err
	}
	if !e.isText() && p.hasCRLF(s) {
		m.NoMeta = true
		if _, err = p.child(m, p.in, s, with(crlfEOL)); err != nil {
			return err
		}
	}
	if e.major != "text" {
		return nil
	}
	return p.embedded(input.Bytes(buf), span{0, int64(len(buf))})
}

// enveloped hands over a part in an encoding with its own header and trailer
// lines. Without them all of the part is taken for data.
func (p *parser) enveloped(e *entity, m format.Meta, s span, enc encoding) error {
	finds, err := p.search(p.in, s)
	if err != nil {
		return err
	}
	if len(finds) > 0 {
		return p.text(e, s)
	}
	switch enc {
	case encUU:
		_, err = p.child(m, p.in, s, func() lineDecoder { return uuDecoder{} })
	case encYenc:
		_, err = p.child(m, p.in, s, func() lineDecoder { return &yencDecoder{} })
	default:
		m.Type = "BINHEX"
		err = p.raw(m, s)
	}
	if err != nil {
		return err
	}
	return p.text(e, s)
}

// plainAttachment hands over a part without transfer encoding: as base64 if it
// has a name (clamscan 1.4.6 tries that), as text with LF line ends, and byte
// for byte if that differs.
func (p *parser) plainAttachment(e *entity, s span) error {
	m := p.meta(e)
	if e.name != "" {
		if _, err := p.child(m, p.in, s, func() lineDecoder { return &base64Decoder{} }); err != nil {
			return err
		}
	}
	same, err := p.asLines(m, s)
	if err != nil {
		return err
	}
	if !same {
		m.NoMeta = true
		if err := p.raw(m, s); err != nil {
			return err
		}
	}
	return p.embedded(p.in, s)
}

// asLines hands over a range with LF line ends. It tells whether that is the
// range byte for byte, in which case it is scanned in place.
func (p *parser) asLines(m format.Meta, s span) (same bool, err error) {
	same, err = p.isCanonical(s)
	if err != nil {
		return same, err
	}
	if same {
		return true, p.raw(m, s)
	}
	_, err = p.child(m, p.in, s, func() lineDecoder { return plainDecoder{lfEOL} })
	return false, err
}

// isCanonical tells whether a range holds no byte that the line reader drops.
func (p *parser) isCanonical(s span) (bool, error) {
	for off := s.off; off < s.end; off += checkInterval {
		if err := p.b.Check(p.ctx); err != nil {
			return false, err
		}
		w, err := p.in.Window(off, min(checkInterval, s.end-off))
		if err != nil {
			return false, err
		}
		if bytes.IndexByte(w, '\r') >= 0 || bytes.IndexByte(w, 0) >= 0 {
			return false, nil
		}
	}
	return true, nil
}

// raw hands over a range as it is.
func (p *parser) raw(m format.Meta, s span) error {
	m.Size, m.CompressedSize = s.end-s.off, s.end-s.off
	return p.out.Child(m, p.section(s).Reader())
}

// nested hands over a message inside the message. The walk parses it, so that
// the nesting is counted and limited like any other.
func (p *parser) nested(e *entity, s span) error {
	m := p.meta(e)
	switch e.minor {
	case "partial":
		p.out.Fact(format.PartialMessage, s.off)
		if n := strings.TrimSpace(e.number); n != "" && strings.TrimLeft(n, "0") != "1" {
			return p.text(e, s)
		}
	case "delivery-status", "disposition-notification", "external-body":
		return p.text(e, s)
	}
	if e.encoded() {
		if p.decodesToHeader(e, s) {
			e.major = "application" // no search in the text: the child does it
			p.impose(&m)
			return p.decodings(e, m, s)
		}
		return p.encodedPart(e, s)
	}
	s.off = p.skipBlank(p.in, s)
	if s.off >= s.end {
		return nil
	}
	if p.headerFollows(s.off, false) || p.fromFollows(s.off) {
		p.impose(&m)
	}
	m.NoMeta = true
	return p.raw(m, s)
}

// impose makes the child a mail whatever its first header line is.
func (p *parser) impose(m *format.Meta) { m.Type = "MAIL" }

// decodesToHeader tells whether an encoded message begins with a header line.
func (p *parser) decodesToHeader(e *entity, s span) bool {
	var dec lineDecoder
	switch e.encodings[0] {
	case encBase64:
		dec = &base64Decoder{}
	case encQP:
		d := &qpDecoder{}
		d.EOL = []byte(lfEOL)
		dec = d
	default:
		return false
	}
	var buf [256]byte
	n, _ := io.ReadFull(p.decode(p.in, span{s.off, min(s.end, s.off+4096)}, dec), buf[:])
	head := bytes.TrimLeft(buf[:n], "\r\n")
	_, _, ok := splitHeader(head)
	return ok || isFrom(head)
}

func (p *parser) fromFollows(off int64) bool {
	w, err := p.in.Window(off, 6)
	return err == nil && isFrom(w)
}

// encodedMultipart hands over a multipart that is itself encoded, against the
// standard, and shows no boundary before decoding.
func (p *parser) encodedMultipart(e *entity, s span) error {
	m := format.Meta{Name: nameText, Type: "MAIL", NoMeta: true, Size: -1, CompressedSize: -1}
	var head strings.Builder
	head.WriteString("Content-Type: multipart/mixed")
	for _, b := range e.boundaries {
		if strings.IndexByte(b, '"') < 0 {
			head.WriteString(`; boundary="` + b + `"`)
		}
	}
	head.WriteString("\n\n")
	for _, enc := range e.encodings {
		var dec lineDecoder
		switch enc {
		case encBase64:
			dec = &base64Decoder{}
		case encQP:
			d := &qpDecoder{}
			d.EOL = []byte(lfEOL)
			dec = d
		default:
			continue
		}
		r := io.MultiReader(strings.NewReader(head.String()), p.decode(p.in, s, dec))
		if err := p.out.Child(m, r); err != nil {
			return err
		}
	}
	return nil
}

// announcesBase64 tells whether the first line of a part names the encoding that
// its header should have named (observed: clamscan 1.4.6), and where the data
// begins.
func (p *parser) announcesBase64(s span) (int64, bool) {
	l, ok := lines.New(p.in, s.off, min(s.end, s.off+2*lines.MaxLine)).Next()
	return l.End, ok && bytes.Contains(bytes.ToLower(l.Text), []byte("base64"))
}

// hasCRLF tells whether the first lines of a range end in CR LF.
func (p *parser) hasCRLF(s span) bool {
	w, err := p.in.Window(s.off, min(checkInterval, s.end-s.off))
	return err == nil && bytes.Contains(w, []byte(crlfEOL))
}

// skipBlank returns the offset of the first line that is not blank.
func (p *parser) skipBlank(v input.View, s span) int64 {
	lr := lines.New(v, s.off, s.end)
	for {
		l, ok := lr.Next()
		if !ok {
			return s.end
		}
		if len(bytes.TrimSpace(l.Text)) > 0 {
			return l.Off
		}
	}
}
