package uuencode

import (
	"context"
	"io"

	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/codec/uu"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	maxBlocks     = 10000    // uuencoded blocks in one file
	checkInterval = 64 << 10 // bytes between two looks at the budget
	chunk         = 32 << 10 // decoded bytes kept ready
)

// Unpack hands over what each block decodes to.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	p := &parser{ctx: ctx, b: b, lr: lines.New(in, 0, in.Size())}
	for range maxBlocks {
		name, err := p.header()
		if err != nil || name == nil {
			return err
		}
		r := &blockReader{p: p}
		m := format.Meta{Name: *name, Size: -1, CompressedSize: -1, NoMeta: true}
		if err := out.Child(m, r); err != nil {
			return err
		}
		// The sink may have read less than everything.
		if _, err := io.Copy(io.Discard, r); err != nil {
			return err
		}
		if !r.ended {
			out.Fact(format.Truncated, p.lr.Offset())
		}
	}
	return nil
}

// parser is the state of one Unpack.
type parser struct {
	ctx  context.Context
	b    *limit.Budget
	lr   *lines.Reader
	next int64
}

// header looks for the next header line; nil at the end of the file.
func (p *parser) header() (*string, error) {
	for {
		l, ok, err := p.line()
		if err != nil || !ok {
			return nil, err
		}
		if l.Cont {
			continue
		}
		if n, ok := uu.Header(l.Text); ok {
			name := string(n)
			return &name, nil
		}
	}
}

// line reads a line and looks at the budget now and then.
func (p *parser) line() (lines.Line, bool, error) {
	if off := p.lr.Offset(); off >= p.next {
		if err := p.b.Check(p.ctx); err != nil {
			return lines.Line{}, false, err
		}
		p.next = off + checkInterval
	}
	l, ok := p.lr.Next()
	return l, ok, p.lr.Err()
}

// blockReader decodes the lines of one block.
type blockReader struct {
	p     *parser
	buf   []byte
	pos   int
	err   error
	ended bool // by a line, not by the end of the file
}

// Read implements io.Reader.
func (r *blockReader) Read(p []byte) (int, error) {
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
func (r *blockReader) fill() {
	r.buf, r.pos = r.buf[:0], 0
	for len(r.buf) < chunk {
		l, ok, err := r.p.line()
		if err != nil {
			r.err = err
			return
		}
		if ok && l.Cont {
			continue
		}
		if ok {
			if r.buf, ok = uu.Line(r.buf, l.Text); ok {
				continue
			}
			r.ended = true
			if _, begins := uu.Header(l.Text); begins {
				r.p.lr.Rewind(l.Off)
			}
		}
		r.err = io.EOF
		return
	}
}
