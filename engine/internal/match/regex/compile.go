package regex

// opcode is an instruction of the backtracking program.
type opcode uint8

const (
	iMatch       opcode = iota
	iFail               // no match on this path
	iByte               // one byte equal to n
	iSet                // one byte of sets[a]
	iRepeatSet          // min to max bytes of sets[a]
	iSplit              // try x, then y
	iJump               // go to x
	iOpen               // slots[a] = position
	iClose              // group n is from slots[a] to here
	iAssert             // zero-width condition n
	iBackref            // text of a set group of refs[a]; n != 0 folds case
	iLook               // begin a look-around with registers a; when its body fails, go to x
	iLookEnd            // the body of a look-around matched
	iNotEnd             // the body of a negative one matched: go to x, or fail when x < 0
	iAtomic             // begin an atomic group with register a
	iAtomicEnd          // drop the choices made since
	iBack               // step n bytes back
	iLoopInit           // begin a counted loop with registers a
	iLoop               // one more round of body x, or leave to y
	iLoopEnter          // count a round and go to x
	iCall               // call the subroutine of group n at x
	iReturn             // return from a subroutine
	iCondGroup          // go on if a group of refs[a] is set, else to x
	iCondRecurse        // go on if inside a call (of group n, any if -1), else to x
	iKeep               // the match starts here
	iVerb               // backtracking verb n
)

// inst is one instruction.
type inst struct {
	op       opcode
	greed    greed
	n        int32
	a        int32
	x, y     int32
	min, max int32
}

// backProgram is the code of the backtracking machine.
type backProgram struct {
	code  []inst
	sets  []byteSet
	refs  [][]int
	slots int // capture positions and registers
}

// maxCode bounds the instructions of one expression.
const maxCode = 1 << 20

// backCompiler emits a backProgram.
type backCompiler struct {
	backProgram
	setIndex map[byteSet]int32
	groups   map[int]*node // capturing groups by number
	subs     map[int]int32 // start of the subroutine of a group
	wanted   []int         // subroutines still to compile
	patches  []patch
	referred map[int]bool // groups whose text is asked for
}

// patch is a call whose target is not known yet.
type patch struct {
	at    int32
	group int
}

// compileBack compiles a tree for the backtracking machine.
func compileBack(tree *node, p *parser) (backProgram, error) {
	c := &backCompiler{setIndex: map[byteSet]int32{}, subs: map[int]int32{}, referred: map[int]bool{}}
	for _, n := range p.pending {
		for _, g := range n.refs {
			c.referred[g] = true
		}
	}
	c.slots = 2 * (p.groups + 1)
	if p.calls {
		c.groups = map[int]*node{0: {op: opGroup, subs: []*node{tree}}}
		collectGroups(tree, c.groups)
	}
	c.emit(tree)
	c.add(inst{op: iMatch})
	for len(c.wanted) > 0 {
		g := c.wanted[0]
		c.wanted = c.wanted[1:]
		c.subs[g] = c.here()
		if g == 0 {
			c.emit(tree)
		} else {
			c.emit(c.groups[g])
		}
		c.add(inst{op: iReturn})
	}
	for _, f := range c.patches {
		c.code[f.at].x = c.subs[f.group]
	}
	if len(c.code) > maxCode {
		return backProgram{}, &Error{Message: "regular expression is too large"}
	}
	return c.backProgram, nil
}

func collectGroups(n *node, out map[int]*node) {
	if n == nil {
		return
	}
	if n.op == opGroup && out[n.n] == nil {
		out[n.n] = n
	}
	for _, s := range n.subs {
		collectGroups(s, out)
	}
	collectGroups(n.look, out)
}

func (c *backCompiler) here() int32 { return int32(len(c.code)) }

func (c *backCompiler) add(i inst) int32 {
	if len(c.code) <= maxCode {
		c.code = append(c.code, i)
	}
	return int32(len(c.code) - 1)
}

func (c *backCompiler) registers(n int) int32 {
	c.slots += n
	return int32(c.slots - n)
}

func (c *backCompiler) setNumber(s byteSet) int32 {
	if i, ok := c.setIndex[s]; ok {
		return i
	}
	i := int32(len(c.sets))
	c.sets = append(c.sets, s)
	c.setIndex[s] = i
	return i
}

// emit compiles one node.
func (c *backCompiler) emit(n *node) {
	switch n.op {
	case opEmpty:
	case opFail:
		c.add(inst{op: iFail})
	case opSet:
		if b, ok := n.set.single(); ok {
			c.add(inst{op: iByte, n: int32(b)})
		} else {
			c.add(inst{op: iSet, a: c.setNumber(n.set)})
		}
	case opCat:
		for _, s := range n.subs {
			c.emit(s)
		}
	case opAlt:
		c.alternatives(n.subs, c.emit)
	case opRepeat:
		c.repeat(n)
	case opGroup:
		c.capture(n)
	case opAssert:
		c.add(inst{op: iAssert, n: int32(n.assert)})
	case opBackref:
		fold := int32(0)
		if n.fold {
			fold = 1
		}
		c.add(inst{op: iBackref, a: c.refNumber(n.refs), n: fold})
	case opLook:
		c.look(n)
	case opAtomic:
		c.atomic(func() { c.emit(n.subs[0]) })
	case opCall:
		c.call(n.n)
	case opCond:
		c.conditional(n)
	case opKeep:
		c.add(inst{op: iKeep})
	case opVerb:
		c.add(inst{op: iVerb, n: int32(n.verb)})
	}
}

// capture emits a group. Its text is recorded only when something refers to it,
// and only when the group ends: a reference from inside sees the previous text.
func (c *backCompiler) capture(n *node) {
	if !c.referred[n.n] {
		c.emit(n.subs[0])
		return
	}
	r := c.registers(1)
	c.add(inst{op: iOpen, a: r})
	c.emit(n.subs[0])
	c.add(inst{op: iClose, a: r, n: int32(n.n)})
}

