package db

import (
	"gclam/engine/internal/cltype"
	"gclam/engine/internal/sig"
)

// An anchor record tells what a literal found in a buffer stands for:
// kind u8, direct u8, reserved u16, signature index u32, shift u32 (distance of
// the looked-up window from the start of the pattern, if direct), reserved u32.
const anchorSize = 16

// Kinds of anchors.
const (
	AnchorBody    = 0
	AnchorLogical = 1
)

// needle is the literal by which a pattern is found.
type needle struct {
	bytes  []byte
	fold   bool
	direct bool // the pattern is one part and begins at a fixed distance
	shift  int  // that distance
	score  int
}

// needleOf picks the rarest literal of any part.
func needleOf(p *sig.Pattern) needle {
	best := needle{score: -1}
	for i := range p.Parts {
		elems := p.Parts[i].Elems
		for j, e := range elems {
			if e.Op != sig.OpLiteral || len(e.Bytes) < 2 {
				continue
			}
			at, score := rarest(e.Bytes)
			if score <= best.score {
				continue
			}
			lo := exactMin(elems[:j])
			_, hi := lengths(append(elems[:j:j], e))
			hi -= len(e.Bytes)
			from := max(at-4, 0)
			run := e.Bytes[from:min(at+window+4, len(e.Bytes))]
			best = needle{
				bytes: run, fold: e.Fold && hasLetter(run), score: score,
				direct: len(p.Parts) == 1 && lo == hi, shift: lo + from,
			}
		}
	}
	return best
}

// need is a set of subsignatures of which at least one must match for an
// expression to hold; ok false means that no such set exists.
type need struct {
	subs []int
	ok   bool
	cost int // lower is rarer
}

// necessary derives the cheapest necessary set of an expression.
func (b *Builder) necessary(e *sig.Expr, l *sig.Logical, depth int) need {
	if depth > 64 {
		return need{}
	}
	switch e.Op {
	case sig.ExprID:
		if e.Cmp == '<' || e.Cmp == '=' && e.N == 0 {
			return need{}
		}
		return b.necessarySub(e.ID, l, depth)
	case sig.ExprBlock:
		if e.Cmp == '<' || e.Cmp == '=' && e.N == 0 {
			return need{}
		}
		return b.necessary(e.Left, l, depth+1)
	case sig.ExprAnd:
		x, y := b.necessary(e.Left, l, depth+1), b.necessary(e.Right, l, depth+1)
		if !x.ok || y.ok && y.cost < x.cost {
			return y
		}
		return x
	}
	x, y := b.necessary(e.Left, l, depth+1), b.necessary(e.Right, l, depth+1)
	if !x.ok || !y.ok {
		return need{}
	}
	return need{subs: append(append([]int(nil), x.subs...), y.subs...), ok: true, cost: x.cost + y.cost}
}

func (b *Builder) necessarySub(id int, l *sig.Logical, depth int) need {
	if id < 0 || id >= len(l.Subs) {
		return need{}
	}
	s := &l.Subs[id]
	switch s.Kind {
	case sig.SubPattern:
		cost := 0
		for _, p := range s.Patterns {
			cost += 1 << max(20-needleOf(p).score/32, 0)
		}
		return need{subs: []int{id}, ok: true, cost: cost}
	case sig.SubMacro:
		return b.necessarySub(id-1, l, depth+1)
	case sig.SubPCRE:
		return b.necessary(s.PCRE.Trigger, l, depth+1)
	case sig.SubByteCompare:
		if s.Compare.Ref == id || depth > 64 {
			return need{}
		}
		return b.necessarySub(s.Compare.Ref, l, depth+1)
	}
	return need{}
}

// anchorBody registers the literal of a body signature.
func (b *Builder) anchorBody(target cltype.Target, p *sig.Pattern, index uint32) {
	b.addAnchor(target, needleOf(p), AnchorBody, index)
}

// anchorLogical registers the literals that must be present for a logical
// signature to be worth evaluating.
func (b *Builder) anchorLogical(l *sig.Logical, index uint32) {
	n := b.necessary(l.Expr, l, 0)
	if !n.ok {
		b.always[l.TDB.Target] = append(b.always[l.TDB.Target], index)
		return
	}
	done := map[int]bool{}
	for _, id := range n.subs {
		if done[id] {
			continue
		}
		done[id] = true
		for _, p := range l.Subs[id].Patterns {
			b.addAnchor(l.TDB.Target, needleOf(p), AnchorLogical, index)
		}
	}
}

func (b *Builder) addAnchor(target cltype.Target, n needle, kind byte, index uint32) {
	id := uint32(len(b.anchors) / anchorSize)
	at := b.tables[target].add(n.bytes, n.fold, id)
	rec := make([]byte, anchorSize)
	rec[0] = kind
	if n.direct && kind == AnchorBody {
		rec[1] = 1
	}
	put32(rec[4:], index)
	put32(rec[8:], uint32(n.shift+at))
	b.anchors = append(b.anchors, rec...)
}
