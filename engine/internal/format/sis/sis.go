package sis

import (
	"context"
	"encoding/binary"
	"errors"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/zlib"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	uidSize = 16
	uidNew  = 0x10201a7a // first of the identifiers
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, in: in, b: b, out: out}
	h, err := in.Window(0, oldHeader)
	if err != nil {
		return err
	}
	if len(h) >= uidSize && binary.LittleEndian.Uint32(h) == uidNew {
		return u.fields()
	}
	if len(h) < oldHeader {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	return u.table(h)
}

type unpacker struct {
	ctx context.Context
	in  input.View
	b   *limit.Budget
	out format.Sink
}

// inflated hands over the content of a zlib stream; the stream if it is none.
func (u *unpacker) inflated(m format.Meta, v input.View) error {
	g := codec.Guard(u.ctx, u.b, zlib.NewReader(codec.Source(u.ctx, u.b, v.Reader())))
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
		u.out.Fact(format.Damaged, 0)
	}
	if g.Count() == 0 {
		return u.out.Child(m, v.Reader())
	}
	return nil
}