func (c *backCompiler) refNumber(refs []int) int32 {
	c.refs = append(c.refs, refs)
	return int32(len(c.refs) - 1)
}

// alternatives emits a choice between branches.
func (c *backCompiler) alternatives(list []*node, emit func(*node)) {
	var jumps []int32
	for i, s := range list {
		if i == len(list)-1 {
			emit(s)
			break
		}
		split := c.add(inst{op: iSplit})
		c.code[split].x = c.here()
		emit(s)
		jumps = append(jumps, c.add(inst{op: iJump}))
		c.code[split].y = c.here()
	}
	for _, j := range jumps {
		c.code[j].x = c.here()
	}
}

func (c *backCompiler) atomic(body func()) {
	r := c.registers(1)
	c.add(inst{op: iAtomic, a: r})
	body()
	c.add(inst{op: iAtomicEnd, a: r})
}

// repeat emits a quantified item.
func (c *backCompiler) repeat(n *node) {
	x := n.subs[0]
	if n.max == 0 {
		return
	}
	if x.op == opSet {
		c.add(inst{op: iRepeatSet, a: c.setNumber(x.set), min: int32(n.min), max: int32(n.max), greed: n.greed})
		return
	}
	if n.greed == possessive {
		c.atomic(func() { c.loop(x, n.min, n.max, greedy) })
		return
	}
	c.loop(x, n.min, n.max, n.greed)
}

// loop emits a repeat of anything but a single set.
func (c *backCompiler) loop(x *node, lo, hi int, g greed) {
	shortest, _ := x.width()
	switch {
	case lo == 1 && hi == 1:
		c.emit(x)
	case lo == 0 && hi == 1:
		split := c.add(inst{op: iSplit})
		body := c.here()
		c.emit(x)
		c.aim(split, body, c.here(), g)
	case lo == 0 && hi == unlimited && shortest > 0 && !hasAccept(x):
		split := c.add(inst{op: iSplit})
		body := c.here()
		c.emit(x)
		c.add(inst{op: iJump, x: split})
		c.aim(split, body, c.here(), g)
	case lo == 1 && hi == unlimited && shortest > 0 && !hasAccept(x):
		body := c.here()
		c.emit(x)
		split := c.add(inst{op: iSplit})
		c.aim(split, body, c.here(), g)
	default:
		c.countedLoop(x, lo, hi, g)
	}
}

// countedLoop emits a loop that counts its rounds and ends on an empty one.
func (c *backCompiler) countedLoop(x *node, lo, hi int, g greed) {
	r := c.registers(2)
	c.add(inst{op: iLoopInit, a: r})
	head := c.add(inst{op: iLoop, a: r, min: int32(lo), max: int32(hi), greed: g})
	enter := c.add(inst{op: iLoopEnter, a: r})
	c.code[enter].x = c.here()
	c.emit(x)
	c.add(inst{op: iJump, x: head})
	c.code[head].x, c.code[head].y = enter, c.here()
}

// aim sets the targets of a split in the order that greed asks for.
func (c *backCompiler) aim(split, body, exit int32, g greed) {
	if g == lazy {
		body, exit = exit, body
	}
	c.code[split].x, c.code[split].y = body, exit
}

// look emits a look-around that stands alone.
func (c *backCompiler) look(n *node) {
	begin, end := c.lookBody(n)
	if n.negative {
		c.code[end].x = -1
		c.code[begin].x = c.here() // the body failed: go on
		return
	}
	c.code[begin].x = -1 // the body failed: fail
}

// lookBody emits a look-around and returns the instructions to aim.
func (c *backCompiler) lookBody(n *node) (begin, end int32) {
	r := c.registers(2)
	begin = c.add(inst{op: iLook, a: r})
	if n.behind {
		c.alternatives(branches(n.subs[0]), func(b *node) {
			w, _ := b.width()
			c.add(inst{op: iBack, n: int32(w)})
			c.emit(b)
		})
	} else {
		c.emit(n.subs[0])
	}
	op := iLookEnd
	if n.negative {
		op = iNotEnd
	}
	return begin, c.add(inst{op: op, a: r})
}

func (c *backCompiler) call(group int) {
	if _, ok := c.subs[group]; !ok {
		c.subs[group] = -1
		c.wanted = append(c.wanted, group)
	}
	at := c.add(inst{op: iCall, n: int32(group)})
	c.patches = append(c.patches, patch{at, group})
}

// conditional emits (?(condition)yes|no).
func (c *backCompiler) conditional(n *node) {
	if n.cond == condDefine {
		return
	}
	var test, end int32
	switch n.cond {
	case condGroup:
		test = c.add(inst{op: iCondGroup, a: c.refNumber(n.refs)})
	case condRecursion:
		test = c.add(inst{op: iCondRecurse, n: int32(n.n)})
	case condLook:
		test, end = c.lookBody(n.look)
		if n.look.negative {
			// Matching body means "no", failing body means "yes".
			c.code[test].x = c.here()
			test = end
		}
	}
	c.emit(n.subs[0])
	jump := c.add(inst{op: iJump})
	c.code[test].x = c.here()
	c.emit(n.subs[1])
	c.code[jump].x = c.here()
}

// hasAccept tells whether n holds (*ACCEPT).
func hasAccept(n *node) bool {
	if n == nil {
		return false
	}
	if n.op == opVerb && n.verb == verbAccept {
		return true
	}
	for _, s := range n.subs {
		if hasAccept(s) {
			return true
		}
	}
	return false
}

func (p *parser) usesVerbs(tree *node) bool { return hasAccept(tree) }
