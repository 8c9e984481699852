package db

import (
	"encoding/binary"

	"gclam/engine/internal/sig"
)

// Sub is a subsignature of a logical signature.
type Sub struct {
	Kind     sig.SubKind
	Offset   sig.Offset
	Patterns []uint32 // indexes of patterns that share the counter
	Extra    []byte
}

// Sub returns subsignature i of a logical signature.
func (d *DB) Sub(l *Logical, i int) (Sub, bool) {
	if i < 0 || i >= l.SubCount {
		return Sub{}, false
	}
	r := record(d.subs, l.sub+uint32(i), subSize)
	if r == nil {
		return Sub{}, false
	}
	le := binary.LittleEndian
	s := Sub{Kind: sig.SubKind(r[0]), Offset: getOffset(r[2:16])}
	for j := 0; j < int(min(r[1], 2)); j++ {
		s.Patterns = append(s.Patterns, le.Uint32(r[16+4*j:]))
	}
	if n := le.Uint32(r[28:]); n > 0 {
		s.Extra = clip(d.blobs, le.Uint32(r[24:]), n)
	}
	return s, true
}

// Node is an expression node in place.
type Node struct {
	Op   sig.ExprOp
	Cmp  byte
	HasY bool
	ID   int
	N, Y uint32
}

// Expr returns the encoded expression of a logical signature.
func (d *DB) Expr(l *Logical) Expr {
	if uint64(l.expr) > uint64(len(d.exprs)) {
		return nil
	}
	return Expr(d.exprs[l.expr:])
}

// Expr is an encoded expression: nodes in prefix order.
type Expr []byte

// Node decodes the first node and returns the rest.
func (e Expr) Node() (Node, Expr, bool) {
	if len(e) < exprNode {
		return Node{}, nil, false
	}
	le := binary.LittleEndian
	n := Node{Op: sig.ExprOp(e[0]), Cmp: e[1], HasY: e[2] != 0, ID: int(le.Uint32(e[4:])), N: le.Uint32(e[8:]), Y: le.Uint32(e[12:])}
	return n, e[exprNode:], true
}

// Skip returns what follows the first whole expression of e.
func (e Expr) Skip() Expr {
	for pending := 1; pending > 0; pending-- {
		n, rest, ok := e.Node()
		if !ok {
			return nil
		}
		switch n.Op {
		case sig.ExprBlock:
			pending++
		case sig.ExprAnd, sig.ExprOr:
			pending += 2
		}
		e = rest
	}
	return e
}

// Macro decodes the extra bytes of a macro subsignature.
func (s *Sub) Macro() (m sig.Macro, ok bool) {
	if len(s.Extra) < 9 {
		return m, false
	}
	le := binary.LittleEndian
	return sig.Macro{Min: le.Uint32(s.Extra), Max: le.Uint32(s.Extra[4:]), Group: s.Extra[8]}, true
}

// PCRE decodes the extra bytes of a regular expression subsignature.
func (s *Sub) PCRE() (trigger Expr, flags string, regex []byte, ok bool) {
	b := s.Extra
	if len(b) < 4 {
		return nil, "", nil, false
	}
	n := binary.LittleEndian.Uint32(b)
	b = b[4:]
	if uint64(n)+1 > uint64(len(b)) {
		return nil, "", nil, false
	}
	trigger, b = Expr(b[:n]), b[n:]
	f := int(b[0])
	if 1+f > len(b) {
		return nil, "", nil, false
	}
	return trigger, string(b[1 : 1+f]), b[1+f:], true
}

// Compare decodes the extra bytes of a byte comparison.
func (s *Sub) Compare() (c sig.ByteCompare, ok bool) {
	b := s.Extra
	if len(b) < 19 {
		return c, false
	}
	le := binary.LittleEndian
	f := b[13]
	c = sig.ByteCompare{
		Ref: int(le.Uint32(b)), Offset: int64(le.Uint64(b[4:])), Format: b[12],
		Little: f&1 != 0, HasEndian: f&2 != 0, Exact: f&4 != 0, Length: le.Uint32(b[14:]),
	}
	n := int(b[18])
	b = b[19:]
	for ; n > 0 && len(b) >= 9; n-- {
		c.Comparisons = append(c.Comparisons, sig.Comparison{Op: b[0], Value: int64(le.Uint64(b[1:]))})
		b = b[9:]
	}
	return c, n == 0
}
