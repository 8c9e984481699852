package regex

// Caps of the backtracking machine, besides the caller's limits.
const (
	// maxStack bounds the open choices and undo records (32 bytes each) of one
	// attempt, like PCRE2's heap limit of 20 MB.
	maxStack = 1 << 19
	// maxFrames bounds the subroutine calls of one attempt.
	maxFrames = 1 << 14
	// maxWork, and workPerByte for each byte of the buffer, bound the instructions
	// and bytes of one search over all attempts; beyond them an expression is as
	// good as one that exceeds the match limit. They are some tenths of a second.
	maxWork     = 1 << 26
	workPerByte = 16
	// checkWork is how much work is done between two calls of RunOptions.Check.
	checkWork = 1 << 16
)

// entryKind is what a stack entry does when it is popped.
type entryKind uint8

const (
	choice     entryKind = iota // go to pc at pos
	undo                        // slots[pc] = pos
	undoFrame                   // frame = pc
	moreGreedy                  // one byte less of a repeat: pos down to low
	moreLazy                    // one byte more of a repeat
	commit                      // give up the search
	prune                       // give up this start
	skip                        // give up this start and go on at pos
)

// entry is a record on the backtracking stack.
type entry struct {
	kind entryKind
	pc   int32
	pos  int
	low  int
}

// callFrame is one active subroutine call. Frames are never changed, so that
// backtracking into a finished call finds it as it was.
type callFrame struct {
	parent int32
	ret    int32
	group  int32
	pos    int
	saved  []int
}

// outcome is how an attempt ended.
type outcome uint8

const (
	failed  outcome = iota // no match from this start
	matched                //
	ended                  // no match, and no later start may be tried
	halted                 // Check asked to stop
)

// machine runs a backProgram. It has no state between searches.
type machine struct {
	*Program
	buf   []byte
	o     RunOptions
	slots []int
	stack []entry
	calls []callFrame
	frame int32 // index into calls, -1 at top level
	open  int   // choices on the stack
	steps int
	work  int
	next  int // work at which to call Check
	from  int // where the search began, for \G
	keep  int // start of the match
	jump  int // where (*SKIP) wants to go on
}

func newMachine(p *Program, buf []byte, o RunOptions) *machine {
	return &machine{Program: p, buf: buf, o: o, slots: make([]int, p.back.slots), next: checkWork}
}

func (m *machine) release() { m.stack, m.slots, m.calls = nil, nil, nil }

// search tries start positions from left to right.
func (m *machine) search(from int) (start, end int, ok bool, err error) {
	m.from = from
	for at := from; at <= len(m.buf)-m.minimum; at++ {
		if m.startOnly && at > 0 {
			break
		}
		if !m.o.Anchored {
			at = m.prefix.next(m.buf, at)
			if at < 0 || at > len(m.buf)-m.minimum {
				break
			}
		}
		m.work++
		result, end := m.attempt(at)
		switch result {
		case matched:
			return min(m.keep, end), end, true, nil
		case ended:
			return 0, 0, false, nil
		case halted:
			return 0, 0, false, ErrStopped
		}
		if m.o.Anchored {
			break
		}
		if m.jump > at {
			at = m.jump - 1
		}
	}
	return 0, 0, false, nil
}

// attempt tries to match at one position.
func (m *machine) attempt(at int) (outcome, int) {
	for i := range m.slots {
		m.slots[i] = -1
	}
	m.stack, m.calls = m.stack[:0], m.calls[:0]
	m.frame, m.open, m.steps, m.keep, m.jump = -1, 0, 0, at, 0
	m.slots[0] = at
	return m.run(0, at)
}

