package mime

import (
	"bytes"
	"io"
	"strings"

	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/codec/uu"
	"gclam/engine/internal/codec/yenc"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
)

// found is what kind of file was found in a text.
type found uint8

const (
	foundUU     found = iota + 1
	foundYenc         // =ybegin … =yend
	foundBinHex       // from the banner to the closing colon
	foundMail         // a forwarded or bounced message
	foundParts        // MIME parts behind a boundary nobody declared
)

// find is a file found in a text.
type find struct {
	kind found
	span
	name  string
	start int64 // of the line that announces it
}

// text hands over a range of text, then what is embedded in it. e is nil for
// text outside of parts.
func (p *parser) text(e *entity, s span) error {
	if s.off = p.skipBlank(p.in, s); s.off >= s.end {
		return nil
	}
	finds, err := p.search(p.in, s)
	if err != nil {
		return err
	}
	m := format.Meta{Name: nameTextPart, NoMeta: true}
	switch {
	case s == span{0, p.in.Size()}:
		return p.emit(p.in, finds) // the object itself, which would hold itself again
	case e != nil && len(p.levels) > 0 && e.major == "text" && e.minor == "plain":
		m.Name, m.NoMeta = nameAttachment, false
	case e != nil && e.major == "text" && e.minor != "plain":
		m.Name, m.NoMeta = nameMixedText, false
	}
	if err := p.proper(m, s, finds, e != nil && e.minor != "plain"); err != nil {
		return err
	}
	return p.emit(p.in, finds)
}

// proper hands over a text without the uuencoded files and, in plain text, the
// messages in it (observed: clamscan 1.4.6), so that the text behind one is seen
// from its beginning, too.
func (p *parser) proper(m format.Meta, s span, finds []find, withMail bool) error {
	var spans []span
	rest := s
	for _, f := range finds {
		switch f.kind {
		case foundUU:
		case foundMail, foundParts:
			if withMail {
				continue
			}
		default:
			continue
		}
		if f.start > rest.off {
			spans = append(spans, span{rest.off, f.start})
		}
		rest.off = f.end
	}
	if len(spans) == 0 {
		if rest.off = p.skipBlank(p.in, rest); rest.off >= rest.end {
			return nil
		}
		_, err := p.asLines(m, rest)
		return err
	}
	if rest.off < rest.end {
		spans = append(spans, rest)
	}
	_, err := p.handOver(m, func() io.Reader {
		rs := make([]io.Reader, len(spans))
		for i, s := range spans {
			rs[i] = p.decode(p.in, s, plainDecoder{lfEOL})
		}
		return io.MultiReader(rs...)
	})
	return err
}

// embedded hands over what is embedded in a range of v.
func (p *parser) embedded(v input.View, s span) error {
	finds, err := p.search(v, s)
	if err != nil {
		return err
	}
	return p.emit(v, finds)
}

