package arj

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/lzh"
	"gclam/engine/internal/codec/window"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	maxHeader   = 2600
	minFirst    = 30
	maxExtended = 64 // extended headers of one entry
	flagGarbled = 0x01
	typeMain    = 2
	typeDir     = 3
	methodStore = 0
	methodFast  = 4
)

// entry is a parsed local header.
type entry struct {
	name         string
	flags        byte
	method, kind byte
	csize, osize int64
	next         int64 // offset of what follows the header
}

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	e, ok, err := header(in, 0)
	if err != nil || !ok {
		return err
	}
	off := e.next
	if e.kind != typeMain {
		off = 0 // archives without main header start with a member
	}
	for pos := 1; ; pos++ {
		if err := b.Check(ctx); err != nil {
			return err
		}
		e, ok, err := header(in, off)
		if err != nil || !ok {
			return err
		}
		data := in.Section(e.next, e.csize)
		if data.Size() < e.csize {
			out.Fact(format.Truncated, in.Size())
		}
		if err := extract(ctx, b, out, e, data, pos); err != nil {
			return err
		}
		off = e.next + e.csize
	}
}

// header reads the header at off with its extended headers; ok is false at the
// end of the archive.
func header(in input.View, off int64) (e entry, ok bool, err error) {
	w, err := in.Window(off, 4+maxHeader+4)
	if err != nil || len(w) < 4+minFirst || w[0] != 0x60 || w[1] != 0xea {
		return e, false, err
	}
	le := binary.LittleEndian
	n := int(le.Uint16(w[2:]))
	if n < minFirst || n > maxHeader || 4+n > len(w) {
		return e, false, nil
	}
	h := w[4 : 4+n]
	first := int(h[0])
	if first < minFirst || first > n {
		return e, false, nil
	}
	e = entry{flags: h[4], method: h[5], kind: h[6], csize: int64(le.Uint32(h[12:])), osize: int64(le.Uint32(h[16:]))}
	name, _, _ := bytes.Cut(h[first:], []byte{0})
	e.name = string(name)
	e.next = off + int64(4+n+4)
	for range maxExtended {
		x, err := in.Window(e.next, 2)
		if err != nil || len(x) < 2 {
			return e, err == nil, err
		}
		k := int64(le.Uint16(x))
		if k == 0 {
			e.next += 2
			return e, true, nil
		}
		e.next += 2 + k + 4
	}
	return e, false, nil
}

func extract(ctx context.Context, b *limit.Budget, out format.Sink, e entry, data input.View, pos int) error {
	m := format.Meta{
		Name: e.name, CompressedSize: e.csize, Size: e.osize,
		Encrypted: e.flags&flagGarbled != 0, Position: pos,
	}
	if e.kind == typeDir || data.Size() == 0 {
		return out.Child(m, nil)
	}
	if m.Encrypted {
		out.Fact(format.Encrypted, 0)
		return out.Child(m, nil)
	}
	if k := b.Allowed(ctx, max(e.osize, e.csize)); k != limit.None {
		b.Hit(k)
		out.Fact(format.Skipped, 0)
		return out.Child(m, nil)
	}
	var r *window.Reader
	src := codec.Source(ctx, b, data.Reader())
	switch {
	case e.method == methodStore:
		return out.Child(m, data.Reader())
	case e.method == methodFast:
		r = lzh.NewFastestReader(src, e.osize, b)
	case e.method < methodFast:
		r = lzh.NewReader(src, lzh.ARJ, e.osize, b)
	default:
		out.Fact(format.Unsupported, 0)
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
		out.Fact(format.Damaged, 0)
	}
	return nil
}
