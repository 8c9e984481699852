package lha

import (
	"context"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/lzh"
	"gclam/engine/internal/codec/lzss"
	"gclam/engine/internal/codec/window"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const methodDir = "-lhd-"

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	pos := 0
	for off := int64(0); ; {
		if err := b.Check(ctx); err != nil {
			return err
		}
		e, ok, err := parse(in, off)
		if err != nil {
			return err
		}
		if !ok || e.data <= off {
			if off == 0 {
				out.Fact(format.Damaged, 0)
			}
			return nil
		}
		if e.method != methodDir {
			if err := extract(ctx, in, b, out, e, pos); err != nil {
				return err
			}
			pos++
		}
		off = e.data + e.csize
	}
}

func extract(ctx context.Context, in input.View, b *limit.Budget, out format.Sink, e entry, pos int) error {
	m := format.Meta{
		Name: e.path(), CompressedSize: e.csize, Size: e.osize,
		Position: pos, CRC32: uint32(e.crc), HasCRC: e.hasCRC,
	}
	data := in.Section(e.data, e.csize)
	if data.Size() < e.csize {
		out.Fact(format.Truncated, in.Size())
	}
	if data.Size() == 0 {
		return out.Child(m, nil)
	}
	if k := b.Allowed(ctx, e.osize); k != limit.None {
		b.Hit(k)
		out.Fact(format.Skipped, e.data)
		return out.Child(m, nil)
	}
	if stored(e.method) {
		return out.Child(m, data.Reader())
	}
	r := decoder(e.method, codec.Source(ctx, b, data.Reader()), e.osize, b)
	if r == nil {
		out.Fact(format.Unsupported, e.data)
		return out.Child(m, nil)
	}
	defer r.Close()
	g := codec.Guard(ctx, b, r)
	if err := out.Child(m, g); err != nil {
		return err
	}
	if errors.Is(g.Err(), limit.ErrStop) {
		return limit.ErrStop
	}
	if g.Err() != nil {
		out.Fact(format.Damaged, e.data)
	}
	return nil
}

func stored(method string) bool {
	return method == "-lh0-" || method == "-lz4-" || method == "-pm0-"
}

// decoder returns the decoder of a method, nil if there is none.
func decoder(method string, src io.Reader, size int64, mem codec.Memory) *window.Reader {
	switch method {
	case "-lh4-":
		return lzh.NewReader(src, lzh.LH4, size, mem)
	case "-lh5-":
		return lzh.NewReader(src, lzh.LH5, size, mem)
	case "-lh6-":
		return lzh.NewReader(src, lzh.LH6, size, mem)
	case "-lh7-":
		return lzh.NewReader(src, lzh.LH7, size, mem)
	case "-lhx-":
		return lzh.NewReader(src, lzh.LHX, size, mem)
	case "-lzs-":
		return lzss.NewLZSReader(src, size, mem)
	case "-lz5-":
		return lzss.NewLZ5Reader(src, size, mem)
	}
	return nil
}
