package nsis

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// The first header.
const (
	markAt     = 8
	mark       = "NullsoftInst"
	sizeAt     = 20 // of the script, unpacked
	totalAt    = 24 // of everything from here on, this header included
	headerSize = 28
	searchSize = 2048 // where the mark is looked for in an object of its own
)

const (
	lengthSize = 4
	packedBit  = 1 << 31
	maxMembers = 1 << 16
	maxSkip    = 1 << 30 // bytes of solid members that are unpacked only to get past them
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	in, h, err := locate(in)
	if err != nil {
		return err
	}
	if len(h) < headerSize {
		out.Fact(format.Damaged, 0)
		return nil
	}
	le := binary.LittleEndian
	data := in.Section(headerSize, in.Size())
	if total := int64(le.Uint32(h[totalAt:])); total > headerSize {
		if total > in.Size() {
			out.Fact(format.Truncated, in.Size())
		}
		data = in.Section(headerSize, total-headerSize)
	}
	u := &unpacker{ctx: ctx, in: data, b: b, out: out, script: int64(le.Uint32(h[sizeAt:])), skip: maxSkip}
	start, err := data.Window(0, 16)
	if err != nil {
		return err
	}
	m, solid := detect(start, u.script, data.Size())
	if solid {
		return u.solid(m)
	}
	return u.members(m)
}

// locate finds the first header: at the start, or in an object of its own,
// wherever its mark is.
func locate(in input.View) (input.View, []byte, error) {
	w, err := in.Window(0, searchSize)
	if err != nil {
		return in, nil, err
	}
	if i := bytes.Index(w, []byte(mark)); i >= markAt {
		in = in.Section(int64(i)-markAt, in.Size())
		h, err := in.Window(0, headerSize)
		return in, h, err
	}
	return in, nil, nil
}

type unpacker struct {
	ctx    context.Context
	in     input.View // what follows the first header
	b      *limit.Budget
	out    format.Sink
	script int64
	skip   int64
}

func (u *unpacker) meta(i int, packed, size int64) format.Meta {
	m := format.Meta{CompressedSize: packed, Size: size, Position: i, NoMeta: true}
	if i == 0 {
		m.Type = "BINARY_DATA" // the script is matched only
	}
	return m
}

// members walks an archive whose members are packed one by one.
func (u *unpacker) members(m method) error {
	off := int64(0)
	for i := 0; i < maxMembers && off < u.in.Size(); i++ {
		if err := u.b.Check(u.ctx); err != nil {
			return err
		}
		w, err := u.in.Window(off, lengthSize)
		if err != nil {
			return err
		}
		if len(w) < lengthSize {
			return nil
		}
		n := binary.LittleEndian.Uint32(w)
		size := int64(n &^ packedBit)
		off += lengthSize
		v := u.in.Section(off, size)
		if off == u.in.Size() {
			return nil // the checksum at the end
		}
		if v.Size() < size {
			u.out.Fact(format.Truncated, u.in.Size())
		}
		off += size
		if v.Size() == 0 {
			continue
		}
		if n&packedBit == 0 {
			err = u.out.Child(u.meta(i, size, size), v.Reader())
		} else {
			err = u.member(m, i, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// member hands over one packed member.
func (u *unpacker) member(m method, i int, v input.View) error {
	r, end := u.open(m, v)
	defer end()
	if r == nil {
		u.out.Fact(format.Damaged, 0)
		return u.out.Child(u.meta(i, v.Size(), -1), v.Reader())
	}
	g := codec.Guard(u.ctx, u.b, r)
	if err := u.out.Child(u.meta(i, v.Size(), -1), codec.Cut(u.b, g)); err != nil {
		return err
	}
	return u.judge(g.Err())
}

// judge reports why a stream ended; it returns only what ends the walk.
func (u *unpacker) judge(err error) error {
	switch {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		u.out.Fact(format.Truncated, u.in.Size())
	case err != nil:
		u.out.Fact(format.Damaged, 0)
	}
	return nil
}

// solid walks an archive that is one stream of lengths and members.
func (u *unpacker) solid(m method) error {
	r, end := u.open(m, u.in)
	defer end()
	if r == nil {
		u.out.Fact(format.Damaged, 0)
		return nil
	}
	g := codec.Guard(u.ctx, u.b, r)
	for i := range maxMembers {
		var w [lengthSize]byte
		if _, err := io.ReadFull(g, w[:]); err != nil {
			return u.judge(g.Err())
		}
		size := int64(binary.LittleEndian.Uint32(w[:]) &^ packedBit)
		one := &io.LimitedReader{R: g, N: size}
		if size > 0 {
			if err := u.out.Child(u.meta(i, -1, size), codec.Cut(u.b, one)); err != nil {
				return err
			}
		}
		if u.skip -= one.N; u.skip < 0 {
			u.out.Fact(format.Skipped, 0)
			return nil
		}
		if _, err := io.Copy(io.Discard, one); err != nil {
			return u.judge(err)
		}
	}
	return nil
}
