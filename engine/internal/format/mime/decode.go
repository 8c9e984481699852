package mime

import (
	"context"
	"io"

	"gclam/engine/internal/codec/base64"
	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/codec/qp"
	"gclam/engine/internal/codec/uu"
	"gclam/engine/internal/codec/yenc"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// lineDecoder turns lines into bytes.
type lineDecoder interface {
	// line appends what l decodes to; more is false behind the data's end.
	line(dst []byte, l lines.Line) (out []byte, more bool)
	// flush appends what is left at the end.
	flush(dst []byte) []byte
}

type plainDecoder struct{ eol string }

func (d plainDecoder) line(dst []byte, l lines.Line) ([]byte, bool) {
	dst = append(dst, l.Text...)
	if !l.Cut && l.End > l.Stop {
		dst = append(dst, d.eol...)
	}
	return dst, true
}

func (plainDecoder) flush(dst []byte) []byte { return dst }

type base64Decoder struct{ base64.Decoder }

func (d *base64Decoder) line(dst []byte, l lines.Line) ([]byte, bool) {
	return d.Line(dst, l.Text), true
}

func (d *base64Decoder) flush(dst []byte) []byte { return d.Flush(dst) }

type qpDecoder struct{ qp.Decoder }

func (d *qpDecoder) line(dst []byte, l lines.Line) ([]byte, bool) {
	return d.Line(dst, l.Text, l.Cut), true
}

func (d *qpDecoder) flush(dst []byte) []byte { return d.Flush(dst) }

type uuDecoder struct{}

func (uuDecoder) line(dst []byte, l lines.Line) ([]byte, bool) {
	if l.Cont {
		return dst, true
	}
	return uu.Line(dst, l.Text)
}

func (uuDecoder) flush(dst []byte) []byte { return dst }

type yencDecoder struct{ yenc.Decoder }

func (d *yencDecoder) line(dst []byte, l lines.Line) ([]byte, bool) {
	if yenc.IsEnd(l.Text) {
		return dst, false
	}
	return d.Line(dst, l.Text), true
}

func (d *yencDecoder) flush(dst []byte) []byte { return dst }

// decodeChunk is about how many decoded bytes are kept ready.
const decodeChunk = 32 << 10

// decodeReader decodes a range of lines. Its memory is one chunk and one window.
type decodeReader struct {
	ctx  context.Context
	b    *limit.Budget
	lr   *lines.Reader
	dec  lineDecoder
	buf  []byte
	pos  int
	next int64
	err  error
}

// decode returns a reader of what a range of v decodes to.
func (p *parser) decode(v input.View, s span, dec lineDecoder) *decodeReader {
	return &decodeReader{ctx: p.ctx, b: p.b, lr: lines.New(v, s.off, s.end), dec: dec}
}

// Read implements io.Reader.
func (r *decodeReader) Read(p []byte) (int, error) {
	for r.pos == len(r.buf) {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.buf[r.pos:])
	r.pos += n
	return n, nil
}

// fill decodes the next chunk.
func (r *decodeReader) fill() {
	r.buf, r.pos = r.buf[:0], 0
	for len(r.buf) < decodeChunk {
		l, ok := r.lr.Next()
		if ok && l.Off >= r.next {
			r.next = l.Off + checkInterval
			if r.err = r.b.Check(r.ctx); r.err != nil {
				return
			}
		}
		if ok {
			r.buf, ok = r.dec.line(r.buf, l)
		}
		if !ok {
			r.buf = r.dec.flush(r.buf)
			if r.err = r.lr.Err(); r.err == nil {
				r.err = io.EOF
			}
			return
		}
	}
}

// child hands over what a decoder makes of a range of v; see handOver.
func (p *parser) child(m format.Meta, v input.View, s span, dec func() lineDecoder) ([]byte, error) {
	return p.handOver(m, func() io.Reader { return p.decode(v, s, dec()) })
}

// handOver hands over what a reader yields. Small results are decoded
// before, so that their size is known and they are scanned in place; for large
// ones the size is counted in a first pass. It returns the decoded bytes if it
// kept them. Nothing is handed over when nothing was decoded.
func (p *parser) handOver(m format.Meta, open func() io.Reader) ([]byte, error) {
	r := open()
	buf, err := io.ReadAll(io.LimitReader(r, maxBuffered+1))
	if err != nil && len(buf) == 0 {
		return nil, err
	}
	if len(buf) == 0 {
		return nil, nil
	}
	if len(buf) <= maxBuffered {
		m.Size, m.CompressedSize = int64(len(buf)), int64(len(buf))
		return buf, p.out.Child(m, input.Bytes(buf).Reader())
	}
	size := int64(len(buf))
	buf = nil
	rest, err := io.Copy(io.Discard, r)
	if err != nil {
		return nil, err
	}
	m.Size, m.CompressedSize = size+rest, size+rest
	return nil, p.out.Child(m, open())
}
