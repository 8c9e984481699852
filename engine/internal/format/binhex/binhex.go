package binhex

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec/hqx"
	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Layout of the decoded stream (RFC 1741, appendix A): name length, name, NUL,
// type, creator, flags, data length, resource length, CRC; data, CRC; resource, CRC.
const (
	fixedHeader = 1 + 4 + 4 + 2 + 4 + 4 + 2
	crcSize     = 2
	minFork     = 5 // bytes; smaller forks are not handed over

	checkInterval = 64 << 10 // bytes of text between two looks at the budget
	maxPreamble   = 1 << 20  // bytes of text searched for the first colon
)

// Unpack hands over the forks of one BinHex file.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	r := &reader{ctx: ctx, b: b, lr: lines.New(in, 0, in.Size())}
	if ok, err := r.start(); err != nil || !ok {
		if err == nil {
			out.Fact(format.Damaged, 0)
		}
		return err
	}
	data, rsrc, err := r.header()
	if err != nil {
		return r.end(err, out)
	}
	for _, n := range []uint32{data, rsrc} {
		if err := r.fork(int64(n), out); err != nil {
			return r.end(err, out)
		}
	}
	if r.dec.Foreign() > 0 {
		out.Fact(format.Damaged, 0)
	}
	return nil
}

// reader decodes the text behind the first colon.
type reader struct {
	ctx  context.Context
	b    *limit.Budget
	lr   *lines.Reader
	dec  hqx.Decoder
	buf  []byte
	pos  int
	next int64
}

// start finds the colon that begins the data: the first one at the start of a
// line after the banner.
func (r *reader) start() (bool, error) {
	banner := false
	for r.lr.Offset() < maxPreamble {
		l, ok := r.lr.Next()
		if !ok {
			break
		}
		text := bytes.TrimLeft(l.Text, " \t")
		if banner && len(text) > 0 && text[0] == ':' {
			r.buf = r.dec.Append(nil, text[1:])
			return true, nil
		}
		banner = banner || bytes.Contains(text, []byte("BinHex")) || bytes.HasPrefix(text, []byte("(This file"))
	}
	return false, r.lr.Err()
}

// Read implements io.Reader; it ends with the text.
func (r *reader) Read(p []byte) (int, error) {
	for r.pos == len(r.buf) {
		r.buf, r.pos = r.buf[:0], 0
		if r.dec.Closed() {
			return 0, io.EOF
		}
		if off := r.lr.Offset(); off >= r.next {
			if err := r.b.Check(r.ctx); err != nil {
				return 0, err
			}
			r.next = off + checkInterval
		}
		l, ok := r.lr.Next()
		if !ok {
			if err := r.lr.Err(); err != nil {
				return 0, err
			}
			return 0, io.EOF
		}
		r.buf = r.dec.Append(r.buf, l.Text)
	}
	n := copy(p, r.buf[r.pos:])
	r.pos += n
	return n, nil
}

// header reads up to the data fork and returns the lengths of the forks.
func (r *reader) header() (data, rsrc uint32, err error) {
	var n [1]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return 0, 0, err
	}
	rest := make([]byte, int(n[0])+fixedHeader)
	if _, err := io.ReadFull(r, rest); err != nil {
		return 0, 0, err
	}
	sizes := rest[int(n[0])+1+4+4+2:]
	return binary.BigEndian.Uint32(sizes), binary.BigEndian.Uint32(sizes[4:]), nil
}

// fork hands over one fork and reads on behind its checksum.
func (r *reader) fork(n int64, out format.Sink) error {
	f := &io.LimitedReader{R: r, N: n}
	if n >= minFork {
		m := format.Meta{Size: n, CompressedSize: -1, NoMeta: true}
		if err := out.Child(m, f); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, f); err != nil {
		return err
	}
	if f.N > 0 {
		return io.ErrUnexpectedEOF
	}
	_, err := io.CopyN(io.Discard, r, crcSize)
	return err
}

// end turns the end of the text into a fact.
func (r *reader) end(err error, out format.Sink) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		out.Fact(format.Truncated, r.lr.Offset())
		return nil
	}
	return err
}
