package swf

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
	headerSize = 8  // kind, version, length of the plain movie
	lzmaHeader = 12 // and the length of the LZMA stream
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	h, err := in.Window(0, lzmaHeader+lzma.PropsSize)
	if err != nil {
		return err
	}
	if len(h) < headerSize {
		return nil
	}
	size := int64(binary.LittleEndian.Uint32(h[4:]))
	rest := func(at int64) io.Reader { return codec.Source(ctx, b, in.Section(at, in.Size()).Reader()) }
	var r io.Reader
	switch {
	case bytes.HasPrefix(h, []byte("CWS")):
		r = zlib.NewReader(rest(headerSize))
	case bytes.HasPrefix(h, []byte("ZWS")) && len(h) == lzmaHeader+lzma.PropsSize:
		// The declared length may be a lie, so that the end mark or the end of the
		// data counts.
		z, err := lzma.NewReader(rest(lzmaHeader+lzma.PropsSize), h[lzmaHeader:], lzma.UnknownSize, b)
		if err != nil {
			out.Fact(format.Damaged, lzmaHeader)
			return nil
		}
		defer z.Close()
		r = z
	default:
		return nil
	}
	g := codec.Guard(ctx, b, r)
	plain := append([]byte("F"), h[1:headerSize]...)
	m := format.Meta{CompressedSize: in.Size(), Size: size, Type: "SWF", NoMeta: true}
	if err := out.Child(m, codec.Cut(b, io.MultiReader(bytes.NewReader(plain), g))); err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err) && g.Count()+headerSize >= size && size > 0:
		// An LZMA stream without an end mark that is complete.
	case codec.Truncated(err):
		out.Fact(format.Truncated, in.Size())
	case err != nil:
		out.Fact(format.Damaged, 0)
	}
	return nil
}
