package egg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Section marks, EGG format specification 1.0 (ESTsoft).
const (
	markArchive  = 0x41474745
	markFile     = 0x0a8590e3
	markBlock    = 0x02b50c13
	markEncrypt  = 0x08d1470f
	markWindows  = 0x2c86950b
	markPosix    = 0x1ee922e5
	markName     = 0x0a8591ac
	markComment  = 0x04c63672
	markSplit    = 0x24f5a262
	markSolid    = 0x24e5a060
	markEnd      = 0x08e28222
	archiveSize  = 14
	fileSize     = 16
	blockSize    = 18
	version      = 0x0100
	flagWide     = 0x01 // extra field with a 4-byte size
	flagLocale   = 0x08 // name with a code page in front
	flagRelative = 0x10 // name with a parent in front
	attrDir      = 0x40
	posixDir     = 0x4000
	maxExtra     = 1 << 20 // bytes of one extra field
	maxComments  = 64
)

// extra is one extra field.
type extra struct {
	mark  uint32
	flags byte
	data  []byte
}

type unpacker struct {
	ctx       context.Context
	in        input.View
	b         *limit.Budget
	out       format.Sink
	off       int64
	comments  int
	encrypted bool
	solid     bool
}

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, in: in, b: b, out: out}
	h, err := in.Window(0, archiveSize)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	if len(h) < archiveSize || le.Uint32(h) != markArchive || le.Uint16(h[4:]) != version {
		out.Fact(format.Damaged, 0)
		return nil
	}
	u.off = archiveSize
	err = u.extras(func(x extra) error {
		switch x.mark {
		case markSolid, markSplit:
			u.solid = true
		case markEncrypt:
			u.encrypted = true
		case markComment:
			return u.comment(x)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if u.solid {
		out.Fact(format.Unsupported, 0)
	}
	if u.encrypted {
		out.Fact(format.Encrypted, 0)
	}
	return u.files()
}

// mark returns the section mark at the current offset, 0 at the end.
func (u *unpacker) mark() (uint32, error) {
	w, err := u.in.Window(u.off, 4)
	if err != nil || len(w) < 4 {
		return 0, err
	}
	return binary.LittleEndian.Uint32(w), nil
}

// extras reads extra fields up to the end mark.
func (u *unpacker) extras(f func(extra) error) error {
	for {
		if err := u.b.Check(u.ctx); err != nil {
			return err
		}
		w, err := u.in.Window(u.off, 9)
		if err != nil {
			return err
		}
		if len(w) < 4 {
			u.off = u.in.Size()
			return nil
		}
		x := extra{mark: binary.LittleEndian.Uint32(w)}
		switch x.mark {
		case markEnd:
			u.off += 4
			return nil
		case markFile, markBlock:
			return nil // an end mark is missing
		}
		if len(w) < 7 {
			u.off = u.in.Size()
			return nil
		}
		x.flags = w[4]
		n, head := int64(binary.LittleEndian.Uint16(w[5:])), int64(7)
		if x.flags&flagWide != 0 {
			if len(w) < 9 {
				u.off = u.in.Size()
				return nil
			}
			n, head = int64(binary.LittleEndian.Uint32(w[5:])), 9
		}
		if x.data, err = u.in.Window(u.off+head, min(n, maxExtra)); err != nil {
			return err
		}
		u.off += head + n
		if err := f(x); err != nil {
			return err
		}
	}
}

// comment hands a comment over as an unnamed object of its own.
func (u *unpacker) comment(x extra) error {
	if u.comments++; u.comments > maxComments || len(x.data) == 0 {
		return nil
	}
	m := format.Meta{CompressedSize: -1, Size: int64(len(x.data)), NoMeta: true}
	return u.out.Child(m, bytes.NewReader(x.data))
}

// file is what the sections of one member say.
type file struct {
	name      string
	size      int64
	dir       bool
	encrypted bool
}

func (u *unpacker) files() error {
	for pos := 1; ; pos++ {
		m, err := u.mark()
		if err != nil || m != markFile {
			return err
		}
		h, err := u.in.Window(u.off, fileSize)
		if err != nil || len(h) < fileSize {
			return err
		}
		f := file{size: int64(binary.LittleEndian.Uint64(h[8:]) & (1<<62 - 1)), encrypted: u.encrypted}
		u.off += fileSize
		if err := u.extras(func(x extra) error { return u.describe(&f, x) }); err != nil {
			return err
		}
		if err := u.member(&f, pos); err != nil {
			return err
		}
	}
}

func (u *unpacker) describe(f *file, x extra) error {
	switch x.mark {
	case markName:
		f.name = name(x)
	case markEncrypt:
		f.encrypted = true
		u.out.Fact(format.Encrypted, u.off)
	case markWindows:
		f.dir = f.dir || len(x.data) >= 9 && x.data[8]&attrDir != 0
	case markPosix:
		f.dir = f.dir || len(x.data) >= 4 && binary.LittleEndian.Uint32(x.data)&0xf000 == posixDir
	case markComment:
		return u.comment(x)
	}
	return nil
}

// name strips the optional fields in front of a name.
func name(x extra) string {
	d := x.data
	if x.flags&flagLocale != 0 && len(d) >= 2 {
		d = d[2:]
	}
	if x.flags&flagRelative != 0 && len(d) >= 4 {
		d = d[4:]
	}
	return string(d)
}

// member hands over one member, all its blocks as one object.
func (u *unpacker) member(f *file, pos int) error {
	blocks, packed, err := u.blocks()
	if err != nil || f.dir {
		return err
	}
	m := format.Meta{Name: f.name, CompressedSize: packed, Size: f.size, Encrypted: f.encrypted, Position: pos}
	if f.encrypted || u.solid || len(blocks) == 0 {
		return u.out.Child(m, nil)
	}
	if k := u.b.Allowed(u.ctx, f.size); k != limit.None {
		u.b.Hit(k)
		u.out.Fact(format.Skipped, u.off)
		return u.out.Child(m, nil)
	}
	if len(blocks) == 1 && blocks[0].method == methodStored {
		return u.out.Child(m, blocks[0].data.Reader())
	}
	if blocks[0].method == methodAZO || blocks[0].method > methodLZMA {
		u.out.Fact(format.Unsupported, u.off)
		return u.out.Child(m, nil)
	}
	r := &joined{u: u, blocks: blocks}
	defer r.close()
	g := codec.Guard(u.ctx, u.b, r)
	if err := u.out.Child(m, g); err != nil {
		return err
	}
	if errors.Is(g.Err(), limit.ErrStop) {
		return limit.ErrStop
	}
	if g.Err() != nil {
		u.out.Fact(format.Damaged, u.off)
	}
	return nil
}
