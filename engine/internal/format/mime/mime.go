package mime

import (
	"context"

	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Caps of the parser. The header limits are those at which clamscan 1.4.6 raises
// Heuristics.Limits.Exceeded.Email*; what lies beyond is not looked at.
const (
	maxFolds       = 262144   // continuation lines of one header
	maxHeaderBytes = 262144   // bytes of the three MIME headers of one part
	maxHeaders     = 1024     // MIME headers of one part
	maxArguments   = 256      // known parameters of one Content-Type
	maxParts       = 1024     // parts of a multipart that is handled as a whole
	maxSearch      = 64 << 10 // bytes searched for a first useful header
	maxLoose       = 256      // runs of foreign lines looked at in one header
	maxFinds       = 10000    // embedded files looked for in one text
	maxName        = 1024     // bytes of a child's name
	maxBuffered    = 4 << 20  // bytes of a decoded child kept in memory
	checkInterval  = 64 << 10 // bytes between two looks at the budget
	crlfEOL        = "\r\n"   // line end of the second view of QP attachments
	lfEOL          = "\n"     // line end of everything else
)

// Unpack parses one mail, mailbox or MHTML file.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	p := &parser{ctx: ctx, in: in, b: b, out: out, lr: lines.New(in, 0, in.Size()), cut: -1}
	if err := p.run(); err != nil {
		return err
	}
	return p.lr.Err()
}

// span is a range of the object.
type span struct{ off, end int64 }

// part is what is being read: the body of a leaf, or text that belongs to no part.
type part struct {
	ent   *entity // nil for text outside of parts
	start int64
}

// parser is the state of one Unpack.
type parser struct {
	ctx context.Context
	in  input.View
	b   *limit.Budget
	out format.Sink
	lr  *lines.Reader

	mbox   bool // messages are separated by "From " lines
	levels []level
	bounds boundaries
	cur    part
	stop   int64 // end of the text of the last line read
	next   int64 // where the budget is looked at again
	heads  []span
	cut    int64 // where a part header began that a boundary cut off, -1 for none
}

// level is an open multipart.
type level struct {
	ent     *entity
	body    int64 // offset of its body
	seen    int   // boundaries found so far
	parts   int   // of them, those that begin a part
	guessed bool  // its boundary was taken from the text
	marks   int   // length of the boundary table before it
}

// run reads the object to its end.
func (p *parser) run() error {
	if err := p.message(); err != nil {
		return err
	}
	blank := false
	for {
		l, ok := p.lr.Next()
		if !ok {
			break
		}
		if l.Off >= p.next {
			if err := p.b.Check(p.ctx); err != nil {
				return err
			}
			p.next = l.Off + checkInterval
		}
		handled, err := p.separator(l, blank)
		if err != nil {
			return err
		}
		if !handled {
			p.stop = l.Stop
			blank = !l.Cont && len(l.Text) == 0
		} else {
			blank = false
		}
	}
	if err := p.closeAll(p.lr.Offset()); err != nil {
		return err
	}
	return p.emitHeads()
}

// separator handles the lines that end a part: boundaries and, in a mailbox,
// the first line of the next message.
func (p *parser) separator(l lines.Line, blank bool) (bool, error) {
	if l.Cont || len(l.Text) == 0 {
		return false, nil
	}
	switch {
	case l.Text[0] == '-' && len(p.levels) > 0:
		return p.boundary(l)
	case p.mbox && blank && isFrom(l.Text) && p.headerFollows(l.End, false):
		p.stop = l.Off
		if err := p.closeAll(p.stop); err != nil {
			return true, err
		}
		p.lr.Rewind(l.Off)
		return true, p.message()
	}
	return false, nil
}

// message reads the header of a message at the current offset.
func (p *parser) message() error {
	start := p.lr.Offset()
	h := p.readHeader(true)
	if h.err != nil {
		return h.err
	}
	if h.headEnd > start {
		p.heads = append(p.heads, span{start, h.headEnd})
	}
	return p.open(h)
}

// open begins the body that follows a header.
func (p *parser) open(h *header) error {
	p.lr.Rewind(h.body)
	p.stop = h.body
	for _, s := range h.loose {
		if err := p.text(nil, s); err != nil {
			return err
		}
	}
	ent := p.entity(h)
	if ent.major != "multipart" {
		p.cur = part{ent, h.body}
		return nil
	}
	p.levels = append(p.levels, level{ent: ent, body: h.body, marks: p.bounds.len()})
	for _, b := range ent.boundaries {
		p.bounds.push(b, len(p.levels)-1)
	}
	p.cur = part{nil, h.body}
	return nil
}

