package pattern

import (
	"encoding/binary"

	"gclam/engine/internal/db"
)

// maxSteps bounds backtracking over alternatives for one start position.
const maxSteps = 1 << 14

// frame is what remains to be matched behind a branch of an alternative.
type frame struct {
	ops  []byte
	next *frame
}

// run matches the operations of one part at one start.
type run struct {
	buf    []byte
	start  int
	minLen int
	mark   int // end of ClamAV's anchor, -1 before it was passed
	steps  int
}

// Match is one place where a part or a whole pattern matched.
type Match struct {
	Start, End int
	// Mark is the end of the anchor by which ClamAV would have found the last
	// part; it orders matches of different patterns.
	Mark int
}

// At matches a part at start.
func At(buf []byte, p *db.Part, start, maxPattern int) (Match, bool) {
	if start < 0 || start > len(buf) {
		return Match{}, false
	}
	r := run{buf: buf, start: start, minLen: int(p.MinLen), mark: -1, steps: maxSteps}
	end, ok := r.match(p.Ops, start, nil)
	if !ok || !left(buf, &p.Left, start, maxPattern) || !right(buf, &p.Right, end) {
		return Match{}, false
	}
	mark := r.mark
	if mark < 0 {
		mark = end
	}
	return Match{start, end, mark}, true
}

// left looks for the byte before the part; bytes further away than the longest
// loaded pattern are not seen by ClamAV.
func left(buf []byte, a *db.Anchor, start, maxPattern int) bool {
	if !a.Present {
		return true
	}
	for gap := int(a.Min); gap <= int(a.Max); gap++ {
		at := start - gap - 1
		if at < 0 || gap+1 > maxPattern {
			return false
		}
		if anchorByte(buf[at], a) {
			return true
		}
	}
	return false
}

func right(buf []byte, a *db.Anchor, end int) bool {
	if !a.Present {
		return true
	}
	for gap := int(a.Min); gap <= int(a.Max); gap++ {
		if end+gap >= len(buf) {
			return false
		}
		if anchorByte(buf[end+gap], a) {
			return true
		}
	}
	return false
}

func anchorByte(c byte, a *db.Anchor) bool {
	if a.Fold && c >= 'A' && c <= 'Z' {
		c |= 0x20
	}
	return c&a.Mask == a.Value
}

// match runs ops at pos, then the frames of next, and returns the end.
func (r *run) match(ops []byte, pos int, next *frame) (int, bool) {
	for {
		if len(ops) == 0 {
			if next == nil {
				return pos, true
			}
			ops, next = next.ops, next.next
			continue
		}
		if ops[0] == db.OpAltGen {
			return r.alternatives(ops, pos, next)
		}
		n, size, st := r.step(ops, pos)
		switch st {
		case stepFail:
			return 0, false
		case stepEnd:
			// Data ends inside the pattern: enough if its minimum was there.
			return len(r.buf), r.mark >= 0 && len(r.buf)-r.start >= r.minLen
		}
		ops, pos = ops[size:], pos+n
	}
}

type stepResult uint8

const (
	stepOK stepResult = iota
	stepFail
	stepEnd
)

// step matches one operation: bytes consumed, size of the operation, result.
func (r *run) step(ops []byte, pos int) (n, size int, st stepResult) {
	switch ops[0] {
	case db.OpLit, db.OpLitFold:
		return r.literal(ops, pos)
	case db.OpMask:
		if len(ops) < 3 {
			return 0, 0, stepFail
		}
		if pos >= len(r.buf) {
			return 0, 0, stepEnd
		}
		if r.buf[pos]&ops[2] != ops[1] {
			return 0, 0, stepFail
		}
		return 1, 3, stepOK
	case db.OpAny:
		if len(ops) < 5 {
			return 0, 0, stepFail
		}
		k := binary.LittleEndian.Uint32(ops[1:])
		if uint64(k) > uint64(len(r.buf)-pos) {
			return 0, 0, stepEnd
		}
		return int(k), 5, stepOK
	case db.OpSet:
		if len(ops) < 33 {
			return 0, 0, stepFail
		}
		if pos >= len(r.buf) {
			return 0, 0, stepEnd
		}
		if c := r.buf[pos]; ops[1+c/8]&(1<<(c%8)) == 0 {
			return 0, 0, stepFail
		}
		return 1, 33, stepOK
	case db.OpAltFixed:
		return r.fixed(ops, pos)
	case db.OpBoundary:
		return r.boundary(ops, pos)
	case db.OpMark:
		r.mark = pos
		return 0, 1, stepOK
	}
	return 0, 0, stepFail
}

func (r *run) literal(ops []byte, pos int) (n, size int, st stepResult) {
	if len(ops) < 3 {
		return 0, 0, stepFail
	}
	k := int(binary.LittleEndian.Uint16(ops[1:]))
	if 3+k > len(ops) {
		return 0, 0, stepFail
	}
	want := ops[3 : 3+k]
	have := r.buf[pos:min(pos+k, len(r.buf))]
	if ops[0] == db.OpLit {
		if string(have) != string(want[:len(have)]) {
			return 0, 0, stepFail
		}
	} else {
		for i, c := range have {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			if c != want[i] {
				return 0, 0, stepFail
			}
		}
	}
	if len(have) < k {
		return 0, 0, stepEnd
	}
	return k, 3 + k, stepOK
}

func (r *run) fixed(ops []byte, pos int) (n, size int, st stepResult) {
	if len(ops) < 6 {
		return 0, 0, stepFail
	}
	count, width := int(binary.LittleEndian.Uint16(ops[2:])), int(binary.LittleEndian.Uint16(ops[4:]))
	size = 6 + count*width
	if size > len(ops) || width == 0 {
		return 0, 0, stepFail
	}
	if pos+width > len(r.buf) {
		return 0, 0, stepEnd
	}
	have, hit := string(r.buf[pos:pos+width]), false
	for a := ops[6:size]; len(a) > 0 && !hit; a = a[width:] {
		hit = have == string(a[:width])
	}
	if hit == (ops[1] != 0) {
		return 0, 0, stepFail
	}
	return width, size, stepOK
}

// alternatives tries the branches in written order.
func (r *run) alternatives(ops []byte, pos int, next *frame) (int, bool) {
	if len(ops) < 3 {
		return 0, false
	}
	count := int(binary.LittleEndian.Uint16(ops[1:]))
	rest := ops[3:]
	branches := rest
	for range count { // find what follows the block
		if len(rest) < 4 {
			return 0, false
		}
		n := int(binary.LittleEndian.Uint32(rest))
		if n > len(rest)-4 {
			return 0, false
		}
		rest = rest[4+n:]
	}
	cont := next
	if len(rest) > 0 {
		cont = &frame{rest, next}
	}
	for range count {
		if r.steps--; r.steps < 0 {
			return 0, false
		}
		n := int(binary.LittleEndian.Uint32(branches))
		mark := r.mark
		if end, ok := r.match(branches[4:4+n], pos, cont); ok {
			return end, true
		}
		r.mark = mark
		branches = branches[4+n:]
	}
	return 0, false
}
