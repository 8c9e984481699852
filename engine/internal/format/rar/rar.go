package rar

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/nwaples/rardecode/v2"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// maxDictionary is the largest window of a compressed member, bytes: the whole
// of RAR 4 and what RAR 5 uses by default.
const maxDictionary = 64 << 20

// tables is what the decoder needs besides, bytes.
const tables = 2 << 20

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	x, err := walk(ctx, in, b)
	if err != nil {
		return err
	}
	u := &unpacker{ctx: ctx, in: in, b: b, out: out, x: &x}
	if x.comment != nil {
		c := in.Section(x.comment.data, x.comment.csize)
		m := format.Meta{CompressedSize: c.Size(), Size: c.Size(), NoMeta: true}
		if err := out.Child(m, c.Reader()); err != nil {
			return err
		}
	}
	if x.damaged {
		out.Fact(format.Damaged, 0)
	}
	if x.encrypted {
		out.Fact(format.Encrypted, 0)
	}
	defer u.close()
	for i := range x.files {
		if err := u.member(i); err != nil {
			return err
		}
	}
	return nil
}

type unpacker struct {
	ctx     context.Context
	in      input.View
	b       *limit.Budget
	out     format.Sink
	x       *index
	r       *rardecode.Reader
	at      int // members the decoder has passed
	failed  bool
	granted int64
}

func (u *unpacker) close() {
	u.b.Release(u.granted)
	u.granted = 0
}

func (u *unpacker) member(i int) error {
	if err := u.b.Check(u.ctx); err != nil {
		return err
	}
	e := &u.x.files[i]
	if e.dir {
		return nil
	}
	m := format.Meta{
		Name: e.name, CompressedSize: e.csize, Size: e.usize, Encrypted: e.encrypted,
		Position: i + 1, CRC32: e.crc, HasCRC: true,
	}
	if e.encrypted {
		u.out.Fact(format.Encrypted, e.data)
		return u.out.Child(m, nil)
	}
	if k := u.b.Allowed(u.ctx, e.usize); k != limit.None {
		u.b.Hit(k)
		u.out.Fact(format.Skipped, e.data)
		return u.out.Child(m, nil)
	}
	if e.stored {
		v := u.in.Section(e.data, e.csize)
		if v.Size() < e.csize {
			u.out.Fact(format.Truncated, u.in.Size())
		}
		if v.Size() == 0 {
			return u.out.Child(m, nil)
		}
		return u.out.Child(m, v.Reader())
	}
	return u.compressed(i, m)
}

// compressed hands over a member that the decoder reads.
func (u *unpacker) compressed(i int, m format.Meta) error {
	if m.Size == 0 || !u.seek(i) {
		return u.out.Child(m, nil)
	}
	g := codec.Guard(u.ctx, u.b, u.r)
	if err := u.out.Child(m, g); err != nil {
		return err
	}
	err := g.Err()
	switch {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case errors.Is(err, rardecode.ErrBadFileChecksum):
		u.out.Fact(format.Damaged, 0)
	case errors.Is(err, rardecode.ErrMultiVolume), codec.Truncated(err):
		u.out.Fact(format.Truncated, u.in.Size())
		u.failed = true
	case err != nil:
		u.out.Fact(format.Damaged, 0)
		u.failed = errors.Is(err, codec.ErrCorrupt) // a panic: its state is unknown
	}
	return nil
}

// seek brings the decoder to member i. Where it fails on the way, and the member
// does not depend on others, a new decoder is started at its header.
func (u *unpacker) seek(i int) bool {
	if !u.grant(u.x.files[i].dict) {
		u.out.Fact(format.Skipped, u.x.files[i].head)
		return false
	}
	err := io.ErrUnexpectedEOF
	if !u.failed {
		err = u.advance(i)
	}
	if err != nil && !u.x.files[i].solid && u.x.start > 0 {
		u.r, u.at = nil, i
		err = u.advance(i)
	}
	u.failed = err != nil
	if err != nil {
		f := format.Damaged
		if errors.Is(err, rardecode.ErrDictionaryTooLarge) {
			f = format.Skipped
		}
		u.out.Fact(f, u.x.files[i].head)
	}
	return err == nil
}

// grant charges the window of a member, and tables; one window is kept.
func (u *unpacker) grant(dict int64) bool {
	n := min(dict, maxDictionary) + tables - u.granted
	if n <= 0 {
		return true
	}
	if !u.b.Grant(n) {
		return false
	}
	u.granted += n
	return true
}

// advance passes members up to number i. A new decoder is given the archive
// header and what begins at member u.at.
func (u *unpacker) advance(i int) error {
	return contain(func() error {
		if u.r == nil {
			src := io.Reader(u.in.Reader())
			if u.at > 0 {
				from := u.x.files[u.at].head
				src = io.MultiReader(u.in.Section(0, u.x.start).Reader(), u.in.Section(from, u.in.Size()-from).Reader())
			}
			r, err := rardecode.NewReader(codec.Source(u.ctx, u.b, src), rardecode.MaxDictionarySize(maxDictionary))
			if err != nil {
				return err
			}
			u.r = r
		}
		for u.at <= i {
			if _, err := u.r.Next(); err != nil {
				return err
			}
			u.at++
		}
		return nil
	})
}

// contain turns a panic of the decoder into an error.
func contain(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: decoder panicked: %v", codec.ErrCorrupt, v)
		}
	}()
	return f()
}
