package regex

// op is the kind of a syntax tree node.
type op uint8

const (
	opEmpty   op = iota
	opFail       // matches nothing: (*FAIL), (?!)
	opSet        // one byte of set
	opCat        // subs one after the other
	opAlt        // first of subs that leads to a match
	opRepeat     // subs[0], min to max times
	opGroup      // capturing group n
	opAssert     // zero-width assertion kind
	opBackref    // text of the first set group of refs
	opLook       // look-around, subs[0]
	opAtomic     // subs[0] without backtracking into it
	opCall       // subroutine call of group n (0 is the whole pattern)
	opCond       // subs[0] (yes) or subs[1] (no) by cond
	opKeep       // \K
	opVerb       // (*ACCEPT), (*COMMIT), (*PRUNE), (*SKIP)
)

// assertKind is a zero-width condition on a position.
type assertKind uint8

const (
	assertStart       assertKind = iota // \A
	assertLineStart                     // ^ with m
	assertEnd                           // \z, or $ with E
	assertEndNewline                    // \Z and $: at the end or before a final newline
	assertLineEnd                       // $ with m
	assertWord                          // \b
	assertNotWord                       // \B
	assertWordStart                     // [[:<:]]
	assertWordEnd                       // [[:>:]]
	assertSearchStart                   // \G
)

// greed is how a repeat chooses its count.
type greed uint8

const (
	greedy greed = iota
	lazy
	possessive
)

// verbKind is a backtracking control verb.
type verbKind uint8

const (
	verbAccept verbKind = iota
	verbCommit
	verbPrune
	verbSkip
)

// condKind is what a conditional group tests.
type condKind uint8

const (
	condGroup     condKind = iota // a group of refs is set
	condLook                      // look-around
	condRecursion                 // inside any recursion, or into group n
	condDefine                    // never: (?(DEFINE)...)
)

// unlimited is the maximum of an open repeat.
const unlimited = -1

// node is one node of the syntax tree.
type node struct {
	op       op
	set      byteSet // opSet
	subs     []*node
	min, max int   // opRepeat
	greed    greed // opRepeat
	n        int   // group number; -1 for "any" in condRecursion
	refs     []int // opBackref, condGroup
	refName  string
	at       int // offset in the pattern, for errors found late
	assert   assertKind
	fold     bool // opBackref without regard to case
	behind   bool // opLook
	negative bool // opLook
	verb     verbKind
	cond     condKind
	look     *node // condLook
}

// catenate joins nodes, without needless levels.
func catenate(list []*node) *node {
	switch len(list) {
	case 0:
		return &node{op: opEmpty}
	case 1:
		return list[0]
	}
	return &node{op: opCat, subs: list}
}

func alternate(list []*node) *node {
	if len(list) == 1 {
		return list[0]
	}
	return &node{op: opAlt, subs: list}
}

func literal(c byte, fold bool) *node {
	s := setOf(c)
	if fold {
		s = s.folded()
	}
	return &node{op: opSet, set: s}
}

// width returns the shortest and longest text a node can match in bytes;
// longest is unlimited when there is no bound or it is not known.
func (n *node) width() (shortest, longest int) {
	switch n.op {
	case opSet:
		return 1, 1
	case opGroup, opAtomic:
		return n.subs[0].width()
	case opCat:
		for _, s := range n.subs {
			a, b := s.width()
			shortest = clampWidth(shortest + a)
			if longest != unlimited {
				longest = addWidth(longest, b)
			}
		}
		return shortest, longest
	case opAlt:
		return widestOf(n.subs)
	case opCond:
		if n.cond == condDefine {
			return 0, 0
		}
		return widestOf(n.subs)
	case opRepeat:
		a, b := n.subs[0].width()
		shortest = mulWidth(a, n.min)
		if b == 0 {
			return shortest, 0
		}
		if n.max == unlimited || b == unlimited {
			return shortest, unlimited
		}
		return shortest, mulWidth(b, n.max)
	case opBackref, opCall:
		return 0, unlimited
	}
	return 0, 0
}

// maxWidth caps computed widths, so that nested repeats do not overflow.
const maxWidth = 1 << 28

func clampWidth(n int) int { return min(n, maxWidth) }

func addWidth(a, b int) int {
	if b == unlimited {
		return unlimited
	}
	return clampWidth(a + b)
}

func mulWidth(a, b int) int {
	if a != 0 && b > maxWidth/a {
		return maxWidth
	}
	return a * b
}

func widestOf(list []*node) (shortest, longest int) {
	for i, s := range list {
		a, b := s.width()
		if i == 0 || a < shortest {
			shortest = a
		}
		switch {
		case b == unlimited || longest == unlimited:
			longest = unlimited
		case b > longest:
			longest = b
		}
	}
	return shortest, longest
}
