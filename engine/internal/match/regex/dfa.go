package regex

import "encoding/binary"

// Caps of the lazily built DFA. When the states outgrow maxStates or maxItems,
// all are forgotten and building starts again; it then still takes linear time,
// with the size of the expression as a factor.
const (
	maxStates = 4096
	maxItems  = 1 << 18 // instructions over all states (1 MiB)
	// maxWorkLinear bounds bytes and instructions of one search.
	maxWorkLinear = 1 << 29
)

// state numbers: 0 is "not computed", 1 is dead.
const deadState = 1

// dfaState is a set of NFA instructions in order of priority, and what stands
// before the position, as far as assertions care.
type dfaState struct {
	list   []int32
	before edge
	start  bool // only the search itself is alive: the prefix may be used
}

// dfa is one lazily built automaton. It is used by one search at a time.
type dfa struct {
	p       *Program
	a       *automaton
	n       *nfa
	reverse bool
	symbols int
	states  []dfaState
	trans   []int32 // next state << 1 | match before the symbol
	index   map[string]int32
	items   int
	work    int
	next    int
	key     []byte
	seen    []uint32 // generation in which an instruction was reached
	gen     uint32
	stack   []int32
	threads []int32
	buf     []byte
	check   func() bool
}

func newDFA(p *Program, a *automaton, n *nfa, reverse bool) *dfa {
	d := &dfa{p: p, a: a, n: n, reverse: reverse, symbols: a.nClasses + 2, seen: make([]uint32, len(n.code))}
	d.reset()
	return d
}

// The two symbols beyond the byte classes.
func (d *dfa) symbolText() int  { return d.a.nClasses }     // no byte: the edge of the buffer
func (d *dfa) symbolFinal() int { return d.a.nClasses + 1 } // a newline that is the last byte

// begin prepares for a search.
func (d *dfa) begin(buf []byte, check func() bool) {
	d.buf, d.check, d.work, d.next = buf, check, 0, checkWork
}

// reset forgets all states.
func (d *dfa) reset() {
	d.states = append(d.states[:0], dfaState{}, dfaState{})
	d.trans = append(d.trans[:0], make([]int32, 2*d.symbols)...)
	d.index, d.items = map[string]int32{}, 0
}

// run reads from a position towards to and returns the last position at which
// the instruction's expression matched, or -1.
func (d *dfa) run(from, to int, entry int32) (int, error) {
	last, pos := -1, from
	current := d.stateOf([]int32{entry}, d.edgeBehind(from))
	for {
		// A block at a time, so that the inner loop has nothing else to do.
		block := min(checkWork, d.distance(pos, to))
		at, state, hit := d.block(pos, block, current)
		if hit >= 0 {
			last = hit
		}
		pos, current = at, state
		if current == deadState {
			return last, nil
		}
		if d.work += block; !d.tick() {
			return -1, ErrStopped
		}
		if d.work > maxWorkLinear {
			return -1, nil
		}
		if d.distance(pos, to) == 0 {
			break
		}
	}
	// What stands at the end decides about assertions and a match there.
	if _, match := d.step(current, d.symbolAt(pos)); match {
		last = pos
	}
	return last, nil
}

func (d *dfa) distance(pos, to int) int {
	if d.reverse {
		return pos - to
	}
	return to - pos
}

// block reads n bytes from pos. It returns where it stopped, in which state, and
// the last match position, or -1.
func (d *dfa) block(pos, n int, current int32) (int, int32, int) {
	hit := -1
	for n > 0 {
		if d.states[current].start && !d.reverse {
			at := d.p.prefix.next(d.buf[:pos+n], pos)
			if at < 0 {
				at = pos + n
			}
			if at > pos {
				n -= at - pos
				pos = at
				current = d.stateOf(d.states[current].list, d.edgeBehind(pos))
				continue
			}
		}
		symbol := d.symbolAt(pos)
		t := d.trans[int(current)*d.symbols+symbol]
		if t == 0 {
			t = d.compute(current, symbol)
		}
		if t&1 != 0 {
			hit = pos
		}
		current = t >> 1
		if current == deadState {
			return pos, current, hit
		}
		if d.reverse {
			pos--
		} else {
			pos++
		}
		n--
	}
	return pos, current, hit
}

// symbolAt is the symbol to read next at pos.
func (d *dfa) symbolAt(pos int) int {
	if d.reverse {
		pos--
	}
	if pos < 0 || pos >= len(d.buf) {
		return d.symbolText()
	}
	c := d.buf[pos]
	if pos == len(d.buf)-1 && d.n.asserts != 0 && d.p.newline.has(c) {
		return d.symbolFinal()
	}
	return int(d.a.classes[c])
}