// emit hands over finds.
func (p *parser) emit(v input.View, finds []find) error {
	for _, f := range finds {
		m := format.Meta{Name: childName(f.name), NoMeta: true, Size: -1, CompressedSize: -1}
		section := v.Section(f.off, f.end-f.off)
		var err error
		switch f.kind {
		case foundUU:
			_, err = p.child(m, v, f.span, func() lineDecoder { return uuDecoder{} })
		case foundYenc:
			_, err = p.child(m, v, f.span, func() lineDecoder { return &yencDecoder{} })
		case foundBinHex:
			m.Type, m.Size, m.CompressedSize = "BINHEX", f.end-f.off, f.end-f.off
			err = p.out.Child(m, section.Reader())
		case foundMail:
			err = p.prefixed(nameBounce, bounceHead, section)
		case foundParts:
			err = p.prefixed(nameTextPart, "Content-Type: multipart/mixed\n\n", section)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bounceHead is put before a message cut out of a text (observed: clamscan 1.4.6).
const bounceHead = "Received: by clamd (bounce)\n"

// prefixed hands over a mail made of a header line and a piece of text.
func (p *parser) prefixed(name, head string, v input.View) error {
	size := int64(len(head)) + v.Size()
	m := format.Meta{Name: name, Type: "MAIL", Size: size, CompressedSize: size, NoMeta: name != nameBounce}
	return p.out.Child(m, io.MultiReader(strings.NewReader(head), v.Reader()))
}

// searcher looks through a text for embedded files, line by line.
type searcher struct {
	p     *parser
	finds []find
	open  find // being read; kind 0 for none

	colons  int   // BinHex: colons seen since the banner
	run     int64 // where the present run of header lines began, -1 for none
	loose   bool  // the open mail is one run of MIME headers and what follows
	start   int64 // where a message may have begun, -1 for nowhere
	blank   bool  // the last line was empty
	broken  bool  // an empty line came after start
	dashes  int64 // offset of the last line if it began with two dashes, else -1
	scratch []byte
}

// search finds the files embedded in a range of v.
func (p *parser) search(v input.View, s span) ([]find, error) {
	sr := &searcher{p: p, start: -1, dashes: -1, run: -1, blank: true}
	lr := lines.New(v, s.off, s.end)
	next := s.off + checkInterval
	for len(sr.finds) < maxFinds {
		l, ok := lr.Next()
		if !ok {
			break
		}
		if l.Off >= next {
			next = l.Off + checkInterval
			if err := p.b.Check(p.ctx); err != nil {
				return nil, err
			}
		}
		if !l.Cont {
			sr.line(l)
		}
	}
	sr.close(s.end)
	return sr.finds, lr.Err()
}

// close ends the find that is being read.
func (sr *searcher) close(end int64) {
	if f := sr.open; f.kind != 0 && end > f.off {
		f.end = end
		sr.finds = append(sr.finds, f)
	}
	sr.open = find{}
}

// line looks at one line.
func (sr *searcher) line(l lines.Line) {
	switch sr.open.kind {
	case foundUU:
		var more bool
		if sr.scratch, more = uu.Line(sr.scratch[:0], l.Text); more && !isMIMEHeader(l.Text) {
			return
		}
		sr.close(l.Off)
	case foundYenc:
		if yenc.IsEnd(l.Text) {
			sr.close(l.End)
			return
		}
		if !sr.interrupts(l.Text) {
			return
		}
		sr.close(l.Off)
	case foundBinHex:
		if sr.colons += bytes.Count(l.Text, []byte(":")); sr.colons >= 2 {
			sr.close(l.End)
			return
		}
		if !sr.interrupts(l.Text) {
			return
		}
		sr.close(l.Off)
	case foundParts:
		return
	}
	if sr.open.kind == 0 && sr.opens(l) {
		return
	}
	sr.mail(l)
}

// opens tells whether the line begins an encoded file.
func (sr *searcher) opens(l lines.Line) bool {
	if len(l.Text) == 0 {
		return false
	}
	switch l.Text[0] {
	case 'b':
		if name, ok := uu.Header(l.Text); ok {
			sr.open = find{foundUU, span{l.End, 0}, string(name), l.Off}
		}
	case '=':
		if name, ok := yenc.Header(l.Text); ok {
			sr.open = find{foundYenc, span{l.End, 0}, string(name), l.Off}
		}
	case '(':
		if isBanner(l.Text) {
			sr.open, sr.colons = find{foundBinHex, span{l.Off, 0}, "", l.Off}, 0
		}
	}
	if sr.open.kind == 0 {
		return false
	}
	sr.dashes = -1
	return true
}

// interrupts tells whether a line cannot be encoded data but begins something
// else. Otherwise a lone header line would hide all that follows.
func (sr *searcher) interrupts(line []byte) bool {
	_, isUU := uu.Header(line)
	_, isYenc := yenc.Header(line)
	return isUU || isYenc || isBanner(line) || isMIMEHeader(line) || isMailboxLine(line)
}

// mail looks for the start of a message or of MIME parts.
func (sr *searcher) mail(l lines.Line) {
	dashes := sr.dashes
	sr.dashes = -1
	if len(l.Text) == 0 {
		sr.blank, sr.broken, sr.run = true, true, -1
		return
	}
	blank := sr.blank
	sr.blank = false
	if bytes.HasPrefix(l.Text, []byte("--")) && len(l.Text) > 2 {
		sr.dashes, sr.run = l.Off, -1
		return
	}
	name, value, ok := splitHeader(l.Text)
	k := kindOfLine(name, ok)
	switch {
	case ok && sr.run < 0:
		sr.run = l.Off
	case !ok && l.Text[0] != ' ' && l.Text[0] != '\t':
		sr.run = -1
	}
	if (ok && startsMail(name)) || isMailboxLine(l.Text) {
		if sr.start < 0 || sr.broken || (blank && sr.open.kind == 0) {
			sr.start, sr.broken = l.Off, false
		}
		return
	}
	if !k.isMIME() {
		return
	}
	switch {
	case sr.open.kind == 0 && dashes >= 0:
		sr.open = find{foundParts, span{dashes, 0}, "", dashes}
	case sr.start >= 0 && tellsOfParts(k, value) && (sr.open.kind == 0 || !sr.broken):
		if sr.open.kind == foundMail {
			sr.close(sr.start)
		}
		sr.open, sr.loose = find{foundMail, span{sr.start, 0}, "", sr.start}, false
		sr.start = -1
	case k == contentEncoding && tellsOfParts(k, value) && (sr.open.kind == 0 || (sr.loose && sr.open.off < sr.run)):
		// MIME headers of a part whose boundary was lost.
		sr.close(sr.run)
		sr.open, sr.loose = find{foundMail, span{sr.run, 0}, "", sr.run}, true
	}
}

// isMIMEHeader tells whether a line is one of the MIME headers.
func isMIMEHeader(line []byte) bool {
	if len(line) == 0 || lower(line[0]) != 'c' {
		return false
	}
	name, _, ok := splitHeader(line)
	return kindOfLine(name, ok).isMIME()
}

// kindOfLine is kindOf for a line that may be no header.
func kindOfLine(name []byte, ok bool) kind {
	if !ok {
		return other
	}
	return kindOf(name)
}

// tellsOfParts tells whether a MIME header shows that a text holds more than
// plain text.
func tellsOfParts(k kind, value []byte) bool {
	v := bytes.ToLower(bytes.TrimSpace(value))
	switch k {
	case contentType:
		return !bytes.HasPrefix(v, []byte("text/plain"))
	case contentEncoding:
		return !bytes.HasPrefix(v, []byte("7bit"))
	}
	return false
}

// startsMail tells whether a message may begin with this header (the MAIL magics
// of clamscan 1.4.6, here without regard to case).
func startsMail(name []byte) bool {
	if len(name) > 24 {
		return false
	}
	switch strings.ToLower(string(name)) {
	case "from", "received", "return-path", "date", "subject", "to", "for", "message-id",
		"delivered-to", "delivery-date", "envelope-to", "mime-version", "received-spf",
		"x-apparently-to", "x-envelope-from", "x-original-to", "x-real-to", "x-sieve", "x-uidl", "x-evs":
		return true
	}
	return false
}

// isMailboxLine tells whether a line is the separator of a mailbox: "From " with
// an address and a date, which has 6 blanks and 11 digits.
func isMailboxLine(line []byte) bool {
	if !isFrom(line) {
		return false
	}
	blanks, digits := 0, 0
	for _, c := range line {
		switch {
		case c == ' ':
			blanks++
		case c >= '0' && c <= '9':
			digits++
		}
	}
	return blanks >= 6 && digits >= 11
}

// banner is the line before BinHex data (RFC 1741).
const banner = "(This file must be converted with BinHex 4.0)"

// isBanner tells whether a line is the BinHex banner or nearly so.
func isBanner(line []byte) bool {
	line = bytes.TrimSpace(line)
	if len(line) < 30 || len(line) > maxWord || line[0] != '(' {
		return false
	}
	// More than 90 % in common leaves at least one of these pieces whole; looking
	// for them first keeps the costly comparison off ordinary lines.
	for _, piece := range [...]string{"(This f", "ile must", " be conv", "erted wi", "th BinHe", "x 4.0)"} {
		if bytes.Contains(line, []byte(piece)) {
			return similarity(string(line), banner) > 90
		}
	}
	return false
}
