package match

import (
	"sync"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/match/regex"
)

// Matcher evaluates one database. It is safe for concurrent use.
type Matcher struct {
	db      *db.DB
	states  sync.Pool
	regexes sync.Map // blob text of a PCRE subsignature -> *regex.Program or nil
	multi   [cltype.TargetCount]bool
	macros  [32][]db.MacroMember
}

// New prepares a Matcher for an open database, which it uses until it is dropped.
func New(d *db.DB) *Matcher {
	m := &Matcher{db: d}
	m.states.New = func() any { return newState(d) }
	m.multi[cltype.TargetAny] = true // the file type patterns have several parts
	for _, t := range d.Meta().MultiPart {
		if t < cltype.TargetCount {
			m.multi[t] = true
		}
	}
	for _, mm := range d.Lists().Macros {
		m.macros[mm.Group%32] = append(m.macros[mm.Group%32], mm)
	}
	return m
}

// Options bounds and shapes a pass.
type Options struct {
	AllMatches bool
	// Check is called at least once per MiB of work; false ends the pass.
	Check     func() bool
	PCRESteps int
	PCREDepth int
	PCRESize  int64 // larger buffers run no regular expressions; 0 is no limit
}

// state is the scratch memory of one pass: which signatures were marked.
type state struct {
	epoch   uint32
	body    []uint32
	logical []uint32
	bodies  []uint32 // marked, to be searched for
	logics  []uint32 // marked, to be evaluated
	events  []event
}

func newState(d *db.DB) *state {
	return &state{body: make([]uint32, d.BodyCount()), logical: make([]uint32, d.LogicalCount())}
}

func (s *state) begin() {
	s.epoch++
	if s.epoch == 0 {
		clear(s.body)
		clear(s.logical)
		s.epoch = 1
	}
	s.bodies, s.logics, s.events = s.bodies[:0], s.logics[:0], s.events[:0]
}

// regexOf returns the compiled expression of a subsignature, nil if it does not
// compile (which loading has reported).
func (m *Matcher) regexOf(pattern []byte, flags string) *regex.Program {
	key := flags + "/" + string(pattern)
	if p, ok := m.regexes.Load(key); ok {
		return p.(*regex.Program)
	}
	p, err := CompileRegex(pattern, flags)
	if err != nil {
		p = nil
	}
	m.regexes.Store(key, p)
	return p
}
