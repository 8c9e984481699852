package walk

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/limit"
	"gclam/engine/internal/match"
	"gclam/engine/internal/verdict"
)

// minObject is the largest size of objects that are never scanned.
const minObject = 5

// maxFacts bounds the report of one scan.
const maxFacts = 1000

// scan is the state of one top-level scan. It is used by one goroutine.
type scan struct {
	w        *Walker
	ctx      context.Context
	opt      Options
	budget   *limit.Budget
	alerts   verdict.Collector[Alert]
	done     bool // nothing more is wanted
	cur      *layer
	handled  map[handlerKey]bool
	facts    map[string]bool
	factList []Fact
	limits   []LimitHit
	limited  bool // the alert for the first limit was raised
	err      error
}

// handlerKey identifies a rescan that a HandlerType signature asked for.
type handlerKey struct {
	md5  [16]byte
	name string
}

// stop tells that the scan is over.
func (s *scan) stop() bool { return s.done || s.budget.Check(s.ctx) != nil }

// guard runs work on a layer and contains a panic in it.
func (s *scan) guard(l *layer, what string, work func()) {
	prev := s.cur
	s.cur = l
	defer func() {
		s.cur = prev
		if v := recover(); v != nil {
			stack := debug.Stack()
			s.fact(l, "panic", -1, fmt.Sprintf("%s: %v", what, v))
			if s.opt.Log != nil {
				s.opt.Log.Error("panic contained", "in", what, "object", l.path, "value", fmt.Sprint(v), "stack", string(stack))
			}
			if s.opt.Events != nil {
				s.opt.Events.Panic(l.info(), v, stack)
			}
		}
	}()
	work()
}

// fact records an observation once per layer and kind.
func (s *scan) fact(l *layer, what string, off int64, detail string) {
	key := what + "\x00" + strconv.Itoa(l.depth) + "\x00" + l.name
	if s.facts[key] || len(s.factList) >= maxFacts {
		return
	}
	s.facts[key] = true
	s.factList = append(s.factList, Fact{what, l.path, off, detail})
}

// limitHit is called by the budget once for each kind of limit.
func (s *scan) limitHit(k limit.Kind) {
	s.limits = append(s.limits, LimitHit{k, s.cur.path})
	if s.opt.Events != nil {
		s.opt.Events.Limit(s.cur.path, k)
	}
	if s.opt.Heuristics.ExceedsMax && !s.limited && k != limit.Memory && k != limit.Partitions {
		s.limited = true
		s.heuristic(s.cur, "Heuristics.Limits.Exceeded."+k.String())
	}
}

// heuristic raises an alert that does not come from a signature.
func (s *scan) heuristic(l *layer, name string) {
	if s.w.suppressed[name] {
		return
	}
	s.alert(l, match.Hit{Name: name, Source: -1, Offset: -1})
}

// alert takes a match unless the allow-list clears the layer or one around it,
// and tells whether to go on.
func (s *scan) alert(l *layer, h match.Hit) bool {
	for p := l; p != nil; p = p.parent {
		if p.normal && !p.hashed {
			continue
		}
		if _, err := p.bytes(); err == nil && verdict.Allowed(s.w.db, p.digests) {
			return true
		}
	}
	a := Alert{Name: h.Name, Source: h.Source, Path: l.path, Offset: h.Offset, Size: l.size}
	if l.digests != nil {
		a.MD5 = append([]byte(nil), l.digests.Sum(0)...)
	}
	if s.opt.Events != nil {
		s.opt.Events.Alert(l.info(), a)
	}
	if !s.alerts.Add(h.Name, a) {
		s.done = true
	}
	return !s.done
}

// layer scans one object. It returns the limit that kept it from being scanned.
func (s *scan) layer(l *layer) limit.Kind {
	if l.size <= minObject || s.stop() {
		return limit.None
	}
	s.cur = l
	if k := s.budget.Admit(s.ctx, l.size); k != limit.None {
		s.fact(l, string(format.Skipped), -1, k.String())
		return k
	}
	s.scanLayer(l)
	return limit.None
}

// scanLayer is layer without the accounting.
func (s *scan) scanLayer(l *layer) {
	prev := s.cur
	s.cur = l
	defer func() { s.cur = prev }()
	if _, err := l.bytes(); err != nil {
		if l.parent == nil {
			s.err = err
		}
		s.fact(l, "unreadable", -1, err.Error())
		return
	}
	if !l.forced {
		s.guard(l, "typing", func() { l.typ = s.typeOf(l) })
	}
	if s.opt.Events != nil {
		s.opt.Events.Enter(l.info())
		defer func() { s.opt.Events.Leave(l.info()) }()
	}
	if l.typ == cltype.Ignored {
		return
	}
	s.layout(l)
	early := s.w.db.Meta().Early
	var found []match.TypeFound
	if early {
		found = s.raw(l)
	}
	s.guard(l, l.typ.Short(), func() { s.preRaw(l) })
	if s.stop() {
		return
	}
	if !early {
		found = s.raw(l)
	}
	if s.stop() {
		return
	}
	s.guard(l, "embedded", func() { s.embedded(l, found) })
	if s.stop() {
		return
	}
	s.guard(l, l.typ.Short(), func() { s.postRaw(l) })
}

// push scans a child layer if there is room on the stack. It returns the limit
// that kept it from being scanned.
func (s *scan) push(l *layer) limit.Kind {
	if s.stop() {
		return limit.None
	}
	if l.depth >= max(s.budget.Limits().Depth, 1) {
		s.budget.Hit(limit.Recursion)
		s.fact(l, string(format.Skipped), -1, limit.Recursion.String())
		return limit.Recursion
	}
	return s.layer(l)
}
