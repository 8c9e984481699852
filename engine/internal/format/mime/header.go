package mime

import (
	"bytes"
	"strings"

	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/format"
	"gclam/engine/internal/limit"
)

// header is one header block as far as the parser needs it.
type header struct {
	values  [3][]string // Content-Type, -Transfer-Encoding, -Disposition in order
	headEnd int64       // offset behind the last header line
	body    int64       // offset of the body
	cut     bool        // a boundary ended it
	loose   []span      // text between header lines, to be searched like any text
	err     error
}

// kind says what a header line is to the parser.
type kind uint8

// The kinds; the first three index header.values.
const (
	contentType kind = iota
	contentEncoding
	contentDisposition
	useful // shows that a mail header has begun
	other
)

func (k kind) isMIME() bool { return k <= contentDisposition }

// kindOf classifies a header name, in which RFC 822 comments may stand.
func kindOf(name []byte) kind {
	switch strings.ToLower(strings.TrimSpace(stripComments(string(name)))) {
	case "content-type":
		return contentType
	case "content-transfer-encoding":
		return contentEncoding
	case "content-disposition":
		return contentDisposition
	case "from", "received", "de":
		return useful
	}
	return other
}

// splitHeader splits a line at the colon behind a field name.
func splitHeader(line []byte) (name, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 200 {
		return nil, nil, false
	}
	name = bytes.TrimRight(line[:i], " \t")
	depth := 0
	for _, c := range name {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth > 0:
		case c <= ' ' || c == 0x7F:
			return nil, nil, false
		}
	}
	return name, line[i+1:], len(name) > 0
}

