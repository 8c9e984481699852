package match

import (
	"encoding/binary"
	"math"

	"gclam/engine/internal/db"
	"gclam/engine/internal/match/pattern"
	"gclam/engine/internal/sig"
)

// sub evaluates one subsignature. With exact false the count may be any number
// above zero that is not above the true one.
func (e *evaluation) sub(id int, exact bool) *subState {
	if id < 0 || id >= len(e.subs) {
		return nil
	}
	s := &e.subs[id]
	if s.done && (s.exact || !exact) || s.busy {
		return s
	}
	sub, ok := e.p.m.db.Sub(e.l, id)
	if !ok {
		return nil
	}
	s.busy = true // a reference to itself sees nothing
	r := subState{done: true, exact: true}
	switch sub.Kind {
	case sig.SubPattern:
		e.pattern(id, &sub, &r, exact)
	case sig.SubMacro:
		if prev := e.sub(id-1, true); prev != nil && prev.macro != nil {
			r.count, r.first, r.last = prev.macro.count, prev.macro.first, prev.macro.last
		}
	case sig.SubPCRE:
		e.pcre(&sub, &r)
	case sig.SubByteCompare:
		e.byteCompare(id, &sub, &r)
	case sig.SubFuzzyImage:
		if e.p.obj.ImageHash != nil {
			if h, ok := e.p.obj.ImageHash(); ok && string(h[:]) == string(sub.Extra) {
				r.count = 1
			}
		}
	}
	*s = r
	return s
}

// pattern counts the matches of a plain subsignature: one for each position
// above the last one counted. A pattern of several parts also counts again at
// the same position, once for each of its last parts.
func (e *evaluation) pattern(id int, sub *db.Sub, r *subState, exact bool) {
	if next, ok := e.p.m.db.Sub(e.l, id+1); ok && next.Kind == sig.SubMacro {
		e.patternWithMacro(sub, &next, r)
		return
	}
	w, ok := e.p.where(sub.Offset, e.l.TDB.Target, false)
	if !ok {
		return
	}
	r.exact = exact
	e.matches(sub, w, func(m pattern.Match, chain bool) bool {
		if r.count == 0 {
			r.first = m.Start
		} else if m.Start < r.last || m.Start == r.last && !chain {
			return true
		}
		r.count++
		r.last = m.Start
		return exact
	})
}

// matches calls fn for the matches of all patterns of a subsignature in the
// order in which ClamAV completes them.
func (e *evaluation) matches(sub *db.Sub, w pattern.Where, fn func(m pattern.Match, chain bool) bool) {
	var chain [2]bool
	var finders [2]*pattern.Finder
	var next [2]pattern.Match
	var has [2]bool
	for i, pi := range sub.Patterns {
		if prog, ok := e.p.m.db.Program(pi); ok {
			finders[i] = pattern.NewFinder(e.p.obj.Buf, prog, w, e.p.max, e.p.opt.Check)
			next[i], has[i] = finders[i].Next()
			chain[i] = len(prog.Parts) > 1
		}
	}
	for has[0] || has[1] {
		i := 0
		if !has[0] || has[1] && next[1].Mark < next[0].Mark {
			i = 1
		}
		if !fn(next[i], chain[i]) {
			return
		}
		next[i], has[i] = finders[i].Next()
	}
}

// patternWithMacro evaluates a subsignature that a macro follows. The macro is
// tested only when the subsignature matches again: a repeat is kept, and counts
// for the macro, if the latest member of the group lies at the wanted distance
// from the first match (observed with clamscan 1.4.6).
func (e *evaluation) patternWithMacro(sub, macro *db.Sub, r *subState) {
	mac, ok := macro.Macro()
	w, wok := e.p.where(sub.Offset, e.l.TDB.Target, false)
	r.macro = &subState{done: true, exact: true}
	if !ok || !wok {
		return
	}
	members := e.members(mac.Group)
	e.matches(sub, w, func(m pattern.Match, _ bool) bool {
		if r.count == 0 {
			r.count, r.first, r.last = 1, m.Start, m.Start
			return true
		}
		if m.Start <= r.last {
			return true
		}
		at, ok := latest(members, m.Mark)
		if d := int64(at) - int64(r.first); ok && d >= int64(mac.Min) && d <= int64(mac.Max) {
			r.macro.count++
			r.macro.first, r.macro.last = at, at
			r.count++
			r.last = m.Start
		}
		return true
	})
}

