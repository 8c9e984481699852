package regex

// choose pushes an alternative: go to pc at pos. pc -1 only marks a place.
func (m *machine) choose(pc int32, pos int) {
	m.steps++
	m.open++
	m.stack = append(m.stack, entry{kind: choice, pc: pc, pos: pos})
}

// set changes a slot in a way that backtracking takes back.
func (m *machine) set(slot int32, v int) {
	if m.open > 0 && m.slots[slot] != v {
		m.stack = append(m.stack, entry{kind: undo, pc: slot, pos: m.slots[slot]})
	}
	m.slots[slot] = v
}

// mark stores the height of the stack in a slot.
func (m *machine) mark(slot int32) {
	if m.open > 0 {
		m.stack = append(m.stack, entry{kind: undo, pc: slot, pos: m.slots[slot]})
	}
	m.slots[slot] = len(m.stack)
}

// keepSlot is a slot number that stands for the start of the match.
const keepSlot = -1

func (m *machine) keepFrom(pos int) {
	if m.open > 0 {
		m.stack = append(m.stack, entry{kind: undo, pc: keepSlot, pos: m.keep})
	}
	m.keep = pos
}

// isChoice tells whether an entry counts as an open choice.
func (e *entry) isChoice() bool {
	return e.kind == choice || e.kind == moreGreedy || e.kind == moreLazy
}

// restore undoes one record that is not a choice.
func (m *machine) restore(e *entry) {
	switch {
	case e.kind == undoFrame:
		m.frame = e.pc
	case e.kind == undo && e.pc == keepSlot:
		m.keep = e.pos
	case e.kind == undo:
		m.slots[e.pc] = e.pos
	}
}

// cut drops the choices above height but keeps what is needed to undo changes
// made since.
func (m *machine) cut(height int) {
	kept := m.stack[:height]
	for i := height; i < len(m.stack); i++ {
		e := m.stack[i]
		m.work++
		if e.isChoice() {
			m.open--
			continue
		}
		kept = append(kept, e)
	}
	m.stack = kept
}

// unwind pops everything above height and undoes it.
func (m *machine) unwind(height int) {
	for len(m.stack) > height {
		e := &m.stack[len(m.stack)-1]
		if e.isChoice() {
			m.open--
		}
		m.restore(e)
		m.stack = m.stack[:len(m.stack)-1]
		m.work++
	}
}

// backtrack pops to the latest alternative. The result is matched when there is
// one to go on with.
func (m *machine) backtrack() (int32, int, outcome) {
	for len(m.stack) > 0 {
		m.work++
		top := len(m.stack) - 1
		e := &m.stack[top]
		switch e.kind {
		case choice:
			pc, pos := e.pc, e.pos
			m.stack = m.stack[:top]
			m.open--
			if pc >= 0 {
				m.steps++
				return pc, pos, matched
			}
			continue
		case moreGreedy:
			m.steps++
			e.pos--
			pc, pos := e.pc, e.pos
			if pos <= e.low {
				m.stack = m.stack[:top]
				m.open--
			}
			return pc, pos, matched
		case moreLazy:
			if pc, pos, ok := m.takeMore(e); ok {
				return pc, pos, matched
			}
			continue
		case commit:
			return 0, 0, ended
		case prune:
			return 0, 0, failed
		case skip:
			m.jump = e.pos
			return 0, 0, failed
		}
		m.restore(e)
		m.stack = m.stack[:top]
	}
	return 0, 0, failed
}

// repeatSet matches a repeated set at pos; next is the instruction behind it.
func (m *machine) repeatSet(in *inst, next int32, pos int) (int, bool) {
	set := &m.back.sets[in.a]
	limit := len(m.buf)
	if in.max != unlimited && int(in.max) < limit-pos {
		limit = pos + int(in.max)
	}
	low := pos + int(in.min)
	if low > limit {
		return pos, false
	}
	if in.greed == lazy {
		for at := pos; at < low; at++ {
			if !set.has(m.buf[at]) {
				return pos, false
			}
		}
		m.work += low - pos
		if low < limit {
			m.steps++
			m.open++
			m.stack = append(m.stack, entry{kind: moreLazy, pc: next - 1, pos: low, low: limit})
		}
		return low, true
	}
	at := pos
	for at < limit && set.has(m.buf[at]) {
		at++
	}
	m.work += at - pos
	if at < low {
		return pos, false
	}
	if at > low && in.greed == greedy {
		m.steps++
		m.open++
		m.stack = append(m.stack, entry{kind: moreGreedy, pc: next, pos: at, low: low})
	}
	return at, true
}

// takeMore extends a lazy repeat by one byte; e.low is its end at most.
func (m *machine) takeMore(e *entry) (int32, int, bool) {
	in := &m.back.code[e.pc]
	m.steps++
	if !m.back.sets[in.a].has(m.buf[e.pos]) {
		m.stack = m.stack[:len(m.stack)-1]
		m.open--
		return 0, 0, false
	}
	e.pos++
	pc, pos := e.pc+1, e.pos
	if pos >= e.low {
		m.stack = m.stack[:len(m.stack)-1]
		m.open--
	}
	return pc, pos, true
}

// groupOf returns the first of the groups that is set, or -1.
func (m *machine) groupOf(refs []int) int {
	for _, g := range refs {
		if m.slots[2*g] >= 0 && m.slots[2*g+1] >= 0 {
			return g
		}
	}
	return -1
}

// backref matches the text of a group again.
func (m *machine) backref(in *inst, pos int) (int, bool) {
	g := m.groupOf(m.back.refs[in.a])
	if g < 0 {
		return pos, false
	}
	text := m.buf[m.slots[2*g]:max(m.slots[2*g+1], m.slots[2*g])]
	if len(text) > len(m.buf)-pos {
		return pos, false
	}
	m.work += len(text)
	for i, c := range text {
		d := m.buf[pos+i]
		if c != d && (in.n == 0 || lower(c) != lower(d)) {
			return pos, false
		}
	}
	return pos + len(text), true
}

// verb records what to do when the search comes back here.
func (m *machine) verb(v verbKind, pos int) {
	kind := commit
	switch v {
	case verbPrune:
		kind = prune
	case verbSkip:
		kind = skip
	}
	m.stack = append(m.stack, entry{kind: kind, pos: pos})
}

// enter begins a subroutine call. It fails for a call that would only call
// itself again at the same place.
func (m *machine) enter(in *inst, ret int32, pos int) bool {
	for f := m.frame; f >= 0 && m.calls[f].pos == pos; f = m.calls[f].parent {
		if m.calls[f].group == in.n {
			return false
		}
	}
	if len(m.calls) >= maxFrames {
		m.steps = m.o.Steps + 1
		return false
	}
	m.steps++
	m.work += len(m.slots)
	saved := append([]int(nil), m.slots...)
	m.calls = append(m.calls, callFrame{parent: m.frame, ret: ret, group: in.n, pos: pos, saved: saved})
	m.stack = append(m.stack, entry{kind: undoFrame, pc: m.frame})
	m.frame = int32(len(m.calls) - 1)
	return true
}

// leave ends a subroutine call: what it captured is forgotten.
func (m *machine) leave() int32 {
	f := &m.calls[m.frame]
	for i, v := range f.saved {
		m.set(int32(i), v)
	}
	m.work += len(f.saved)
	m.stack = append(m.stack, entry{kind: undoFrame, pc: m.frame})
	m.frame = f.parent
	return f.ret
}