// boundary handles a line that begins with a dash inside a multipart.
func (p *parser) boundary(l lines.Line) (bool, error) {
	k, closing, ok := p.bounds.match(l.Text)
	if !ok {
		k, ok = p.guess(l)
	}
	if !ok {
		return false, nil
	}
	if err := p.closePart(p.stop); err != nil {
		return true, err
	}
	if err := p.pop(k+1, l.Off); err != nil {
		return true, err
	}
	lv := &p.levels[k]
	if err := p.encodedPreamble(lv, l.Off); err != nil {
		return true, err
	}
	lv.seen++
	if !closing {
		lv.parts++
	}
	if lv.parts == maxParts && lv.ent.whole() {
		p.b.Hit(limit.EmailMIMEPartsPerMessage)
		p.out.Fact(format.Skipped, l.Off)
	}
	if closing {
		p.cur, p.stop = part{nil, l.End}, l.End
		return true, nil
	}
	start := p.lr.Offset()
	h := p.readHeader(false)
	if h.err != nil {
		return true, h.err
	}
	if h.cut && len(h.values[contentEncoding]) > 0 {
		p.cut = start
	}
	return true, p.open(h)
}

// guess decides whether a line that is no declared boundary separates parts all
// the same: it is one with trailing text (RFC 2046 compares only the beginning),
// or the multipart's own boundary was never seen. A MIME header must follow.
func (p *parser) guess(l lines.Line) (int, bool) {
	if len(l.Text) < 3 || l.Text[1] != '-' {
		return 0, false
	}
	if k, ok := p.bounds.matchPrefix(l.Text); ok && p.headerFollows(l.End, true) {
		return k, true
	}
	k := len(p.levels) - 1
	lv := &p.levels[k]
	if p.cur.ent != nil || lv.guessed || lv.seen > 0 || !p.headerFollows(l.End, true) {
		return 0, false
	}
	lv.guessed = true
	p.bounds.push(string(l.Text[2:]), k)
	p.out.Fact(format.Damaged, l.Off)
	return k, true
}

// headerFollows tells whether the line at off looks like a header, or like one
// of the MIME headers.
func (p *parser) headerFollows(off int64, mimeOnly bool) bool {
	w, err := p.in.Window(off, 256)
	if err != nil {
		return false
	}
	name, _, ok := splitHeader(w)
	if !ok || !mimeOnly {
		return ok
	}
	return kindOf(name).isMIME()
}

// closePart emits what is being read, up to end.
func (p *parser) closePart(end int64) error {
	cur := p.cur
	p.cur = part{nil, end}
	if end <= cur.start {
		return nil
	}
	s := span{cur.start, end}
	var err error
	if cur.ent == nil {
		err = p.text(nil, s)
	} else {
		err = p.leaf(cur.ent, s)
	}
	if err != nil || p.cut < 0 {
		return err
	}
	// clamscan 1.4.6 takes no notice of boundaries in a header. Read it that way,
	// too: as a message of its own there is no boundary to be seen.
	cut := p.section(span{p.cut, end})
	p.cut = -1
	return p.prefixed(nameTextPart, bounceHead, cut)
}

// pop closes the multiparts from level n on; end is where the innermost stops.
func (p *parser) pop(n int, end int64) error {
	for len(p.levels) > n {
		lv := p.levels[len(p.levels)-1]
		p.levels = p.levels[:len(p.levels)-1]
		p.bounds.truncate(lv.marks)
		if err := p.encodedPreamble(&lv, end); err != nil {
			return err
		}
	}
	return nil
}

// encodedPreamble decodes what stands before the first boundary of a multipart
// that has a transfer encoding, which no multipart should have.
func (p *parser) encodedPreamble(lv *level, end int64) error {
	if lv.seen > 0 || !lv.ent.encoded() || end <= lv.body {
		return nil
	}
	s := span{lv.body, end}
	if err := p.encodedPart(lv.ent, s); err != nil {
		return err
	}
	return p.encodedMultipart(lv.ent, s)
}

// closeAll ends a message.
func (p *parser) closeAll(end int64) error {
	if err := p.closePart(end); err != nil {
		return err
	}
	return p.pop(0, end)
}

// emitHeads hands over the header block of each message. The type is imposed: by
// its content it would be a mail again. An object that is nothing but a header
// block has none, or it would hold itself.
func (p *parser) emitHeads() error {
	if len(p.heads) == 1 && p.skipBlank(p.in, span{p.heads[0].end, p.in.Size()}) >= p.in.Size() {
		return nil
	}
	for _, s := range p.heads {
		m := format.Meta{Name: "headers", Size: s.end - s.off, CompressedSize: s.end - s.off, NoMeta: true, Type: "TEXT_ASCII"}
		if err := p.out.Child(m, p.section(s).Reader()); err != nil {
			return err
		}
	}
	return nil
}

// section is the View of a range.
func (p *parser) section(s span) input.View { return p.in.Section(s.off, s.end-s.off) }
