package pattern

import "gclam/engine/internal/db"

// remembered is how many of the latest ends of a part a chain keeps, besides
// the first one (observed with clamscan 1.4.6).
const remembered = 8

// ends are the remembered matches of one part of a chain.
type ends struct {
	count int
	first link
	ring  [remembered]link
}

// link is the end of a part and the start of the chain it belongs to.
type link struct{ end, start int }

func (e *ends) add(l link) {
	if e.count == 0 {
		e.first = l
	} else {
		e.ring[(e.count-1)%remembered] = l
	}
	e.count++
}

// fits returns the first remembered link that start may follow.
func (e *ends) fits(start int, p *db.Part) (link, bool) {
	if e.count == 0 {
		return link{}, false
	}
	if within(e.first, start, p) {
		return e.first, true
	}
	n := min(e.count-1, remembered)
	oldest := max(e.count-1-remembered, 0)
	for i := range n {
		if l := e.ring[(oldest+i)%remembered]; within(l, start, p) {
			return l, true
		}
	}
	return link{}, false
}

func within(l link, start int, p *db.Part) bool {
	d := start - l.end
	return d >= 0 && (p.MinGap == 0 || d >= int(p.MinGap)) && (p.MaxGap == 0 || d <= int(p.MaxGap))
}

// Finder iterates over the matches of a whole pattern in the order in which
// ClamAV would complete them.
type Finder struct {
	buf        []byte
	prog       *db.Program
	maxPattern int
	check      func() bool
	single     *finder
	parts      []chainPart
}

// chainPart is the state of one part of a chain.
type chainPart struct {
	f    *finder // nil until the previous part has matched
	next Match
	has  bool
	ends ends
}

// NewFinder prepares a search. w bounds the start of the first part; maxPattern
// is the length of the longest pattern of the database; check, if not nil, is
// called now and then and ends the search by returning false.
func NewFinder(buf []byte, prog *db.Program, w Where, maxPattern int, check func() bool) *Finder {
	f := &Finder{buf: buf, prog: prog, maxPattern: maxPattern, check: check}
	first := newFinder(buf, &prog.Parts[0], w, maxPattern, check)
	if len(prog.Parts) == 1 {
		f.single = first
		return f
	}
	f.parts = make([]chainPart, len(prog.Parts))
	f.parts[0].f = first
	f.parts[0].next, f.parts[0].has = first.next()
	return f
}

// Next returns the next match. For a chain Start is the start of its first
// part, End and Mark belong to its last one.
func (f *Finder) Next() (Match, bool) {
	if f.single != nil {
		return f.single.next()
	}
	for {
		i := f.earliest()
		if i < 0 {
			return Match{}, false
		}
		p := &f.parts[i]
		m := p.next
		p.next, p.has = p.f.next()
		start := m.Start
		if i > 0 {
			l, ok := f.parts[i-1].ends.fits(m.Start, &f.prog.Parts[i])
			if !ok {
				continue
			}
			start = l.start
		}
		if i == len(f.parts)-1 {
			return Match{start, m.End, m.Mark}, true
		}
		p.ends.add(link{m.End, start})
		f.wake(i+1, m.End)
	}
}

// wake starts the search for part i behind the first end of the part before.
func (f *Finder) wake(i, from int) {
	p := &f.parts[i]
	if p.f != nil {
		return
	}
	p.f = newFinder(f.buf, &f.prog.Parts[i], Where{from, len(f.buf), nil}, f.maxPattern, f.check)
	p.next, p.has = p.f.next()
}

// earliest returns the part whose pending match ClamAV would see first. Of two
// at one place the later part comes first: it may not follow the other anyway.
func (f *Finder) earliest() int {
	best := -1
	for i := range f.parts {
		p := &f.parts[i]
		if p.has && (best < 0 || p.next.Mark <= f.parts[best].next.Mark) {
			best = i
		}
	}
	return best
}
