package db

import (
	"encoding/binary"

	"gclam/engine/internal/sig"
)

// anchorPlace is where ClamAV would anchor a part: it decides which of two
// matches at one window counts as earlier, and how a consuming (L) behaves.
type anchorPlace struct {
	elem int // index of the literal element, -1 for none
	end  int // bytes of that literal up to the end of the anchor
}

// clamAnchorMax is the longest anchor in bytes.
const clamAnchorMax = 3

// clamAnchor picks the place by which ClamAV finds a part: the first three
// literal bytes in a row that do not begin 00 00; failing that the longest run,
// the last one among equals (observed with clamscan 1.4.6: of equal two-byte
// runs the last counts, of three-byte runs the first).
func clamAnchor(elems []sig.Elem) anchorPlace {
	best := anchorPlace{elem: -1}
	bestLen, bestZero := 0, true
	for i, e := range elems {
		if e.Op != sig.OpLiteral {
			continue
		}
		for at := range e.Bytes {
			n := min(len(e.Bytes)-at, clamAnchorMax)
			zero := n >= 2 && e.Bytes[at] == 0 && e.Bytes[at+1] == 0
			if n == clamAnchorMax && !zero {
				return anchorPlace{i, at + n}
			}
			if n > bestLen || n == bestLen && (bestZero || !zero) {
				best, bestLen, bestZero = anchorPlace{i, at + n}, n, zero
			}
		}
	}
	return best
}

// opEncoder writes operations.
type opEncoder struct {
	out    []byte
	anchor anchorPlace
}

func (o *opEncoder) elems(elems []sig.Elem, top bool) {
	for i, e := range elems {
		switch e.Op {
		case sig.OpLiteral:
			if top && i == o.anchor.elem {
				o.literal(e.Bytes[:o.anchor.end], e.Fold)
				o.out = append(o.out, OpMark)
				o.literal(e.Bytes[o.anchor.end:], e.Fold)
				continue
			}
			o.literal(e.Bytes, e.Fold)
		case sig.OpMasked:
			o.out = append(o.out, OpMask, e.Value, e.Mask)
		case sig.OpAny:
			o.out = binary.LittleEndian.AppendUint32(append(o.out, OpAny), uint32(e.N))
		case sig.OpSet:
			o.out = append(append(o.out, OpSet), e.Set[:]...)
		case sig.OpAltFixed:
			o.fixed(e)
		case sig.OpAltGen:
			o.generic(e)
		case sig.OpBoundary:
			o.boundary(e, i, len(elems), top)
		}
	}
}

func (o *opEncoder) literal(b []byte, fold bool) {
	le := binary.LittleEndian
	for len(b) > 0 {
		n := min(len(b), 0xffff)
		if fold && hasLetter(b[:n]) {
			o.out = le.AppendUint16(append(o.out, OpLitFold), uint16(n))
			for _, c := range b[:n] {
				o.out = append(o.out, lower(c))
			}
		} else {
			o.out = le.AppendUint16(append(o.out, OpLit), uint16(n))
			o.out = append(o.out, b[:n]...)
		}
		b = b[n:]
	}
}

func (o *opEncoder) fixed(e sig.Elem) {
	le := binary.LittleEndian
	var neg byte
	if e.Negated {
		neg = 1
	}
	o.out = le.AppendUint16(append(o.out, OpAltFixed, neg), uint16(len(e.Alts)))
	o.out = le.AppendUint16(o.out, uint16(len(e.Alts[0])))
	for _, a := range e.Alts {
		o.out = append(o.out, a...)
	}
}

func (o *opEncoder) generic(e sig.Elem) {
	le := binary.LittleEndian
	o.out = le.AppendUint16(append(o.out, OpAltGen), uint16(len(e.Branches)))
	for _, b := range e.Branches {
		sub := &opEncoder{anchor: anchorPlace{elem: -1}}
		sub.elems(b, false)
		o.out = le.AppendUint32(o.out, uint32(len(sub.out)))
		o.out = append(o.out, sub.out...)
	}
}

func (o *opEncoder) boundary(e sig.Elem, i, n int, top bool) {
	var f byte
	if e.Negated {
		f |= BoundNegated
	}
	if e.Wide {
		f |= BoundWide
	}
	switch {
	case top && i == 0:
		f |= BoundLeft
	case top && i == n-1:
		f |= BoundRight
	case i <= o.anchor.elem:
		f |= BoundBefore
	}
	o.out = append(o.out, OpBoundary, e.Boundary, f)
}

func hasLetter(b []byte) bool {
	for _, c := range b {
		if c = c | 0x20; c >= 'a' && c <= 'z' {
			return true
		}
	}
	return false
}

// literal is a run of a part that can be searched for.
type literal struct {
	bytes    []byte // lower case when fold
	fold     bool
	min, max int // distance from the start of the part
	score    int
}

const (
	searchLiteral = 8   // longest search literal in bytes
	maxSpread     = 512 // largest useful uncertainty of a literal's place
)

// chooseLiteral picks the rarest run of up to searchLiteral bytes, preferring
// places at a fixed distance from the start.
func chooseLiteral(elems []sig.Elem) literal {
	var best literal
	best.score = -1
	for i, e := range elems {
		if e.Op != sig.OpLiteral || len(e.Bytes) < 2 {
			continue
		}
		_, hi := lengths(append(elems[:i:i], e))
		hi -= len(e.Bytes)
		lo := exactMin(elems[:i])
		if hi-lo > maxSpread && best.score >= 0 {
			continue
		}
		n := min(len(e.Bytes), searchLiteral)
		for at := 0; at+n <= len(e.Bytes); at++ {
			run := e.Bytes[at : at+n]
			s := rarity(run) - min(hi-lo, 64)*8
			if s > best.score {
				best = literal{bytes: run, fold: e.Fold && hasLetter(run), min: lo + at, max: hi + at, score: max(s, 0)}
			}
		}
	}
	if best.fold {
		b := make([]byte, len(best.bytes))
		for i, c := range best.bytes {
			b[i] = lower(c)
		}
		best.bytes = b
	}
	return best
}

// exactMin is the true minimum length: unlike ClamAV's own count, consuming
// classes take at least one byte.
func exactMin(elems []sig.Elem) int {
	n := 0
	for i, e := range elems {
		switch e.Op {
		case sig.OpBoundary:
			if i > 0 {
				n++
				if e.Wide {
					n++
				}
			}
		case sig.OpAltGen:
			lo := -1
			for _, b := range e.Branches {
				if l := exactMinBranch(b); lo < 0 || l < lo {
					lo = l
				}
			}
			n += max(lo, 0)
		default:
			l, _ := lengths([]sig.Elem{e})
			n += l
		}
	}
	return n
}

func exactMinBranch(elems []sig.Elem) int {
	n := 0
	for _, e := range elems {
		if e.Op == sig.OpBoundary {
			n++
			continue
		}
		n += exactMin([]sig.Elem{e})
	}
	return n
}
