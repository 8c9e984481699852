package regex

import (
	"errors"
	"unicode/utf8"
)

// Flags change the meaning of a pattern; they are ClamAV's flag letters.
type Flags uint16

// The flags, with ClamAV's letter.
const (
	Caseless      Flags = 1 << iota // i: ASCII letters match either case
	DotAll                          // s: dot matches newlines too
	Multiline                       // m: ^ and $ match at internal lines
	Extended                        // x: white space and comments are ignored
	Anchored                        // A: match only where the search starts
	DollarEndOnly                   // E: $ is not before a final newline
	Ungreedy                        // U: quantifiers are lazy unless followed by ?
)

// ErrStopped is returned when RunOptions.Check asked to stop.
var ErrStopped = errors.New("regex: stopped")

// Defaults of the limits, ClamAV's.
const (
	DefaultSteps = 100000 // PCREMatchLimit
	DefaultDepth = 2000   // PCRERecMatchLimit
)

// RunOptions bounds one search. The zero value has ClamAV's default limits.
type RunOptions struct {
	// Steps is how many choices may be tried from one start position before the
	// search ends without match (clamd.conf PCREMatchLimit). If 0, DefaultSteps.
	// Expressions that run in linear time have no need of it.
	Steps int
	// Depth is how many choices may be open at a time (clamd.conf
	// PCRERecMatchLimit). If 0, DefaultDepth.
	Depth int
	// Anchored accepts a match only at the position where the search starts.
	Anchored bool
	// Check, if not nil, is called at least once per 64 KiB of work; false ends
	// the search with ErrStopped.
	Check func() bool
}

// Program is a compiled expression. It is immutable and safe for concurrent use.
type Program struct {
	back     backProgram
	auto     *automaton // nil when the expression needs backtracking
	prefix   prefix
	anchored bool // the A flag, or a pattern that can only match at the start
	utf      bool
	newline  byteSet
	// startOnly tells that no match can begin after the first byte of the buffer.
	startOnly bool
	groups    int
	minimum   int // shortest match in bytes
}

// Compile compiles a PCRE2 expression over bytes. The error is an *Error.
func Compile(pattern []byte, f Flags) (*Program, error) {
	p := &parser{src: pattern, dollarEnd: f&DollarEndOnly != 0}
	p.modes = modes{
		fold: f&Caseless != 0, dotAll: f&DotAll != 0, multiLine: f&Multiline != 0,
		extended: f&Extended != 0, ungreedy: f&Ungreedy != 0,
	}
	tree, err := p.parse()
	if err != nil {
		return nil, err
	}
	return build(tree, p, f)
}

// build makes a Program of a syntax tree.
func build(tree *node, p *parser, f Flags) (*Program, error) {
	prog := &Program{anchored: f&Anchored != 0, utf: p.utf, groups: p.groups, newline: p.newlineSet()}
	prog.minimum, _ = tree.width()
	if p.usesVerbs(tree) {
		prog.minimum = 0 // (*ACCEPT) can end a match early
	}
	back, err := compileBack(tree, p)
	if err != nil {
		return nil, err
	}
	prog.back = back
	prog.auto = compileAutomaton(tree, p)
	prog.prefix = prefixOf(tree)
	prog.startOnly = beginsAtStart(tree)
	return prog, nil
}

// Find searches buf for the first match that starts at or after from; the
// assertions see the bytes before from. Of the matches at the leftmost place it
// returns the one that PCRE2 prefers. ok is false when there is no match or when
// a limit was reached. The only error is ErrStopped.
func (p *Program) Find(buf []byte, from int, o RunOptions) (start, end int, ok bool, err error) {
	if from < 0 || from > len(buf) || len(buf)-from < p.minimum {
		return 0, 0, false, nil
	}
	if p.utf && !utf8.Valid(buf) {
		return 0, 0, false, nil
	}
	if o.Steps <= 0 {
		o.Steps = DefaultSteps
	}
	if o.Depth <= 0 {
		o.Depth = DefaultDepth
	}
	o.Anchored = o.Anchored || p.anchored
	if p.auto != nil {
		return p.auto.find(p, buf, from, o)
	}
	m := newMachine(p, buf, o)
	defer m.release()
	return m.search(from)
}

// Match tells whether b matches anywhere, with default limits.
func (p *Program) Match(b []byte) bool {
	_, _, ok, _ := p.Find(b, 0, RunOptions{})
	return ok
}

// MatchString is Match for a string.
func (p *Program) MatchString(s string) bool { return p.Match([]byte(s)) }

// Prefix returns bytes with which every match starts, as far as they are known;
// empty if there are none. fold tells that ASCII letters match either case.
func (p *Program) Prefix() (literal []byte, fold bool) { return p.prefix.text, p.prefix.fold }