// edgeBehind is what stands behind the reader at pos.
func (d *dfa) edgeBehind(pos int) edge {
	if d.n.asserts == 0 {
		return edgeOther
	}
	if d.reverse {
		return d.p.edgeAt(d.buf, pos)
	}
	return d.p.edgeAt(d.buf, pos-1)
}

// tick calls Check when it is due.
func (d *dfa) tick() bool {
	if d.work < d.next {
		return true
	}
	d.next = d.work + checkWork
	return d.check == nil || d.check()
}

// step returns the state after reading a symbol, and whether the expression
// matches before it.
func (d *dfa) step(current int32, symbol int) (int32, bool) {
	t := d.trans[int(current)*d.symbols+symbol]
	if t == 0 {
		t = d.compute(current, symbol)
	}
	return t >> 1, t&1 != 0
}

// compute fills in one transition.
func (d *dfa) compute(current int32, symbol int) int32 {
	from := d.states[current]
	sample, after := d.representative(symbol)
	before := from.before
	if d.reverse {
		before, after = after, before
	}
	match := d.close(from.list, before, after)
	d.work += len(d.threads) + len(from.list)
	next := int32(deadState)
	if symbol != d.symbolText() {
		list := d.stack[:0]
		d.gen++
		for _, pc := range d.threads {
			in := &d.n.code[pc]
			if in.op == nSet && d.n.sets[in.a].has(sample) && d.seen[in.x] != d.gen {
				d.seen[in.x] = d.gen
				list = append(list, in.x)
			}
		}
		d.stack = list
		if len(list) > 0 {
			behind := after
			if d.reverse {
				behind = before
			}
			if d.n.asserts == 0 {
				behind = edgeOther
			}
			count := len(d.states)
			next = d.stateOf(append([]int32(nil), list...), behind)
			if len(d.states) < count { // all states were forgotten, current too
				return next<<1 | bit(match)
			}
		}
	}
	t := next<<1 | bit(match)
	d.trans[int(current)*d.symbols+symbol] = t
	return t
}

func bit(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// representative returns a byte of a symbol's class and its role.
func (d *dfa) representative(symbol int) (byte, edge) {
	switch symbol {
	case d.symbolText():
		return 0, edgeText
	case d.symbolFinal():
		for c := range 256 {
			if d.p.newline.has(byte(c)) && d.buf[len(d.buf)-1] == byte(c) {
				return byte(c), edgeFinal
			}
		}
	}
	for c := range 256 {
		if int(d.a.classes[c]) != symbol {
			continue
		}
		switch {
		case isWord(byte(c)):
			return byte(c), edgeWord
		case d.p.newline.has(byte(c)):
			return byte(c), edgeNewline
		}
		return byte(c), edgeOther
	}
	return 0, edgeOther
}

// close follows splits and assertions from list in order of priority and leaves
// the reading instructions in d.threads. Behind a match nothing of less priority
// is kept; backwards all is kept, since there the longest match is wanted.
func (d *dfa) close(list []int32, before, after edge) (match bool) {
	d.gen++
	d.threads = d.threads[:0]
	stack := d.stack[:0]
	for i := len(list) - 1; i >= 0; i-- {
		stack = append(stack, list[i])
	}
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if d.seen[pc] == d.gen {
			continue
		}
		d.seen[pc] = d.gen
		in := &d.n.code[pc]
		switch in.op {
		case nSplit:
			stack = append(stack, in.y, in.x)
		case nAssert:
			if asserted(assertKind(in.a), before, after) {
				stack = append(stack, in.x)
			}
		case nSet:
			d.threads = append(d.threads, pc)
		case nMatch:
			match = true
			if !d.reverse {
				d.stack = stack[:0]
				return true
			}
		}
	}
	d.stack = stack
	return match
}

// stateOf returns the number of a state, making it if necessary.
func (d *dfa) stateOf(list []int32, before edge) int32 {
	d.key = append(d.key[:0], byte(before))
	for _, pc := range list {
		d.key = binary.LittleEndian.AppendUint32(d.key, uint32(pc))
	}
	if i, ok := d.index[string(d.key)]; ok {
		return i
	}
	if len(d.states) >= maxStates || d.items > maxItems {
		d.reset()
	}
	i := int32(len(d.states))
	d.states = append(d.states, dfaState{
		list: list, before: before,
		start: len(list) == 1 && list[0] == d.n.search && d.p.prefix.hasFirst,
	})
	d.trans = append(d.trans, make([]int32, d.symbols)...)
	d.items += len(list) + d.symbols
	d.index[string(d.key)] = i
	return i
}
