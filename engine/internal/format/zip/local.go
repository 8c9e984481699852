package zip

import (
	"bytes"
	"cmp"
	"slices"

	"gclam/engine/internal/limit"
)

// maxSearched bounds the bytes searched for data descriptors, so that many
// headers that announce one cost no more than linear time.
const maxSearched = 256 << 20

// local reads the local header at off.
func (u *unpacker) local(off int64) (record, bool, error) {
	w, err := u.in.Window(off, localSize+512)
	if err != nil {
		return record{}, false, err
	}
	r, ok := parseLocal(w)
	if ok && r.headerSize > int64(len(w)) {
		if w, err = u.in.Window(off, r.headerSize); err != nil {
			return record{}, false, err
		}
		r, ok = parseLocal(w)
	}
	r.off = off
	return r, ok, err
}

// span is a range of bytes [start, end).
type span struct{ start, end int64 }

// gaps returns the ranges that the spans do not cover.
func gaps(covered []span, size int64) []span {
	slices.SortFunc(covered, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var free []span
	pos := int64(0)
	for _, s := range covered {
		if s.start > pos {
			free = append(free, span{pos, s.start})
		}
		pos = max(pos, s.end)
	}
	if pos < size {
		free = append(free, span{pos, size})
	}
	return free
}

// searchLocals catalogues the local headers in what is not covered yet.
func (u *unpacker) searchLocals(covered []span) error {
	for _, e := range u.entries {
		if e.complete(u.in.Size()) {
			covered = append(covered, span{e.off, e.end()})
		}
	}
	for _, g := range gaps(covered, u.in.Size()) {
		if err := u.searchGap(g); err != nil {
			return err
		}
	}
	return nil
}

// searchGap looks for local headers in one gap.
func (u *unpacker) searchGap(g span) error {
	for pos := g.start; pos < g.end; {
		off, err := u.find(pos, g.end, localMagic)
		if err != nil || off < 0 {
			return err
		}
		r, ok, err := u.local(off)
		if err != nil {
			return err
		}
		if !ok || !plausible(r, g.end-off) {
			pos = off + 1
			continue
		}
		if u.full() {
			u.b.Hit(limit.Files)
			return nil
		}
		u.position++
		e := entry{record: r, pos: u.position, other: -1}
		if pos, err = u.sizeLocal(&e, g.end); err != nil {
			return err
		}
		u.add(e)
	}
	return nil
}

// plausible weeds out accidental header magics.
func plausible(r record, room int64) bool {
	return r.headerSize < room && r.version&0xff <= 100 && r.method <= 99
}

// sizeLocal settles where the data of an uncatalogued entry end, and returns
// where the search goes on.
func (u *unpacker) sizeLocal(e *entry, end int64) (int64, error) {
	data := e.off + e.headerSize
	if e.csize > 0 || e.flags&flagDescriptor == 0 {
		return min(data+e.csize, end), nil
	}
	// Sizes follow the data. A compressed stream ends by itself; stored data end
	// at the descriptor or, without one, at the next header.
	e.csize = end - data
	if e.method != methodStored {
		return data, nil
	}
	for i, magic := range [][]byte{descMagic, localMagic, centralMagic} {
		if u.searched > maxSearched && i == 0 {
			continue
		}
		off, err := u.find(data, data+e.csize, magic)
		if err != nil {
			return 0, err
		}
		if off >= 0 {
			e.csize = off - data
		}
		u.searched += e.csize
	}
	return data + e.csize, nil
}

// find returns the first offset of magic in [off, end), or -1.
func (u *unpacker) find(off, end int64, magic []byte) (int64, error) {
	for ; off < end; off += searchStep {
		if err := u.b.Check(u.ctx); err != nil {
			return 0, err
		}
		w, err := u.in.Window(off, min(searchStep+int64(len(magic))-1, end-off))
		if err != nil {
			return 0, err
		}
		if i := bytes.Index(w, magic); i >= 0 {
			return off + int64(i), nil
		}
	}
	return -1, nil
}
