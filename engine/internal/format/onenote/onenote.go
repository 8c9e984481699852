package onenote

import (
	"bytes"
	"context"
	"math"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// A FileDataStoreObject (MS-ONESTORE 2.6.13).
const (
	objectGUID = "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"
	lengthAt   = 16
	dataAt     = 36 // behind the length and 12 unused bytes
)

// window is the number of bytes searched between two looks at the budget.
const window = 64 << 10

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	for at := int64(0); at < in.Size(); at += window {
		if err := b.Check(ctx); err != nil {
			return err
		}
		w, err := in.Window(at, window+int64(len(objectGUID))-1)
		if err != nil {
			return err
		}
		for from := 0; ; {
			i := bytes.Index(w[from:], []byte(objectGUID))
			if i < 0 {
				break
			}
			if err := object(in, at+int64(from+i), out); err != nil {
				return err
			}
			from += i + len(objectGUID)
		}
	}
	return nil
}

// object hands over the data of the object at an offset.
func object(in input.View, off int64, out format.Sink) error {
	h, err := in.Window(off, dataAt)
	if err != nil {
		return err
	}
	n, ok := bytesx.U64LE(h, lengthAt)
	if !ok {
		out.Fact(format.Truncated, off)
		return nil
	}
	size := int64(min(n, math.MaxInt64))
	v := in.Section(off+dataAt, size)
	if v.Size() < size {
		out.Fact(format.Truncated, off)
	}
	if v.Size() == 0 {
		return nil
	}
	return out.Child(format.Meta{CompressedSize: size, Size: size, NoMeta: true}, v.Reader())
}
