package xz

import (
	"context"
	"errors"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/xz"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	r := xz.NewReader(codec.Source(ctx, b, in.Reader()), b)
	defer r.Close()
	g := codec.Guard(ctx, b, r)
	err := out.Child(format.Meta{CompressedSize: in.Size(), Size: -1, Position: 1, NoMeta: true}, g)
	if err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		out.Fact(format.Truncated, in.Size())
	case errors.Is(err, codec.ErrUnsupported):
		out.Fact(format.Unsupported, 0)
	case errors.Is(err, codec.ErrMemory):
		out.Fact(format.Skipped, 0)
	case err != nil:
		out.Fact(format.Damaged, 0)
	}
	return nil
}