// run is the interpreter. It is longer than usual because it is one dispatch loop.
func (m *machine) run(pc int32, pos int) (outcome, int) {
	for {
		if m.work++; m.work >= m.next {
			if !m.tick() {
				return halted, 0
			}
			if m.work > maxWork+workPerByte*len(m.buf) {
				return ended, 0
			}
		}
		if m.steps > m.o.Steps || m.open > m.o.Depth || len(m.stack) > maxStack {
			return ended, 0
		}
		in := &m.back.code[pc]
		ok := true
		pc++
		switch in.op {
		case iMatch:
			return matched, pos
		case iFail:
			ok = false
		case iByte:
			ok = pos < len(m.buf) && m.buf[pos] == byte(in.n)
			pos++
		case iSet:
			ok = pos < len(m.buf) && m.back.sets[in.a].has(m.buf[pos])
			pos++
		case iRepeatSet:
			pos, ok = m.repeatSet(in, pc, pos)
		case iSplit:
			m.choose(in.y, pos)
			pc = in.x
		case iJump:
			pc = in.x
		case iOpen:
			m.set(in.a, pos)
		case iClose:
			m.set(2*in.n, m.slots[in.a])
			m.set(2*in.n+1, pos)
		case iAssert:
			ok = m.holds(assertKind(in.n), pos)
		case iBackref:
			pos, ok = m.backref(in, pos)
		case iKeep:
			m.keepFrom(pos)
		case iBack:
			pos -= int(in.n)
			ok = pos >= 0
		case iVerb:
			if verbKind(in.n) == verbAccept {
				if m.frame < 0 {
					return matched, pos
				}
				pc = m.leave()
				break
			}
			m.verb(verbKind(in.n), pos)
		default:
			pc, pos, ok = m.control(in, pc, pos)
		}
		if ok {
			continue
		}
		var result outcome
		if pc, pos, result = m.backtrack(); result != matched {
			return result, 0
		}
	}
}

// control runs the instructions that change the flow.
func (m *machine) control(in *inst, pc int32, pos int) (int32, int, bool) {
	switch in.op {
	case iLook:
		m.set(in.a+1, pos)
		m.mark(in.a)
		m.choose(in.x, pos) // where a failing body leads; -1 only marks the place
	case iLookEnd:
		pos = m.slots[in.a+1]
		m.cut(m.slots[in.a])
	case iNotEnd:
		pos = m.slots[in.a+1]
		m.unwind(m.slots[in.a])
		if in.x < 0 {
			return pc, pos, false
		}
		pc = in.x
	case iAtomic:
		m.mark(in.a)
		m.choose(-1, pos)
	case iAtomicEnd:
		m.cut(m.slots[in.a])
	case iLoopInit:
		m.set(in.a, 0)
		m.set(in.a+1, -1)
	case iLoop:
		return m.loop(in, pos)
	case iLoopEnter:
		m.set(in.a, m.slots[in.a]+1)
		m.set(in.a+1, pos)
		pc = in.x
	case iCall:
		if !m.enter(in, pc, pos) {
			return pc, pos, false
		}
		pc = in.x
	case iReturn:
		pc = m.leave()
	case iCondGroup:
		if m.groupOf(m.back.refs[in.a]) < 0 {
			pc = in.x
		}
	case iCondRecurse:
		if m.frame < 0 || in.n >= 0 && m.calls[m.frame].group != in.n {
			pc = in.x
		}
	}
	return pc, pos, true
}

// loop decides about one more round of a counted loop.
func (m *machine) loop(in *inst, pos int) (int32, int, bool) {
	count := m.slots[in.a]
	if count < int(in.min) {
		return in.x, pos, true
	}
	// Only loops without a maximum end on an empty round; PCRE2 writes out the others.
	if in.max != unlimited && count >= int(in.max) || in.max == unlimited && m.slots[in.a+1] == pos {
		return in.y, pos, true
	}
	if in.greed == lazy {
		m.choose(in.x, pos)
		return in.y, pos, true
	}
	m.choose(in.y, pos)
	return in.x, pos, true
}

// tick counts work and asks the caller whether to go on.
func (m *machine) tick() bool {
	m.next = m.work + checkWork
	return m.o.Check == nil || m.o.Check()
}
