package ishield

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/zlib"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	mark       = "InstallShield\x00"
	headerSize = 32 // number of files, and zeros
	entrySize  = 312
	nameSize   = 260
	sizeAt     = 268
	keyPeriod  = 1024 // bytes after which the key starts again
	searchSize = 2048 // where the mark is looked for in an object of its own
	maxFiles   = 1 << 12
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	in, err := locate(in)
	if err != nil {
		return err
	}
	h, err := in.Window(0, headerSize)
	if err != nil {
		return err
	}
	if len(h) < headerSize || !bytes.Equal(h[8:], make([]byte, headerSize-8)) {
		out.Fact(format.Damaged, 0)
		return nil
	}
	count := binary.LittleEndian.Uint32(h)
	off := int64(headerSize)
	for range min(count, maxFiles) {
		if err := b.Check(ctx); err != nil {
			return err
		}
		e, err := in.Window(off, entrySize)
		if err != nil {
			return err
		}
		if len(e) < entrySize {
			out.Fact(format.Truncated, in.Size())
			return nil
		}
		off += entrySize
		size := int64(min(binary.LittleEndian.Uint64(e[sizeAt:]), 1<<62))
		v := in.Section(off, size)
		if v.Size() < size {
			out.Fact(format.Truncated, in.Size())
		}
		name, _, _ := bytes.Cut(e[:nameSize], []byte{0})
		if err := file(ctx, b, out, name, v); err != nil {
			return err
		}
		if size > in.Size()-off {
			return nil
		}
		off += size
	}
	return nil
}

// locate skips the mark where the object starts with other data and the mark,
// instead of the list.
func locate(in input.View) (input.View, error) {
	w, err := in.Window(0, searchSize)
	if err != nil {
		return in, err
	}
	plain := len(w) >= headerSize && bytes.Equal(w[8:headerSize], make([]byte, headerSize-8))
	if i := bytes.Index(w, []byte(mark)); i >= 0 && !plain {
		return in.Section(int64(i+len(mark)), in.Size()), nil
	}
	return in, nil
}

func file(ctx context.Context, b *limit.Budget, out format.Sink, name []byte, v input.View) error {
	if v.Size() == 0 || len(name) == 0 {
		return nil
	}
	m := format.Meta{Name: string(name), CompressedSize: v.Size(), Size: -1, NoMeta: true}
	clear := func() io.Reader { return &unlocked{r: codec.Source(ctx, b, v.Reader()), key: key(name)} }
	g := codec.Guard(ctx, b, zlib.NewReader(clear()))
	if err := out.Child(m, codec.Cut(b, g)); err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case err == nil:
		return nil
	case codec.Truncated(err):
		out.Fact(format.Truncated, 0)
	default:
		out.Fact(format.Damaged, 0)
	}
	if g.Count() == 0 {
		return out.Child(m, codec.Cut(b, clear()))
	}
	return nil
}

// key is the name, mixed with a constant.
func key(name []byte) []byte {
	magic := [4]byte{0xec, 0xca, 0x79, 0xf8}
	k := bytes.Clone(name)
	for i := range k {
		k[i] ^= magic[i%len(magic)]
	}
	return k
}

// unlocked takes the key off: the halves of each byte are swapped, then the key
// is added without carry.
type unlocked struct {
	r   io.Reader
	key []byte
	pos int
}

// Read implements io.Reader.
func (u *unlocked) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	for i, c := range p[:n] {
		p[i] = (c>>4 | c<<4) ^ u.key[u.pos%len(u.key)]
		u.pos = (u.pos + 1) % keyPeriod
	}
	return n, err
}
