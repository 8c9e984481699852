package ole2

import (
	"context"
	"io"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Bytes read at a time, and sectors joined to one piece of a stream at most.
const (
	checkBytes   = 64 << 10
	checkSectors = 1024
)

// setMini records where the mini stream lies.
func (f *file) setMini(root entry) {
	f.mini = f.chain(root.start, f.sectors)
	f.minilen = min(max(root.size, 0), int64(len(f.mini))<<f.shift)
	if f.minilen == 0 { // a root without size: what its chain holds
		f.minilen = int64(len(f.mini)) << f.shift
	}
}

// runs walks the pieces of the file in which a stream lies.
type runs struct {
	f     *file
	mini  bool
	next  uint32
	left  int64 // bytes of the stream still to come
	steps int64 // sectors that may still be visited
}

func (f *file) runs(e *entry, mini bool, most int64) runs {
	r := runs{f: f, mini: mini, next: e.start, left: min(e.size, most), steps: f.sectors + 1}
	if mini {
		r.steps = f.minilen>>f.header.mini + 1
	}
	return r
}

// sector returns the piece of the file of one sector; n is 0 where the chain ends.
func (r *runs) sector(n uint32) (off, size int64) {
	f := r.f
	if !r.mini {
		if n > maxSector || !f.exists(n) {
			return 0, 0
		}
		return f.at(n), min(f.size(), f.in.Size()-f.at(n))
	}
	at := int64(n) << f.header.mini
	if n > maxSector || at >= f.minilen {
		return 0, 0
	}
	size = min(1<<f.header.mini, f.minilen-at)
	big := f.mini[at>>f.shift]
	off = f.at(big) + at&(f.size()-1)
	return off, min(size, max(f.in.Size()-off, 0))
}

// run returns the next piece, neighbouring sectors joined; size is 0 at the end.
func (r *runs) run() (off, size int64) {
	for r.left > 0 && r.steps > 0 {
		o, n := r.sector(r.next)
		if n == 0 {
			r.left = 0
			break
		}
		if size > 0 && (o != off+size || size >= checkSectors<<r.f.shift) {
			break
		}
		if size == 0 {
			off = o
		}
		n = min(n, r.left)
		size += n
		r.left -= n
		r.steps--
		if r.mini {
			r.next = r.f.nextMini(r.next)
		} else {
			r.next = r.f.next(r.next)
		}
	}
	return off, size
}

// isMini tells where a stream of that size lies.
func (f *file) isMini(e *entry) bool { return e.size < int64(f.cutoff) }

// stream returns the first most bytes of a stream: a range of the file if it lies in one
// piece.
func (f *file) stream(ctx context.Context, b *limit.Budget, e *entry, mini bool, most int64) io.Reader {
	r := f.runs(e, mini, most)
	off, size := r.run()
	for r.left > 0 && b.Check(ctx) == nil {
		next := r
		o, n := next.run()
		if o != off+size || n == 0 {
			break
		}
		r, size = next, size+n
	}
	first := f.in.Section(off, size)
	if r.left <= 0 || r.steps <= 0 {
		return first.Reader()
	}
	return &reader{ctx: ctx, b: b, runs: r, cur: first.Reader()}
}

// reader reads a stream that lies in several pieces.
type reader struct {
	ctx   context.Context
	b     *limit.Budget
	runs  runs
	cur   *input.Reader
	since int
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	if r.since++; r.since == 1 || r.since%64 == 0 {
		if err := r.b.Check(r.ctx); err != nil {
			return 0, err
		}
	}
	if len(p) > checkBytes {
		p = p[:checkBytes]
	}
	for {
		n, err := r.cur.Read(p)
		if n > 0 || err != io.EOF {
			return n, err
		}
		off, size := r.runs.run()
		if size == 0 {
			return 0, io.EOF
		}
		r.cur = r.runs.f.in.Section(off, size).Reader()
	}
}
