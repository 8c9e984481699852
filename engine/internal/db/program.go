package db

import (
	"encoding/binary"

	"gclam/engine/internal/sig"
)

// A pattern program is the flat form of a sig.Pattern: a byte with the number
// of parts, then for each part a header of partHeader bytes and its operations.
//
// Part header (little-endian): size of the operations u32, minimum distance u32,
// maximum distance u32 (0 = none), minimum length u32, literal offset u32 and
// length u16 (in the operations), shift minimum u32 and maximum u32 (distance of
// that literal from the part's start), left anchor (value, mask, min, max),
// right anchor (the same), flags u8, reserved u8.
const partHeader = 40

// Part flags.
const (
	PartLiteralFold = 1 << iota // the search literal matches in either case
	PartLeft                    // a left anchor is present
	PartRight                   // a right anchor is present
	PartLeftFold                // the left anchor folds case
	PartRightFold               // the right anchor folds case
)

// Operation codes.
const (
	OpLit      = 1  // length u16, bytes
	OpLitFold  = 2  // length u16, bytes in lower case
	OpMask     = 3  // value, mask
	OpAny      = 4  // count u32
	OpSet      = 5  // 32 bytes
	OpAltFixed = 6  // negated u8, count u16, length u16, bytes
	OpAltGen   = 7  // count u16, then length u32 and operations of each branch
	OpBoundary = 8  // 'B' 'L' 'W', BoundaryFlags
	OpMark     = 9  // end of ClamAV's anchor: orders matches of one window
	opMax      = 10 // first unused code
)

// Boundary flags.
const (
	BoundNegated = 1 << iota
	BoundWide    // tests byte pairs
	BoundLeft    // zero-width, at the start of a part
	BoundRight   // zero-width, at the end of a part
	BoundBefore  // consuming, before the anchor: L takes a line feed only
)

// Part is a view of one part of a program. Its slices point into the image.
type Part struct {
	Ops            []byte
	MinGap, MaxGap uint32
	MinLen         uint32 // bytes that must exist
	Literal        []byte // rarest literal run, to search for
	LiteralFold    bool
	ShiftMin       uint32 // distance of Literal from the start of the part
	ShiftMax       uint32
	Left, Right    Anchor
}

// Anchor is a byte at a distance before or after a part.
type Anchor struct {
	Present     bool
	Value, Mask byte
	Min, Max    byte
	Fold        bool
}

// Program is a decoded pattern.
type Program struct {
	Parts []Part
}

// encodeProgram flattens a pattern.
func encodeProgram(p *sig.Pattern) []byte {
	out := []byte{byte(len(p.Parts))}
	for i := range p.Parts {
		out = appendPart(out, &p.Parts[i])
	}
	return out
}

// maxParts is the most parts a program can hold.
const maxParts = 255

func appendPart(out []byte, part *sig.Part) []byte {
	a := clamAnchor(part.Elems)
	enc := &opEncoder{anchor: a}
	enc.elems(part.Elems, true)
	lit := chooseLiteral(part.Elems)
	le := binary.LittleEndian
	h := make([]byte, partHeader)
	le.PutUint32(h, uint32(len(enc.out)))
	le.PutUint32(h[4:], part.MinGap)
	le.PutUint32(h[8:], part.MaxGap)
	minLen, _ := lengths(part.Elems)
	le.PutUint32(h[12:], uint32(minLen))
	var flags byte
	le.PutUint32(h[16:], uint32(len(enc.out))) // the search literal follows the operations
	le.PutUint16(h[20:], uint16(len(lit.bytes)))
	le.PutUint32(h[22:], uint32(lit.min))
	le.PutUint32(h[26:], uint32(lit.max))
	if lit.fold {
		flags |= PartLiteralFold
	}
	if l := part.Left; l != nil {
		flags |= PartLeft | putAnchor(h[30:], l, PartLeftFold)
	}
	if r := part.Right; r != nil {
		flags |= PartRight | putAnchor(h[34:], r, PartRightFold)
	}
	h[38] = flags
	le.PutUint32(h, uint32(len(enc.out)+len(lit.bytes)))
	out = append(out, h...)
	out = append(out, enc.out...)
	return append(out, lit.bytes...)
}

func putAnchor(h []byte, a *sig.ByteAnchor, fold byte) byte {
	v, m := a.Byte.Value, a.Byte.Mask
	var f byte
	if a.Byte.Op == sig.OpLiteral {
		v, m = a.Byte.Bytes[0], 0xff
		if a.Byte.Fold {
			v, f = lower(v), fold
		}
	}
	h[0], h[1], h[2], h[3] = v, m, a.Min, a.Max
	return f
}

// decodeProgram is the bounds-checked inverse of encodeProgram.
func decodeProgram(b []byte) (Program, bool) {
	if len(b) == 0 {
		return Program{}, false
	}
	n := int(b[0])
	b = b[1:]
	p := Program{Parts: make([]Part, 0, n)}
	le := binary.LittleEndian
	for range n {
		if len(b) < partHeader {
			return Program{}, false
		}
		size := le.Uint32(b)
		h := b[:partHeader]
		b = b[partHeader:]
		if uint64(size) > uint64(len(b)) {
			return Program{}, false
		}
		body := b[:size]
		b = b[size:]
		opsLen, litLen := le.Uint32(h[16:]), uint32(le.Uint16(h[20:]))
		if opsLen > size || litLen != size-opsLen {
			return Program{}, false
		}
		flags := h[38]
		p.Parts = append(p.Parts, Part{
			Ops: body[:opsLen], MinGap: le.Uint32(h[4:]), MaxGap: le.Uint32(h[8:]), MinLen: le.Uint32(h[12:]),
			Literal: body[opsLen:], LiteralFold: flags&PartLiteralFold != 0,
			ShiftMin: le.Uint32(h[22:]), ShiftMax: le.Uint32(h[26:]),
			Left:  Anchor{flags&PartLeft != 0, h[30], h[31], h[32], h[33], flags&PartLeftFold != 0},
			Right: Anchor{flags&PartRight != 0, h[34], h[35], h[36], h[37], flags&PartRightFold != 0},
		})
	}
	return p, len(p.Parts) > 0
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// lengths returns the fewest and most bytes the elements take. In the minimum
// consuming classes count 0, as ClamAV counts them; max < 0 means unbounded.
func lengths(elems []sig.Elem) (lo, hi int) {
	for i, e := range elems {
		switch e.Op {
		case sig.OpLiteral:
			lo, hi = lo+len(e.Bytes), hi+len(e.Bytes)
		case sig.OpAny:
			lo, hi = lo+e.N, hi+e.N
		case sig.OpMasked, sig.OpSet:
			lo, hi = lo+1, hi+1
		case sig.OpAltFixed:
			lo, hi = lo+len(e.Alts[0]), hi+len(e.Alts[0])
		case sig.OpAltGen:
			bl, bh := branchLengths(e.Branches)
			lo, hi = lo+bl, hi+bh
		case sig.OpBoundary:
			if i > 0 && i < len(elems)-1 {
				hi += boundaryMax(e)
			}
		}
	}
	return lo, hi
}

func boundaryMax(e sig.Elem) int {
	n := 1
	if e.Boundary == 'L' {
		n = 2
	}
	if e.Wide {
		n *= 2
	}
	return n
}

func branchLengths(branches [][]sig.Elem) (lo, hi int) {
	for i, b := range branches {
		l, h := lengths(b)
		if i == 0 || l < lo {
			lo = l
		}
		hi = max(hi, h)
	}
	return lo, hi
}
