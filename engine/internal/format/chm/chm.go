package chm

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"slices"
	"strings"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/lzx"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// maxRewinds is how often the compressed section is decoded anew because files
// in it overlap.
const maxRewinds = 4

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	l, ok, err := parseHeader(in)
	if err != nil {
		return err
	}
	if !ok {
		out.Fact(format.Damaged, 0)
		return nil
	}
	u := &unpacker{ctx: ctx, in: in, b: b, out: out, l: l}
	defer u.close()
	files, err := u.directory()
	if err != nil {
		return err
	}
	for i := range files {
		if err := u.extract(&files[i]); err != nil {
			return err
		}
	}
	return nil
}

type unpacker struct {
	ctx      context.Context
	in       input.View
	b        *limit.Budget
	out      format.Sink
	l        layout
	internal map[string]entry
	tried    bool
	rewinds  int
	r        *lzx.Reader
	g        *codec.Guarded
}

// directory reads all entries; files are returned in the order of their data.
func (u *unpacker) directory() ([]entry, error) {
	var list []entry
	off := u.l.chunks
	for i := int64(0); i < u.l.count && off < u.in.Size() && len(list) < maxEntries; i++ {
		if err := u.b.Check(u.ctx); err != nil {
			return nil, err
		}
		w, err := u.in.Window(off, u.l.chunkSize)
		if err != nil {
			return nil, err
		}
		list = entries(w, list)
		off += u.l.chunkSize
	}
	u.internal = map[string]entry{}
	files := list[:0]
	for _, e := range list {
		if strings.HasPrefix(e.name, "::") {
			u.internal[e.name] = e
			continue
		}
		e.pos = len(files)
		files = append(files, e)
	}
	slices.SortStableFunc(files, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.section, b.section), cmp.Compare(a.offset, b.offset))
	})
	return files, nil
}

func (u *unpacker) extract(e *entry) error {
	if err := u.b.Check(u.ctx); err != nil {
		return err
	}
	m := format.Meta{Name: e.name, Size: e.size, Position: e.pos}
	if e.size == 0 {
		return u.out.Child(m, nil)
	}
	n := e.size
	if k := u.b.Remaining(); k == 0 {
		u.b.Hit(limit.ScanSize)
		return limit.ErrStop
	} else if k > 0 && n > k {
		n = k
		u.out.Fact(format.Skipped, 0)
	}
	if e.section == 0 {
		v := u.in.Section(u.l.content+e.offset, n)
		if v.Size() == 0 {
			return u.out.Child(m, nil)
		}
		return u.out.Child(m, v.Reader())
	}
	if err := u.seek(e.offset); err != nil {
		return err
	}
	if u.g == nil || u.g.Err() != nil {
		return u.out.Child(m, nil)
	}
	if err := u.out.Child(m, io.LimitReader(u.g, n)); err != nil {
		return err
	}
	if errors.Is(u.g.Err(), limit.ErrStop) {
		return limit.ErrStop
	}
	if u.g.Err() != nil {
		u.out.Fact(format.Damaged, 0)
	}
	return nil
}

// seek reads the compressed section up to off.
func (u *unpacker) seek(off int64) error {
	if !u.tried || u.g != nil && u.g.Count() > off {
		if u.tried {
			if u.rewinds++; u.rewinds > maxRewinds {
				u.close()
				return nil
			}
		}
		u.tried = true
		if err := u.open(); err != nil {
			return err
		}
	}
	if u.g == nil {
		return nil
	}
	_, err := io.CopyN(io.Discard, u.g, off-u.g.Count())
	if errors.Is(err, limit.ErrStop) {
		return limit.ErrStop
	}
	return nil
}

func (u *unpacker) close() {
	if u.r != nil {
		u.r.Close()
	}
	u.r, u.g = nil, nil
}

// file returns the bytes of an internal entry, at most n.
func (u *unpacker) file(name string, n int64) ([]byte, error) {
	e, ok := u.internal[name]
	if !ok || e.section != 0 {
		return nil, nil
	}
	return u.in.Window(u.l.content+e.offset, min(e.size, n))
}

// open starts the LZX decoder of the compressed section.
func (u *unpacker) open() error {
	u.close()
	c, err := u.file(controlName, 0x1c)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	content, ok := u.internal[contentName]
	if !ok || len(c) < 0x14 || string(c[4:8]) != "LZXC" {
		u.out.Fact(format.Damaged, 0)
		return nil
	}
	reset, window := int64(le.Uint32(c[12:])), int64(le.Uint32(c[16:]))
	if le.Uint32(c[8:]) >= 2 {
		reset, window = reset*lzx.Frame, window*lzx.Frame
	}
	size := int64(-1)
	if t, err := u.file(tableName, 0x28); err != nil {
		return err
	} else if len(t) >= 0x18 {
		size = int64(le.Uint64(t[0x10:]) & (1<<60 - 1))
	}
	data := u.in.Section(u.l.content+content.offset, content.size)
	r, err := lzx.NewReader(codec.Source(u.ctx, u.b, data.Reader()),
		bits.Len64(uint64(window))-1, int(reset/lzx.Frame), size, u.b)
	if err != nil {
		u.out.Fact(format.Damaged, 0)
		return nil
	}
	u.r, u.g = r, codec.Guard(u.ctx, u.b, r)
	return nil
}