// isFrom tells whether a line may start a message of a mailbox.
func isFrom(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// headerReader is the state of readHeader.
type headerReader struct {
	p     *parser
	h     *header
	top   bool // header of a message, not of a part
	begun bool // a header line was seen
	sure  bool // a useful header was seen, or none is needed
	doubt span // off: first blank or foreign line before a useful header; end: where the body starts if none comes
	junk  int64
	kind  kind
	value []byte // of the current header, kept only for the three MIME headers
	folds int
	bytes int
	count int
}

// readHeader reads header lines up to the body. The header of a message may
// begin late: until a useful header line comes, blank and foreign lines do not
// end it (observed: clamscan 1.4.6); if none comes they belong to the body.
func (p *parser) readHeader(top bool) *header {
	start := p.lr.Offset()
	r := &headerReader{p: p, h: &header{body: -1, headEnd: start}, top: top, sure: !top, junk: -1, doubt: span{-1, -1}, kind: other}
	next := start + checkInterval
	for r.h.body < 0 {
		l, ok := p.lr.Next()
		if !ok {
			r.end(p.lr.Offset())
			break
		}
		if l.Off >= next {
			next = l.Off + checkInterval
			if r.h.err = p.b.Check(p.ctx); r.h.err != nil {
				return r.h
			}
		}
		r.line(l)
	}
	return r.h
}

// line handles one line; it sets h.body at the end of the header.
func (r *headerReader) line(l lines.Line) {
	text := l.Text
	switch {
	case l.Cont:
		r.more(text)
		return
	case len(text) == 0:
		r.blankLine(l)
		return
	case (text[0] == ' ' || text[0] == '\t') && r.begun && r.doubt.off < 0:
		r.fold(text)
		r.h.headEnd = l.End
		return
	case !r.begun && r.top && isFrom(text):
		r.p.mbox = true
		r.h.headEnd = l.End
		return
	case r.doubt.off >= 0 && r.p.mbox && isFrom(text): // the next message
		r.end(l.Off)
		return
	case text[0] == '-' && len(r.p.levels) > 0:
		if _, _, ok := r.p.bounds.match(text); ok {
			r.h.cut = r.begun
			r.end(l.Off)
			return
		}
	}
	name, value, ok := splitHeader(text)
	k := other
	if ok {
		k = kindOf(name)
	}
	switch {
	case k.isMIME():
	case r.swallows(ok, text):
		r.fold(text)
		r.h.headEnd = l.End
		return
	case !ok:
		r.foreign(l)
		return
	}
	r.field(l, k, value)
}

// field starts a header.
func (r *headerReader) field(l lines.Line, k kind, value []byte) {
	r.flush()
	r.begun = true
	if k != other && !r.sure {
		r.sure = true
		if r.doubt.off >= 0 {
			r.h.loose = append(r.h.loose, span{r.doubt.off, l.Off})
			r.doubt.off = -1
		}
	}
	if r.doubt.off < 0 {
		r.h.headEnd = l.End
	}
	r.endJunk(l.Off)
	r.kind, r.folds = k, 0
	r.more(value)
}

// swallows tells whether a line that is not indented belongs to the header before
// it all the same: that one ended in ';' or inside a quoted string.
func (r *headerReader) swallows(isField bool, text []byte) bool {
	if !r.kind.isMIME() || len(r.value) == 0 {
		return false
	}
	v := bytes.TrimRight(r.value, " \t")
	if bytes.HasSuffix(v, []byte(";")) {
		return !isField || bytes.IndexByte(text, '=') >= 0
	}
	return !isField && bytes.Count(v, []byte(`"`))%2 == 1
}

// fold adds a continuation line.
func (r *headerReader) fold(text []byte) {
	if r.folds++; r.folds >= maxFolds {
		if r.folds == maxFolds {
			r.hit(limit.EmailLineFoldCnt)
		}
		return
	}
	r.more(text)
}

// more adds text to the current header.
func (r *headerReader) more(text []byte) {
	if !r.kind.isMIME() {
		return
	}
	if r.bytes += len(text); r.bytes > maxHeaderBytes {
		if r.bytes-len(text) <= maxHeaderBytes {
			r.hitTop(limit.EmailHeaderBytes)
		}
		return
	}
	r.value = append(r.value, text...)
}

// flush ends the current header.
func (r *headerReader) flush() {
	if r.kind.isMIME() {
		if r.count++; r.count <= maxHeaders || !r.top {
			r.h.values[r.kind] = append(r.h.values[r.kind], string(r.value))
		} else if r.count == maxHeaders+1 {
			r.hitTop(limit.EmailHeaders)
		}
	}
	r.kind, r.value = other, r.value[:0]
}

// hit reports a limit of the header.
func (r *headerReader) hit(k limit.Kind) {
	r.p.b.Hit(k)
	r.p.out.Fact(format.Skipped, r.p.lr.Offset())
}

// hitTop reports a limit that only the header of a message has (observed:
// clamscan 1.4.6); the header of a part is silently cut there.
func (r *headerReader) hitTop(k limit.Kind) {
	if r.top {
		r.hit(k)
		return
	}
	r.p.out.Fact(format.Skipped, r.p.lr.Offset())
}

// blankLine ends the header, or begins the doubt whether it has begun at all.
func (r *headerReader) blankLine(l lines.Line) {
	switch {
	case r.sure:
		r.h.headEnd = l.Off
		r.finish(l.End)
	case r.begun && r.doubt.off < 0:
		r.flush()
		r.doubt = span{l.Off, l.End}
	}
}

// foreign handles a line that cannot stand in a header.
func (r *headerReader) foreign(l lines.Line) {
	switch {
	case r.sure && !r.begun: // a part without header
		r.finish(l.Off)
	case r.sure && r.junk < 0:
		r.flush()
		r.junk = l.Off
	case r.sure:
	case r.doubt.off < 0:
		r.flush()
		r.doubt = span{l.Off, l.Off}
	case l.Off-r.doubt.off > maxSearch:
		r.finish(r.doubt.end)
	}
}

// end is called when a boundary or the end of the object cuts the header off.
func (r *headerReader) end(off int64) {
	if !r.sure && r.doubt.off >= 0 {
		off = r.doubt.end
	}
	r.finish(off)
}

// finish closes the header; body is the offset of the body.
func (r *headerReader) finish(body int64) {
	r.flush()
	r.h.body = body
	r.endJunk(body)
}

// endJunk ends a run of lines that are no header lines.
func (r *headerReader) endJunk(off int64) {
	if r.junk >= 0 && r.junk < off && len(r.h.loose) < maxLoose {
		r.h.loose = append(r.h.loose, span{r.junk, off})
	}
	r.junk = -1
}
