package hwp

import (
	"bytes"
	"context"
	"errors"
	"io"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// oleAt is where the compound file of an HWPOLE2 object begins.
const oleAt = 4

// UnpackOLE implements format.Unpacker for HWPOLE2.
func UnpackOLE(_ context.Context, in input.View, _ *limit.Budget, out format.Sink) error {
	v := in.Section(oleAt, in.Size()-oleAt)
	if v.Size() == 0 {
		return nil
	}
	return out.Child(format.Meta{CompressedSize: v.Size(), Size: v.Size(), NoMeta: true}, v.Reader())
}

// Layout of a version 3 document (Hancom, "HWP document file format 3.0").
const (
	signatureSize = 30
	infoSize      = 128
	summarySize   = 1008
	passwordAt    = signatureSize + 96  // u16, 0 without a password
	compressedAt  = signatureSize + 124 // u8
	blockSizeAt   = signatureSize + 126 // u16, bytes of the block before the body
	blockAt       = signatureSize + infoSize + summarySize
)

// Unpack implements format.Unpacker for HWP3.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	h, err := in.Window(0, blockAt)
	if err != nil {
		return err
	}
	block, ok := bytesx.U16LE(h, blockSizeAt)
	if !ok || len(h) < blockAt {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	if pw, _ := bytesx.U16LE(h, passwordAt); pw != 0 {
		out.Fact(format.Encrypted, passwordAt)
	}
	at := int64(blockAt) + int64(block)
	body := in.Section(at, in.Size()-at)
	if body.Size() == 0 {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	u := &unpacker{ctx: ctx, b: b, out: out}
	if packed, _ := bytesx.U8(h, compressedAt); packed == 0 {
		data, err := body.Window(0, maxBody)
		if err != nil {
			return err
		}
		return u.objects(data)
	}
	return u.packed(body)
}

type unpacker struct {
	ctx context.Context
	b   *limit.Budget
	out format.Sink
}

// packed inflates the body, hands it over and searches it.
func (u *unpacker) packed(body input.View) error {
	g := codec.Guard(u.ctx, u.b, flate.NewReader(codec.Source(u.ctx, u.b, body.Reader())))
	var w bytes.Buffer
	_, err := io.Copy(&w, codec.Cut(u.b, io.LimitReader(g, maxBody)))
	switch {
	case errors.Is(err, limit.ErrStop):
		return err
	case codec.Truncated(err):
		u.out.Fact(format.Truncated, -1)
	case err != nil:
		u.out.Fact(format.Damaged, -1)
	}
	data := w.Bytes()
	if !u.b.Grant(int64(cap(data))) {
		return nil
	}
	defer u.b.Release(int64(cap(data)))
	if err := u.child("body", data); err != nil {
		return err
	}
	return u.objects(data)
}

func (u *unpacker) child(name string, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	m := format.Meta{Name: name, CompressedSize: -1, Size: int64(len(data)), NoMeta: true}
	return u.out.Child(m, input.Bytes(data).Reader())
}
