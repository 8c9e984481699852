package zip

import (
	"cmp"
	"context"
	"slices"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	maxEntries  = 1 << 20 // catalogued when MaxFiles is off
	maxOverlaps = 5       // overlapping neighbours that are tolerated
	slack       = 2       // bytes by which neighbours may overlap
	tickEvery   = 256     // headers between two looks at the clock
)

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, in: in, b: b, out: out}
	d, ok, err := u.findDirectory()
	if err != nil {
		return err
	}
	var covered []span
	if ok {
		end, err := u.readDirectory(d)
		if err != nil {
			return err
		}
		covered = append(covered, span{d.start, end}, span{d.end - endSize, d.end})
	} else {
		out.Fact(format.Damaged, in.Size())
	}
	if u.sort(); u.bomb() {
		return u.refuse()
	}
	if u.begins() {
		if err := u.searchLocals(covered); err != nil {
			return err
		}
	}
	u.sort()
	for i := range u.entries {
		if err := u.extract(&u.entries[i]); err != nil {
			return err
		}
	}
	return nil
}

// UnpackLocal takes the one member whose local header is at the start of in:
// how archives inside other data are read. No encryption is reported for it.
func UnpackLocal(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, in: in, b: b, out: out, embedded: true}
	r, ok, err := u.local(0)
	if err != nil || !ok {
		return err
	}
	e := entry{record: r, pos: 1, other: -1}
	if _, err := u.sizeLocal(&e, in.Size()); err != nil {
		return err
	}
	return u.extract(&e)
}

type unpacker struct {
	ctx      context.Context
	in       input.View
	b        *limit.Budget
	out      format.Sink
	entries  []entry
	seen     map[key]bool
	position int
	ticks    int
	searched int64 // see maxSearched
	embedded bool
}

// entry is a member to be extracted.
type entry struct {
	record
	pos    int
	listed bool  // in the central directory
	other  int64 // compressed size according to the other header, -1 if unknown
}

type key struct{ off, header, csize int64 }

func (e *entry) end() int64 { return e.off + e.headerSize + e.csize }

func (e *entry) complete(size int64) bool { return e.end() <= size }

func (u *unpacker) add(e entry) {
	if e.flags&flagMasked != 0 {
		return
	}
	k := key{e.off, e.headerSize, e.csize}
	if u.seen == nil {
		u.seen = map[key]bool{}
	}
	if u.seen[k] && !e.listed {
		return
	}
	u.seen[k] = true
	if e.flags&flagEncrypted != 0 && !u.embedded {
		u.out.Fact(format.Encrypted, e.off)
	}
	u.entries = append(u.entries, e)
}

// begins tells whether the object begins as a ZIP archive does. One that a
// database calls ZIP although it does not is taken at its directory's word.
func (u *unpacker) begins() bool {
	w, _ := u.in.Window(0, 2)
	return string(w) == "PK"
}

func (u *unpacker) full() bool {
	n := u.b.Limits().Files
	if n <= 0 {
		n = maxEntries
	}
	return len(u.entries) >= n || u.position >= maxEntries
}

func (u *unpacker) tick() error {
	if u.ticks++; u.ticks%tickEvery != 1 {
		return nil
	}
	return u.b.Check(u.ctx)
}

func (u *unpacker) sort() {
	slices.SortStableFunc(u.entries, func(a, b entry) int { return cmp.Compare(a.off, b.off) })
}

// bomb counts overlapping neighbours, as ClamAV does: duplicates count, but
// cannot be the ones that tip the balance.
func (u *unpacker) bomb() bool {
	n := 0
	var last *entry
	for i := range u.entries {
		e := &u.entries[i]
		if !e.complete(u.in.Size()) {
			continue
		}
		if last != nil && last.end() > e.off+slack {
			n++
			dup := last.off == e.off && last.headerSize == e.headerSize && last.csize == e.csize
			if n > maxOverlaps && !dup {
				return true
			}
		}
		last = e
	}
	return false
}

// refuse reports a bomb; its members are shown by their headers only.
func (u *unpacker) refuse() error {
	u.out.Fact(format.Overlap, 0)
	for i := range u.entries {
		e := &u.entries[i]
		if err := u.out.Child(e.meta(e.pos), nil); err != nil {
			return err
		}
	}
	return nil
}
