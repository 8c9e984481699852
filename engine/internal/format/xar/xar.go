package xar

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/lzma"
	"gclam/engine/internal/codec/zlib"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	minHeader = 28
	maxTOC    = 32 << 20 // bytes of an unpacked table of contents
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, in: in, b: b, out: out, seen: map[data]bool{}}
	h, err := in.Window(0, minHeader)
	if err != nil {
		return err
	}
	if len(h) < minHeader {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	start := int64(binary.BigEndian.Uint16(h[4:]))
	packed := binary.BigEndian.Uint64(h[8:])
	if start < minHeader || packed > uint64(in.Size()) {
		out.Fact(format.Damaged, 0)
		return nil
	}
	u.heap = start + int64(packed)
	toc, err := u.unpackTOC(in.Section(start, int64(packed)))
	if err != nil || len(toc) == 0 {
		return err
	}
	defer b.Release(int64(cap(toc)))
	if err := out.Child(format.Meta{CompressedSize: int64(packed), Size: int64(len(toc)), NoMeta: true}, input.Bytes(toc).Reader()); err != nil {
		return err
	}
	return u.contents(toc)
}

type unpacker struct {
	ctx  context.Context
	in   input.View
	b    *limit.Budget
	out  format.Sink
	heap int64 // offset of the heap, where members' offsets count from
	seen map[data]bool
}

// unpackTOC inflates the table of contents. Its memory is charged to the budget
// when it is not empty.
func (u *unpacker) unpackTOC(v input.View) ([]byte, error) {
	z := codec.Guard(u.ctx, u.b, zlib.NewReader(codec.Source(u.ctx, u.b, v.Reader())))
	var w bytes.Buffer
	_, err := io.Copy(&w, io.LimitReader(z, maxTOC))
	switch {
	case errors.Is(err, limit.ErrStop):
		return nil, err
	case codec.Truncated(err):
		u.out.Fact(format.Truncated, u.in.Size())
	case err != nil:
		u.out.Fact(format.Damaged, minHeader)
	}
	toc := w.Bytes()
	if len(toc) == 0 || !u.b.Grant(int64(cap(toc))) {
		return nil, nil
	}
	return toc, nil
}

// data is where a member lies in the heap and how it is packed.
type data struct {
	offset, length, size int64
	encoding             string
}

// The ways in which members are packed, by MIME type.
const (
	encGzip = "application/x-gzip"
	encLZMA = "application/x-lzma"
)

// member hands over one member; data that several files share only once.
func (u *unpacker) member(d data) error {
	if d.length <= 0 || d.offset < 0 || d.offset > u.in.Size() {
		return nil
	}
	key := d
	key.size = 0 // unpacked, which has no influence
	if u.seen[key] {
		return nil
	}
	u.seen[key] = true
	v := u.in.Section(u.heap+d.offset, d.length)
	if v.Size() < d.length {
		u.out.Fact(format.Truncated, u.in.Size())
	}
	if v.Size() == 0 {
		return nil
	}
	m := format.Meta{CompressedSize: d.length, Size: d.size, NoMeta: true}
	src := codec.Source(u.ctx, u.b, v.Reader())
	var r io.Reader
	switch d.encoding {
	case encGzip:
		if head, _ := v.Window(0, 2); bytes.Equal(head, []byte("\x1f\x8b")) {
			return u.out.Child(m, v.Reader())
		}
		r = zlib.NewReader(src)
	case encLZMA:
		z, err := lzma.NewAloneReader(src, u.b)
		if err != nil {
			return u.raw(m, v)
		}
		defer z.Close()
		r = z
	default:
		return u.out.Child(m, v.Reader())
	}
	return u.decoded(m, v, codec.Guard(u.ctx, u.b, r))
}

// decoded hands over what comes out of a decoder; the packed bytes if nothing does.
func (u *unpacker) decoded(m format.Meta, v input.View, g *codec.Guarded) error {
	if err := u.out.Child(m, codec.Cut(u.b, g)); err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case err == nil:
		return nil
	case codec.Truncated(err):
		u.out.Fact(format.Truncated, u.in.Size())
	default:
		u.out.Fact(format.Damaged, u.heap)
	}
	if g.Count() == 0 {
		return u.raw(m, v)
	}
	return nil
}

// raw hands over a member that is not packed as its entry says.
func (u *unpacker) raw(m format.Meta, v input.View) error {
	u.out.Fact(format.Damaged, u.heap)
	return u.out.Child(m, v.Reader())
}
