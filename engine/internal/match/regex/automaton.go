package regex

import "sync"

// automaton is the linear engine of one expression: a lazily built DFA that
// finds the end of the match, and one over the reversed expression that finds
// its start.
type automaton struct {
	forward, backward *nfa
	classes           [256]uint8
	nClasses          int // byte classes; then come the two symbols below
	pool              sync.Pool
}

// compileAutomaton returns nil when the expression needs backtracking.
func compileAutomaton(tree *node, p *parser) *automaton {
	// With several newline bytes, "a newline that is the last byte" is not one symbol.
	if !regular(tree) || p.newline == newlineAny {
		return nil
	}
	a := &automaton{forward: compileNFA(tree, false), backward: compileNFA(tree, true)}
	if a.forward == nil || a.backward == nil {
		return nil
	}
	newline := p.newlineSet()
	a.classify(newline)
	return a
}

// classify splits the byte values into classes that no set tells apart.
func (a *automaton) classify(newline byteSet) {
	sets := append([]byteSet{}, a.forward.sets...)
	if a.forward.asserts != 0 {
		sets = append(sets, newline, wordSet())
	}
	type signature struct{ h1, h2 uint64 }
	seen := map[signature]uint8{}
	for c := range 256 {
		// Two independent sums of the sets that hold c stand for the whole list.
		var s signature
		for i := range sets {
			if sets[i].has(byte(c)) {
				s.h1 += mix(uint64(i) + 1)
				s.h2 += mix(uint64(i) + 0x9e3779b97f4a7c15)
			}
		}
		k, ok := seen[s]
		if !ok {
			k = uint8(len(seen))
			seen[s] = k
		}
		a.classes[c] = k
	}
	a.nClasses = len(seen)
}

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// scanners are the two DFAs of a search; they are pooled, as what they learn
// about the expression is useful for the next search.
type scanners struct{ forward, backward *dfa }

func (a *automaton) take(p *Program) *scanners {
	if s, ok := a.pool.Get().(*scanners); ok {
		return s
	}
	return &scanners{newDFA(p, a, a.forward, false), newDFA(p, a, a.backward, true)}
}

// find is Program.Find for the linear engine.
func (a *automaton) find(p *Program, buf []byte, from int, o RunOptions) (start, end int, ok bool, err error) {
	if p.startOnly && from > 0 {
		return 0, 0, false, nil
	}
	s := a.take(p)
	defer a.pool.Put(s)
	s.forward.begin(buf, o.Check)
	s.backward.begin(buf, o.Check)
	if !o.Anchored && !p.startOnly {
		if from = p.prefix.next(buf, from); from < 0 {
			return 0, 0, false, nil
		}
	}
	if o.Anchored || p.startOnly {
		end, err = s.forward.run(from, len(buf), a.forward.start)
		if err != nil || end < 0 {
			return 0, 0, false, err
		}
		return from, end, true, nil
	}
	end, err = s.forward.run(from, len(buf), a.forward.search)
	if err != nil || end < 0 {
		return 0, 0, false, err
	}
	start, err = s.backward.run(end, from, a.backward.start)
	if err != nil || start < 0 {
		return 0, 0, false, err
	}
	return start, end, true, nil
}
