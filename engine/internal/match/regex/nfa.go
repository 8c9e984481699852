package regex

// nfaOp is an instruction of the automaton's program.
type nfaOp uint8

const (
	nMatch  nfaOp = iota
	nFail         // a dead end
	nSet          // one byte of sets[a], then x
	nSplit        // x, with less priority y
	nAssert       // condition a, then x
)

// nfaInst is one instruction.
type nfaInst struct {
	op   nfaOp
	a    int32
	x, y int32
}

// nfa is the program of the linear engine: instructions in priority order.
type nfa struct {
	code    []nfaInst
	sets    []byteSet
	start   int32 // matches at the current position only
	search  int32 // matches at the current position or later
	asserts uint  // bit set of the assertKinds used
}

// maxNFA bounds the instructions; expressions with larger expansions run on the
// backtracking machine.
const maxNFA = 4096

// nfaCompiler emits an nfa, for reading forwards or, with reverse, backwards.
type nfaCompiler struct {
	nfa
	reverse bool
	index   map[byteSet]int32
	tooBig  bool
}

// regular tells whether the linear engine can run n with PCRE2's preferences.
func regular(n *node) bool {
	switch n.op {
	case opEmpty, opFail, opSet:
		return true
	case opAssert:
		return n.assert != assertSearchStart
	case opCat, opAlt, opGroup:
	case opRepeat:
		if n.greed == possessive && n.max != 0 {
			return false
		}
		// Loops over empty rounds have rules of their own in PCRE2.
		if shortest, _ := n.subs[0].width(); shortest == 0 && n.max != 1 && n.max != 0 {
			return false
		}
	default:
		return false
	}
	for _, s := range n.subs {
		if !regular(s) {
			return false
		}
	}
	return true
}

// compileNFA compiles a regular tree; nil when it is too big.
func compileNFA(tree *node, reverse bool) *nfa {
	c := &nfaCompiler{reverse: reverse, index: map[byteSet]int32{}}
	match := c.add(nfaInst{op: nMatch})
	c.start = c.node(tree, match)
	loop := c.add(nfaInst{op: nSet, a: c.setNumber(anySet())})
	c.search = c.add(nfaInst{op: nSplit, x: c.start, y: loop})
	c.code[loop].x = c.search
	if c.tooBig {
		return nil
	}
	return &c.nfa
}

func (c *nfaCompiler) add(i nfaInst) int32 {
	if len(c.code) >= maxNFA {
		c.tooBig = true
		return 0
	}
	c.code = append(c.code, i)
	return int32(len(c.code) - 1)
}

func (c *nfaCompiler) setNumber(s byteSet) int32 {
	if i, ok := c.index[s]; ok {
		return i
	}
	i := int32(len(c.sets))
	c.sets, c.index[s] = append(c.sets, s), i
	return i
}

// node emits n so that it continues at next, and returns where it begins.
func (c *nfaCompiler) node(n *node, next int32) int32 {
	if c.tooBig {
		return 0
	}
	switch n.op {
	case opFail:
		return c.add(nfaInst{op: nFail})
	case opSet:
		return c.add(nfaInst{op: nSet, a: c.setNumber(n.set), x: next})
	case opAssert:
		c.asserts |= 1 << n.assert
		return c.add(nfaInst{op: nAssert, a: int32(n.assert), x: next})
	case opGroup:
		return c.node(n.subs[0], next)
	case opCat:
		for i := range n.subs {
			s := n.subs[len(n.subs)-1-i]
			if c.reverse {
				s = n.subs[i]
			}
			next = c.node(s, next)
		}
		return next
	case opAlt:
		at := c.node(n.subs[len(n.subs)-1], next)
		for i := len(n.subs) - 2; i >= 0; i-- {
			at = c.add(nfaInst{op: nSplit, x: c.node(n.subs[i], next), y: at})
		}
		return at
	case opRepeat:
		return c.repeat(n, next)
	}
	return next
}

// repeat unrolls a quantified item.
func (c *nfaCompiler) repeat(n *node, next int32) int32 {
	if n.max == 0 {
		return next
	}
	x, end := n.subs[0], next
	if n.max == unlimited {
		split := c.add(nfaInst{op: nSplit})
		c.aim(split, c.node(x, split), end, n.greed)
		next = split
	} else {
		for i := n.min; i < n.max && !c.tooBig; i++ {
			split := c.add(nfaInst{op: nSplit})
			c.aim(split, c.node(x, next), end, n.greed)
			next = split
		}
	}
	for i := 0; i < n.min && !c.tooBig; i++ {
		next = c.node(x, next)
	}
	return next
}

func (c *nfaCompiler) aim(split, body, exit int32, g greed) {
	if c.tooBig {
		return
	}
	if g == lazy {
		body, exit = exit, body
	}
	c.code[split].x, c.code[split].y = body, exit
}
