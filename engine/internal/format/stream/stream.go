package stream

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/lzma"
	"gclam/engine/internal/codec/lzw"
	"gclam/engine/internal/codec/zstd"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// HeaderSize is how many bytes Recognised looks at.
const HeaderSize = 13

// Formats that Recognised tells apart.
const (
	none = iota
	lzip
	zstandard
	compress
	lzmaAlone
)

// Recognised tells whether data that begin with b are one of the streams.
func Recognised(b []byte) bool { return kind(b) != none }

func kind(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("LZIP\x01")):
		return lzip
	case bytes.HasPrefix(b, []byte("\x28\xb5\x2f\xfd")):
		return zstandard
	case len(b) > 3 && b[0] == 0x1f && b[1] == 0x9d && b[2]&0x60 == 0 && b[2]&0x1f >= 9 && b[2]&0x1f <= 16:
		return compress
	case plausibleLZMA(b):
		return lzmaAlone
	}
	return none
}

// plausibleLZMA judges a header without magic: usual properties, a dictionary of
// 2^n or 2^n+2^(n-1) bytes, and a size that is unknown or below 256 GiB.
func plausibleLZMA(b []byte) bool {
	if len(b) < HeaderSize || b[0] != 0x5d {
		return false
	}
	dict, size := binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint64(b[5:])
	low := dict & -dict
	if dict < 1<<12 || dict != low && dict != 3*low {
		return false
	}
	return size == 1<<64-1 || size > 0 && size < 1<<38
}

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	h, err := in.Window(0, HeaderSize)
	if err != nil {
		return err
	}
	r, err := open(kind(h), codec.Source(ctx, b, in.Reader()), b)
	if r == nil || err != nil {
		return nil
	}
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	g := codec.Guard(ctx, b, r)
	if err := out.Child(format.Meta{CompressedSize: in.Size(), Size: -1, Position: 1, NoMeta: true}, g); err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		out.Fact(format.Truncated, in.Size())
	case err != nil:
		out.Fact(format.Damaged, 0)
	}
	return nil
}

// open returns the decoder of a kind, nil for none.
func open(kind int, src io.Reader, mem codec.Memory) (io.Reader, error) {
	switch kind {
	case lzip:
		return lzma.NewLzipReader(src, mem), nil
	case zstandard:
		return zstd.NewReader(src, mem)
	case compress:
		return lzw.NewReader(src), nil
	case lzmaAlone:
		return lzma.NewAloneReader(bufio.NewReader(src), mem)
	}
	return nil, nil
}
