package cab

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// maxRewinds is how often one folder is decoded anew because files overlap.
const maxRewinds = 16

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	h, ok, err := parseHeader(in)
	if err != nil {
		return err
	}
	if !ok {
		out.Fact(format.Damaged, 0)
		return nil
	}
	if h.totalBytes > in.Size() {
		out.Fact(format.Truncated, in.Size())
	}
	files, err := h.readFiles(in)
	if err != nil {
		return err
	}
	// Folders are streams: files are taken in the order of their data.
	slices.SortStableFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.folder, b.folder), cmp.Compare(a.off, b.off))
	})
	u := &unpacker{ctx: ctx, in: in, b: b, out: out, h: &h, cur: -1}
	defer u.close()
	for i := range files {
		if err := u.extract(&files[i]); err != nil {
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
	h       *header
	cur     int // folder that is open, or was tried
	rewinds int
	r       io.Reader
	g       *codec.Guarded // nil when the folder cannot be read
}

func (u *unpacker) close() {
	if c, ok := u.r.(io.Closer); ok {
		c.Close()
	}
	u.r, u.g = nil, nil
}

// seek opens the file's folder and reads up to its data.
func (u *unpacker) seek(f *file) error {
	if u.cur != f.folder {
		u.cur, u.rewinds = f.folder, 0
		if err := u.open(); err != nil {
			return err
		}
	}
	if u.g == nil {
		return nil
	}
	if u.g.Count() > f.off {
		if u.rewinds++; u.rewinds > maxRewinds {
			u.close()
			u.out.Fact(format.Damaged, 0)
			return nil
		}
		if err := u.open(); err != nil || u.g == nil {
			return err
		}
	}
	_, err := io.CopyN(io.Discard, u.g, f.off-u.g.Count())
	if errors.Is(err, limit.ErrStop) {
		return limit.ErrStop
	}
	return nil
}

func (u *unpacker) open() error {
	u.close()
	if u.cur < 0 || u.cur >= u.h.nFolders {
		return nil
	}
	fo, ok, err := u.h.folderAt(u.in, u.cur)
	if err != nil || !ok {
		return err
	}
	r, err := open(u.ctx, u.b, u.in, u.h, fo)
	if err != nil {
		u.out.Fact(format.Unsupported, fo.data)
		return nil
	}
	u.r, u.g = r, codec.Guard(u.ctx, u.b, r)
	return nil
}

func (u *unpacker) extract(f *file) error {
	if err := u.b.Check(u.ctx); err != nil {
		return err
	}
	m := format.Meta{Name: f.name, Size: f.size, Position: f.pos}
	if f.size == 0 {
		return u.out.Child(m, nil)
	}
	if err := u.seek(f); err != nil {
		return err
	}
	if u.g == nil || u.g.Err() != nil {
		return u.out.Child(m, nil)
	}
	n := f.size
	if k := u.b.Remaining(); k == 0 {
		u.b.Hit(limit.ScanSize)
		return limit.ErrStop
	} else if k > 0 && n > k {
		n = k // ClamAV cuts the output and scans the cut part
		u.out.Fact(format.Skipped, 0)
	}
	if err := u.out.Child(m, io.LimitReader(u.g, n)); err != nil {
		return err
	}
	switch err := u.g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		u.out.Fact(format.Truncated, u.in.Size())
	case err != nil:
		u.out.Fact(format.Damaged, 0)
	}
	return nil
}
