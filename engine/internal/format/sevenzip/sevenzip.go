package sevenzip

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	signatureSize = 32
	maxHeader     = 64 << 20 // bytes of an unpacked header
	maxNested     = 4        // headers packed into headers
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, in: in, b: b, out: out}
	h, err := in.Window(0, signatureSize)
	if err != nil {
		return err
	}
	if len(h) < signatureSize {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	le := binary.LittleEndian
	off, size := le.Uint64(h[12:]), le.Uint64(h[20:])
	if off > uint64(in.Size()) || size > uint64(in.Size()) || signatureSize+off+size > uint64(in.Size()) {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	head, err := in.Window(signatureSize+int64(off), int64(size))
	if err != nil {
		return err
	}
	return u.header(head, 0)
}

type unpacker struct {
	ctx       context.Context
	in        input.View
	b         *limit.Budget
	out       format.Sink
	encrypted bool // one member was: ClamAV's flag is sticky
}

// header handles a plain or a packed header.
func (u *unpacker) header(b []byte, depth int) error {
	c := &cursor{b: b}
	switch c.number() {
	case idEncodedHeader:
		s := c.streamsInfo()
		if c.bad || len(s.folders) == 0 || depth >= maxNested {
			u.out.Fact(format.Damaged, 0)
			return nil
		}
		inner, release, err := u.unpackHeader(&s)
		defer release()
		if err != nil || inner == nil {
			return err
		}
		return u.header(inner, depth+1)
	case idHeader:
		return u.archive(c)
	}
	if len(b) > 0 {
		u.out.Fact(format.Damaged, 0)
	}
	return nil
}

func (u *unpacker) unpackHeader(s *streams) (b []byte, release func(), err error) {
	f := &s.folders[0]
	release = func() {}
	if f.encrypted() {
		u.out.Fact(format.Encrypted, 0)
		return nil, release, nil
	}
	size := min(f.size(), maxHeader)
	p := u.pipeline(s, 0, 0)
	defer p.close()
	r, err := p.open()
	if err != nil {
		u.out.Fact(format.Damaged, 0)
		return nil, release, nil
	}
	g := codec.Guard(u.ctx, u.b, r)
	b, err = io.ReadAll(io.LimitReader(g, size))
	if errors.Is(err, limit.ErrStop) {
		return nil, release, limit.ErrStop
	}
	n := int64(cap(b))
	if !u.b.Grant(n) {
		return nil, release, nil
	}
	return b, func() { u.b.Release(n) }, nil
}

// pipeline prepares folder i, whose first packed stream is number pack.
func (u *unpacker) pipeline(s *streams, i, pack int) *pipeline {
	p := &pipeline{f: &s.folders[i], mem: u.b}
	off := signatureSize + s.packPos
	for k, n := range s.packed {
		if k >= pack+len(p.f.packed) {
			break
		}
		if k >= pack {
			p.packed = append(p.packed, codec.Source(u.ctx, u.b, u.in.Section(off, n).Reader()))
		}
		off = min(off+n, u.in.Size())
	}
	return p
}

// archive reads the header proper and extracts the files.
func (u *unpacker) archive(c *cursor) error {
	var s streams
	var files []file
	for done := false; !done && !c.bad; {
		switch c.number() {
		case idArchiveProps:
			for c.number() != idEnd && !c.bad {
				c.take(c.number())
			}
		case idAdditional:
			c.streamsInfo()
		case idMainStreams:
			s = c.streamsInfo()
		case idFiles:
			files = c.filesInfo()
		case idEnd:
			done = true
		default:
			c.bad = true
		}
	}
	if c.bad {
		u.out.Fact(format.Damaged, 0)
	}
	return u.files(&s, files)
}

// files walks the file list along the folders.
func (u *unpacker) files(s *streams, files []file) error {
	x := &extraction{u: u, s: s, folder: -1}
	defer x.close()
	for i := range files {
		if err := u.b.Check(u.ctx); err != nil {
			return err
		}
		f := &files[i]
		if f.empty {
			if f.dir {
				continue
			}
			m := format.Meta{Name: f.narrow(), Position: i}
			if err := u.out.Child(m, nil); err != nil {
				return err
			}
			continue
		}
		if err := x.next(f, i); err != nil {
			return err
		}
	}
	return nil
}

// extraction is the place in the sequence of folders and their outputs.
type extraction struct {
	u       *unpacker
	s       *streams
	folder  int
	left    int // files still in the folder
	pack    int // first packed stream of the next folder
	stream  int // index into sizes and digests
	pipe    *pipeline
	g       *codec.Guarded
	failure error
}

func (x *extraction) close() {
	if x.pipe != nil {
		x.pipe.close()
		x.pipe = nil
	}
}

// advance opens the next folder that holds files.
func (x *extraction) advance() bool {
	for x.left == 0 {
		x.close()
		x.folder++
		if x.folder >= len(x.s.folders) {
			return false
		}
		f := &x.s.folders[x.folder]
		x.left = f.streams
		pack := x.pack
		x.pack += len(f.packed)
		x.g, x.failure = nil, nil
		if x.left == 0 {
			continue
		}
		if f.encrypted() {
			x.u.out.Fact(format.Encrypted, 0)
			x.u.encrypted = true
			x.failure = codec.ErrUnsupported
			continue
		}
		x.pipe = x.u.pipeline(x.s, x.folder, pack)
		r, err := x.pipe.open()
		if err != nil {
			x.failure = err
			x.u.out.Fact(fact(err), 0)
			continue
		}
		x.g = codec.Guard(x.u.ctx, x.u.b, r)
	}
	return true
}

func fact(err error) format.Fact {
	switch {
	case errors.Is(err, codec.ErrUnsupported):
		return format.Unsupported
	case errors.Is(err, codec.ErrMemory):
		return format.Skipped
	case codec.Truncated(err):
		return format.Truncated
	}
	return format.Damaged
}

// next hands over the next file that has data.
func (x *extraction) next(f *file, pos int) error {
	if !x.advance() || x.stream >= len(x.s.sizes) {
		return nil
	}
	u := x.u
	size, d := x.s.sizes[x.stream], x.s.digests[x.stream]
	x.stream++
	x.left--
	m := format.Meta{
		Name: f.narrow(), Size: size, Position: pos,
		Encrypted: u.encrypted, CRC32: d.crc, HasCRC: d.ok,
	}
	if x.g == nil || x.failure != nil {
		return u.out.Child(m, nil)
	}
	r := io.LimitReader(x.g, size)
	if k := u.b.Allowed(u.ctx, size); k != limit.None {
		// ClamAV skips the member before metadata signatures see it.
		u.b.Hit(k)
		u.out.Fact(format.Skipped, 0)
	} else if err := u.out.Child(m, r); err != nil {
		return err
	}
	return x.skip(r)
}

// skip reads the rest of a file, to get at the next one of the folder.
func (x *extraction) skip(r io.Reader) error {
	if x.left > 0 {
		_, _ = io.Copy(io.Discard, r)
	}
	err := x.g.Err()
	if errors.Is(err, limit.ErrStop) {
		return limit.ErrStop
	}
	if err != nil {
		x.failure = err
		x.u.out.Fact(fact(err), 0)
	}
	return nil
}
