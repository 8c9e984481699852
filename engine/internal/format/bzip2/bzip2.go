package bzip2

import (
	"bytes"
	"compress/bzip2"
	"context"
	"errors"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// workMemory is what the decoder allocates for 900 kB blocks, bytes.
const workMemory = 4 << 20

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	if !b.Grant(workMemory) {
		out.Fact(format.Skipped, 0)
		return nil
	}
	defer b.Release(workMemory)
	next, err := secondStream(ctx, in, b)
	if err != nil {
		return err
	}
	if next > 0 {
		if err := child(ctx, in.Section(0, next), b, out, 1); err != nil {
			return err
		}
		return child(ctx, in, b, out, 2)
	}
	return child(ctx, in, b, out, 1)
}

func child(ctx context.Context, in input.View, b *limit.Budget, out format.Sink, pos int) error {
	g := codec.Guard(ctx, b, bzip2.NewReader(codec.Source(ctx, b, in.Reader())))
	m := format.Meta{CompressedSize: in.Size(), Size: -1, Position: pos, NoMeta: true}
	if err := out.Child(m, g); err != nil {
		return err
	}
	var bad bzip2.StructuralError
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		out.Fact(format.Truncated, in.Size())
	case errors.As(err, &bad) && bad == "bad magic value in continuation file":
		// junk after the last stream
	case err != nil:
		out.Fact(format.Damaged, 0)
	}
	return nil
}

// secondStream finds where the second of several streams starts, 0 when there
// is one only. Streams are byte-aligned and start with "BZh", the block size and
// the 48-bit block magic; by chance this occurs once in 2^76 bytes.
func secondStream(ctx context.Context, in input.View, b *limit.Budget) (int64, error) {
	const step, keep = 64 << 10, 9
	magic := []byte("1AY&SY")
	for off := int64(keep); off < in.Size(); off += step {
		if err := b.Check(ctx); err != nil {
			return 0, err
		}
		w, err := in.Window(off, step+keep)
		if err != nil {
			return 0, err
		}
		for i := 0; ; {
			k := bytes.Index(w[i:], magic)
			if k < 0 {
				break
			}
			i += k
			if i >= 4 && bytes.Equal(w[i-4:i-1], []byte("BZh")) && w[i-1] >= '1' && w[i-1] <= '9' {
				return off + int64(i) - 4, nil
			}
			i++
		}
	}
	return 0, nil
}
