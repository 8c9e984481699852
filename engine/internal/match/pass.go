package match

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/match/literal"
	"gclam/engine/internal/match/pattern"
	"gclam/engine/internal/sig"
)

// pass is one run of a Matcher over one Object.
type pass struct {
	m    *Matcher
	obj  *Object
	opt  *Options
	st   *state
	hit  func(Hit) bool
	stop bool
	max  int // length of the longest pattern
}

// Run matches obj and calls hit for each signature that fires, in ClamAV's
// order, until it returns false. It returns the file types found inside, in the
// order in which their patterns end.
func (m *Matcher) Run(obj *Object, opt *Options, hit func(Hit) bool) []TypeFound {
	st := m.states.Get().(*state)
	defer m.states.Put(st)
	st.begin()
	p := &pass{m: m, obj: obj, opt: opt, st: st, hit: hit, max: m.db.Meta().MaxPattern}
	p.scan()
	p.searchMarked()
	sortEvents(st.events)
	types := p.report()
	if !p.stop {
		p.hashes()
	}
	if !p.stop {
		p.logic()
	}
	return types
}

func (p *pass) check() bool { return p.opt.Check == nil || p.opt.Check() }

// scan looks for the literals and marks or verifies what they stand for.
func (p *pass) scan() {
	var tables []*db.Table
	if p.obj.Target != cltype.TargetAny {
		tables = append(tables, p.m.db.Table(p.obj.Target))
	}
	if p.obj.Generic || p.obj.Recognise {
		tables = append(tables, p.m.db.Table(cltype.TargetAny))
	}
	literal.Scan(p.obj.Buf, tables, p.found, p.opt.Check)
}

// found handles one literal.
func (p *pass) found(at int, anchor uint32) bool {
	a, ok := p.m.db.Anchor(anchor)
	if !ok {
		return true
	}
	if a.Kind == db.AnchorLogical {
		if int(a.Index) < len(p.st.logical) && p.st.logical[a.Index] != p.st.epoch {
			p.st.logical[a.Index] = p.st.epoch
			p.st.logics = append(p.st.logics, a.Index)
		}
		return true
	}
	if int(a.Index) >= len(p.st.body) || p.st.body[a.Index] == p.st.epoch {
		return true
	}
	b, ok := p.m.db.Body(a.Index)
	if !ok || !p.wanted(&b) {
		return true
	}
	if !a.Direct {
		p.st.body[a.Index] = p.st.epoch
		p.st.bodies = append(p.st.bodies, a.Index)
		return true
	}
	start := at - int(a.Shift)
	w, ok := p.where(b.Offset, b.Target, b.Plain)
	if !ok {
		p.st.body[a.Index] = p.st.epoch // its offset cannot be computed here
		return true
	}
	if start < w.Lo || start > w.Hi || w.Only != nil && !contains(w.Only, start) {
		return true
	}
	prog, ok := p.m.db.Program(b.Pattern)
	if !ok {
		return true
	}
	if m, ok := pattern.At(p.obj.Buf, &prog.Parts[0], start, p.max); ok {
		p.addEvent(a.Index, &b, 1, m)
		if !p.every(&b) {
			p.st.body[a.Index] = p.st.epoch
		}
	}
	return true
}

func contains(list []int64, v int) bool {
	for _, x := range list {
		if x == int64(v) {
			return true
		}
	}
	return false
}

// wanted tells whether a body record takes part in this pass.
func (p *pass) wanted(b *db.Body) bool {
	if b.IsType {
		return p.obj.Recognise && (b.Required == cltype.Any || b.Required == p.obj.Type)
	}
	return b.Target != cltype.TargetAny || p.obj.Generic
}

// every tells whether all matches of a record count, or only the first.
func (p *pass) every(b *db.Body) bool {
	if b.IsType {
		return b.Type >= cltype.SFX || b.Type == cltype.MSEXE
	}
	return p.opt.AllMatches
}

// searchMarked searches the buffer for marked patterns of several parts or of
// variable length.
func (p *pass) searchMarked() {
	for _, i := range p.st.bodies {
		if !p.check() {
			return
		}
		b, ok := p.m.db.Body(i)
		if !ok {
			continue
		}
		prog, ok := p.m.db.Program(b.Pattern)
		if !ok {
			continue
		}
		w, ok := p.where(b.Offset, b.Target, b.Plain)
		if !ok {
			continue
		}
		f := pattern.NewFinder(p.obj.Buf, prog, w, p.max, p.opt.Check)
		for m, ok := f.Next(); ok; m, ok = f.Next() {
			p.addEvent(i, &b, len(prog.Parts), m)
			if !p.every(&b) || len(p.st.events) >= maxEvents {
				break
			}
		}
	}
}

// report hands over body matches and collects types.
func (p *pass) report() []TypeFound {
	var types []TypeFound
	for i := range p.st.events {
		e := &p.st.events[i]
		b, _ := p.m.db.Body(e.body)
		if b.IsType {
			types = append(types, TypeFound{b.Type, e.start})
			continue
		}
		if p.stop {
			continue
		}
		p.emit(Hit{Name: p.m.db.BodyName(&b), Source: b.Source, Offset: int64(e.start)})
	}
	return types
}

func (p *pass) emit(h Hit) {
	if !p.hit(h) {
		p.stop = true
	}
}

// hashes looks the layer's digests up.
func (p *pass) hashes() {
	if p.obj.Digests == nil {
		return
	}
	for _, kind := range []sig.HashKind{sig.MD5, sig.SHA1, sig.SHA256} {
		t := p.m.db.HashTable(sig.HashFile, kind)
		if !t.Wants(p.obj.Digests.Size()) {
			continue
		}
		p.m.db.Lookup(sig.HashFile, kind, p.obj.Digests.Size(), p.obj.Digests.Sum(kind), func(name string) bool {
			p.emit(Hit{Name: name, Source: -1, Offset: -1})
			return !p.stop
		})
		if p.stop {
			return
		}
	}
}