// members returns the matches of a macro group in this buffer.
func (e *evaluation) members(group uint8) []pattern.Match {
	var out []pattern.Match
	for _, mm := range e.p.m.macros[group%32] {
		if mm.Target != e.l.TDB.Target {
			continue
		}
		b, ok := e.p.m.db.Body(mm.Body)
		if !ok {
			continue
		}
		prog, ok := e.p.m.db.Program(b.Pattern)
		if !ok {
			continue
		}
		f := pattern.NewFinder(e.p.obj.Buf, prog, pattern.Anywhere(len(e.p.obj.Buf)), e.p.max, e.p.opt.Check)
		for m, ok := f.Next(); ok && len(out) < maxEvents; m, ok = f.Next() {
			out = append(out, m)
		}
	}
	return out
}

// latest returns the start of the member found last before mark.
func latest(members []pattern.Match, mark int) (start int, ok bool) {
	best := -1
	for _, m := range members {
		if m.Mark <= mark && m.Mark > best {
			best, start, ok = m.Mark, m.Start, true
		}
	}
	return start, ok
}

// byteCompare evaluates a comparison of bytes near the last match of another
// subsignature.
func (e *evaluation) byteCompare(id int, sub *db.Sub, r *subState) {
	c, ok := sub.Compare()
	if !ok || c.Ref == id || !e.p.m.multi[e.l.TDB.Target] {
		// ClamAV evaluates comparisons only for targets that have a pattern of
		// several parts (observed with clamscan 1.4.6).
		return
	}
	ref := e.sub(c.Ref, true)
	if ref == nil || ref.count == 0 {
		return
	}
	at := int64(ref.last) + c.Offset
	buf := e.p.obj.Buf
	if at <= 0 || at > int64(len(buf)) || int64(c.Length) > int64(len(buf))-at {
		return
	}
	v, ok := readNumber(buf[at:at+int64(c.Length)], &c)
	if !ok {
		return
	}
	for _, cmp := range c.Comparisons {
		if cmp.Op == '>' && v <= cmp.Value || cmp.Op == '<' && v >= cmp.Value || cmp.Op == '=' && v != cmp.Value {
			return
		}
	}
	r.count, r.first, r.last = 1, int(at), int(at)
}

func readNumber(b []byte, c *sig.ByteCompare) (int64, bool) {
	if c.Format == 'i' {
		return readBinary(b, c)
	}
	if c.Format == 'h' && !c.HasEndian {
		return 0, false
	}
	for len(b) > 0 && isSpace(b[0]) {
		if c.Exact {
			return 0, false
		}
		b = b[1:]
	}
	base := int64(10)
	hasPrefix := len(b) >= 2 && b[0] == '0' && b[1]|0x20 == 'x'
	switch c.Format {
	case 'h':
		base = 16
		if c.Little {
			b = swapPairs(b)
		}
	case 'a':
		if hasPrefix && len(b) >= 3 {
			base = 16
		}
	}
	return parseNumber(b, base, c.Exact)
}

func readBinary(b []byte, c *sig.ByteCompare) (int64, bool) {
	if !c.HasEndian {
		return 0, false
	}
	order := binary.ByteOrder(binary.BigEndian)
	if c.Little {
		order = binary.LittleEndian
	}
	switch len(b) {
	case 1:
		return int64(b[0]), true
	case 2:
		return int64(order.Uint16(b)), true
	case 4:
		return int64(order.Uint32(b)), true
	case 8:
		return int64(order.Uint64(b)), true
	}
	return 0, false
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// swapPairs reverses the order of byte pairs of a hexadecimal text.
func swapPairs(b []byte) []byte {
	if len(b) >= 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		b = b[2:]
	}
	out := make([]byte, 0, len(b))
	for i := len(b); i > 0; i -= 2 {
		out = append(out, b[max(i-2, 0):i]...)
	}
	return out
}

// parseNumber reads a number as strtol does: the longest valid prefix, all of
// it with exact; no digits at all fail.
func parseNumber(b []byte, base int64, exact bool) (int64, bool) {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	if base == 16 && len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' && digitOf(b[2]) < 16 {
		b = b[2:]
	}
	v, n := int64(0), 0
	for ; n < len(b); n++ {
		d := digitOf(b[n])
		if d >= base {
			break
		}
		if v > (math.MaxInt64-d)/base {
			v = math.MaxInt64
			continue
		}
		v = v*base + d
	}
	if n == 0 || exact && n < len(b) {
		return 0, false
	}
	if neg {
		v = -v
	}
	return v, true
}

func digitOf(c byte) int64 {
	switch {
	case c >= '0' && c <= '9':
		return int64(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int64(c|0x20) - 'a' + 10
	}
	return 99
}
