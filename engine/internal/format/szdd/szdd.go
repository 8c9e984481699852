package szdd

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/lzss"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	magic      = "SZDD\x88\xf0\x27\x33A"
	headerSize = 14
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	h, err := in.Window(0, headerSize)
	if err != nil {
		return err
	}
	if len(h) < headerSize || !bytes.HasPrefix(h, []byte(magic)) {
		out.Fact(format.Damaged, 0)
		return nil
	}
	size := int64(binary.LittleEndian.Uint32(h[10:]))
	if k := b.Allowed(ctx, size); k != limit.None {
		b.Hit(k)
		out.Fact(format.Skipped, 0)
		return nil
	}
	data := in.Section(headerSize, in.Size()-headerSize)
	r := lzss.NewSZDDReader(codec.Source(ctx, b, data.Reader()), b)
	defer r.Close()
	g := codec.Guard(ctx, b, r)
	m := format.Meta{CompressedSize: data.Size(), Size: size, Position: 1, NoMeta: true}
	if err := out.Child(m, g); err != nil {
		return err
	}
	if errors.Is(g.Err(), limit.ErrStop) {
		return limit.ErrStop
	}
	if g.Count() < size {
		out.Fact(format.Truncated, in.Size())
	}
	return nil
}
