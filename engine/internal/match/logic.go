package match

import (
	"cmp"
	"math/bits"
	"slices"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/sig"
)

// logic evaluates the marked logical signatures: those of the object's own
// target first, then the generic ones, each in load order.
func (p *pass) logic() {
	for _, t := range []cltype.Target{p.obj.Target, cltype.TargetAny} {
		p.m.db.Always(t, func(i uint32) {
			if int(i) < len(p.st.logical) && p.st.logical[i] != p.st.epoch {
				p.st.logical[i] = p.st.epoch
				p.st.logics = append(p.st.logics, i)
			}
		})
		if p.obj.Target == cltype.TargetAny {
			break
		}
	}
	slices.Sort(p.st.logics)
	if p.obj.Target != cltype.TargetAny {
		p.logicOf(p.obj.Target)
	}
	if p.obj.Generic && !p.stop {
		p.logicOf(cltype.TargetAny)
	}
}

func (p *pass) logicOf(t cltype.Target) {
	for _, i := range p.st.logics {
		l, ok := p.m.db.Logical(i)
		if !ok || l.TDB.Target != t {
			continue
		}
		if p.stop || !p.check() {
			return
		}
		if !p.gates(&l) {
			continue
		}
		ev := &evaluation{p: p, l: &l, subs: make([]subState, l.SubCount)}
		if !ev.holds(p.m.db.Expr(&l)) {
			continue
		}
		if g1, g2 := p.m.db.IconGroups(&l); g1 != "" || g2 != "" {
			if p.obj.Icons == nil || !p.obj.Icons(g1, g2) {
				continue
			}
		}
		if l.Bytecode >= 0 {
			continue // the program that decides is not run yet
		}
		p.emit(Hit{Name: p.m.db.LogicalName(&l), Source: l.Source, Offset: -1, Handler: l.TDB.HandlerType, HasHandler: l.TDB.HasHandler})
	}
}

// gates tests the conditions that cost nothing. All are part of a conjunction,
// so testing them before the expression changes no result.
func (p *pass) gates(l *db.Logical) bool {
	t := &l.TDB
	if t.HasContainer {
		c := cltype.Any // the outermost object only
		if len(p.obj.Containers) > 0 {
			c = p.obj.Containers[0]
		}
		if c != t.Container {
			return false
		}
	}
	if inter := p.m.db.Intermediates(l); len(inter) > 0 && !p.intermediates(inter) {
		return false
	}
	if !in(t.FileSize, cmp.Or(p.obj.Size, int64(len(p.obj.Buf)))) {
		return false
	}
	if t.EntryPoint.Set && (!p.obj.Exe.Usable() || !in(t.EntryPoint, p.obj.Exe.Entry)) {
		return false
	}
	if t.Sections.Set && (!p.obj.Exe.Usable() || !in(t.Sections, int64(len(p.obj.Exe.Sections)))) {
		return false
	}
	return true
}

// intermediates compares the list from its end with the containers from the
// innermost outwards. CL_TYPE_ANY takes no level, but every entry needs one to
// exist (observed with clamscan 1.4.6).
func (p *pass) intermediates(list []cltype.Type) bool {
	if len(list) > len(p.obj.Containers) {
		return false
	}
	level := 0
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == cltype.Any {
			continue
		}
		if p.obj.Containers[level] != list[i] {
			return false
		}
		level++
	}
	return true
}

func in(r sig.Range, v int64) bool {
	return !r.Set || v >= int64(r.Min) && v <= int64(r.Max)
}

// evaluation is the state of one logical signature on one buffer.
type evaluation struct {
	p    *pass
	l    *db.Logical
	subs []subState
}

// subState is what is known about one subsignature. Without exact, count is
// only known to be at least one.
type subState struct {
	done, exact, busy bool
	count             uint32
	first, last       int
	macro             *subState // result for the macro that follows this one
}

// result is the value of an expression: whether it holds, the sum of the counts
// of its true terms, and the set of ids of its true terms.
type result struct {
	ok    bool
	count uint32
	ids   uint64
}

func (r result) plus(o result) result {
	c := r.count + o.count
	if c < r.count {
		c = ^uint32(0)
	}
	return result{true, c, r.ids | o.ids}
}

// holds evaluates an expression as a condition.
func (e *evaluation) holds(x db.Expr) bool { return e.value(x, 0, false).ok }

const maxDepth = 512

// value evaluates an expression; counts are only exact if asked for.
func (e *evaluation) value(x db.Expr, depth int, exact bool) result {
	n, rest, ok := x.Node()
	if !ok || depth > maxDepth {
		return result{}
	}
	switch n.Op {
	case sig.ExprID:
		return e.id(n, exact)
	case sig.ExprBlock:
		return e.block(n, rest, depth, exact)
	case sig.ExprAnd:
		l := e.value(rest, depth+1, exact)
		if !l.ok {
			return result{}
		}
		r := e.value(rest.Skip(), depth+1, exact)
		if !r.ok {
			return result{}
		}
		return l.plus(r)
	}
	l := e.value(rest, depth+1, exact)
	if l.ok && !exact {
		return l
	}
	r := e.value(rest.Skip(), depth+1, exact)
	switch {
	case !r.ok:
		return l
	case !l.ok:
		return r
	}
	return l.plus(r)
}

func (e *evaluation) id(n db.Node, exact bool) result {
	s := e.sub(n.ID, exact || n.Cmp != 0)
	r := result{}
	if s != nil {
		r.count = s.count
	}
	r.ok = r.count > 0
	if n.Cmp != 0 {
		r.ok = compare(n.Cmp, r.count, n.N)
	}
	if !r.ok {
		return result{}
	}
	// A true term counts as one id, even 0=0 (observed with clamscan 1.4.6).
	if n.ID < 64 {
		r.ids = 1 << n.ID
	}
	return r
}

func (e *evaluation) block(n db.Node, inner db.Expr, depth int, exact bool) result {
	r := e.value(inner, depth+1, exact || n.Cmp != 0)
	if n.Cmp == 0 {
		return r
	}
	if !compare(n.Cmp, r.count, n.N) || n.HasY && bits.OnesCount64(r.ids) < int(n.Y) {
		return result{}
	}
	return result{ok: true, count: r.count} // its ids are not visible outside
}

func compare(op byte, have, want uint32) bool {
	switch op {
	case '>':
		return have > want
	case '<':
		return have < want
	}
	return have == want
}
