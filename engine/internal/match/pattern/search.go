package pattern

import (
	"bytes"
	"sort"

	"gclam/engine/internal/db"
)

// Where bounds the start of a match: Lo <= start <= Hi; Only, if not nil, lists
// the allowed starts.
type Where struct {
	Lo, Hi int
	Only   []int64
}

// Anywhere allows every start in a buffer of n bytes.
func Anywhere(n int) Where { return Where{0, n, nil} }

func (w Where) allows(start int) bool {
	if start < w.Lo || start > w.Hi {
		return false
	}
	if w.Only == nil {
		return true
	}
	for _, o := range w.Only {
		if o == int64(start) {
			return true
		}
	}
	return false
}

// finder iterates over the matches of one part, in order of their start.
type finder struct {
	buf        []byte
	part       *db.Part
	w          Where
	maxPattern int
	pos        int // next literal search position
	queue      []Match
	seen       int // starts up to here were tried
	check      func() bool
	budget     int
}

// checkEvery is how many bytes of search may pass between two calls of check.
const checkEvery = 1 << 20

func newFinder(buf []byte, p *db.Part, w Where, maxPattern int, check func() bool) *finder {
	w.Lo, w.Hi = max(w.Lo, 0), min(w.Hi, len(buf))
	f := &finder{buf: buf, part: p, w: w, maxPattern: maxPattern, seen: w.Lo - 1, check: check, budget: checkEvery}
	f.pos = min(w.Lo+int(p.ShiftMin), len(buf))
	return f
}

// next returns the next match.
func (f *finder) next() (Match, bool) {
	if len(f.queue) > 0 {
		m := f.queue[0]
		f.queue = f.queue[1:]
		return m, true
	}
	p := f.part
	if f.w.Lo == f.w.Hi { // one place: no search
		return f.single()
	}
	lo, hi := int(p.ShiftMin), int(p.ShiftMax)
	for {
		at := f.literal()
		if at < 0 || at-hi > f.w.Hi {
			return Match{}, false
		}
		from, to := max(at-hi, f.seen+1), min(at-lo, f.w.Hi)
		for s := from; s <= to; s++ {
			f.seen = s
			if !f.w.allows(s) {
				continue
			}
			if m, ok := At(f.buf, p, s, f.maxPattern); ok {
				f.queue = append(f.queue, m)
			}
		}
		if len(f.queue) > 0 {
			if len(f.queue) > 1 {
				sort.SliceStable(f.queue, func(i, j int) bool { return f.queue[i].Start < f.queue[j].Start })
			}
			m := f.queue[0]
			f.queue = append(f.queue[:0], f.queue[1:]...)
			return m, true
		}
	}
}

func (f *finder) single() (Match, bool) {
	if f.seen >= f.w.Lo || !f.w.allows(f.w.Lo) {
		return Match{}, false
	}
	f.seen = f.w.Lo
	return At(f.buf, f.part, f.w.Lo, f.maxPattern)
}

// literal returns the next place of the part's literal, -1 at the end.
func (f *finder) literal() int {
	lit := f.part.Literal
	limit := min(len(f.buf), f.w.Hi+int(f.part.ShiftMax)+len(lit))
	for f.pos < limit {
		if f.budget <= 0 {
			f.budget = checkEvery
			if f.check != nil && !f.check() {
				return -1
			}
		}
		end := min(f.pos+checkEvery+len(lit), limit)
		i := index(f.buf[f.pos:end], lit, f.part.LiteralFold)
		if i >= 0 {
			at := f.pos + i
			f.budget -= i + 1
			f.pos = at + 1
			return at
		}
		if end == limit {
			break
		}
		f.budget = 0
		f.pos = end - len(lit) + 1
	}
	f.pos = len(f.buf)
	return -1
}

// index is bytes.Index, folding ASCII case if asked; lit is lower case then.
func index(b, lit []byte, fold bool) int {
	if len(lit) == 0 {
		return -1
	}
	if !fold {
		return bytes.Index(b, lit)
	}
	key := rareByte(lit)
	c := lit[key]
	for from := key; from < len(b); {
		i := indexFold(b[from:], c)
		if i < 0 {
			return -1
		}
		at := from + i - key
		if at+len(lit) > len(b) {
			return -1
		}
		if equalFold(b[at:at+len(lit)], lit) {
			return at
		}
		from += i + 1
	}
	return -1
}

// rareByte picks a byte to search for: rather one without case.
func rareByte(lit []byte) int {
	for i, c := range lit {
		if (c < 'a' || c > 'z') && c != 0 && c != ' ' {
			return i
		}
	}
	for i, c := range lit {
		if c >= 'a' && c <= 'z' && bytes.IndexByte([]byte("etaoins r"), c) < 0 {
			return i
		}
	}
	return 0
}

func indexFold(b []byte, c byte) int {
	i := bytes.IndexByte(b, c)
	if c < 'a' || c > 'z' {
		return i
	}
	if i >= 0 {
		b = b[:i]
	}
	if j := bytes.IndexByte(b, c&^0x20); j >= 0 {
		return j
	}
	return i
}

func equalFold(b, lower []byte) bool {
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
