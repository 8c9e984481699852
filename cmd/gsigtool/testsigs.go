package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gclam/engine/inspect"
)

// maxTestTarget is the size in bytes of a file that signatures are tried on.
const maxTestTarget = 256 << 20

// target is a file that signatures are tried on.
type target struct{ data []byte }

// testSigs tries the signatures of a database on a file. As in the reference each
// pattern is tried for itself: target types, offsets, modifiers and triggers are
// not looked at.
func (t *tool) testSigs() int {
	if len(t.in.Args) == 0 {
		t.in.Errorf("--test-sigs requires two arguments")
		return 1
	}
	base, file := t.in.Values.String("test-sigs"), t.in.Args[0]
	b, err := readLimited(file, maxTestTarget)
	if err != nil {
		// The reference names the database here.
		t.in.Errorf("testsigs: Can't open file %s", base)
		return 1
	}
	on, code := &target{b}, 0
	err = eachLine(base, func(l string) bool {
		if l == "" || t.ctx.Err() != nil {
			return false
		}
		if t.decode(l, on) != nil {
			code = 1
		}
		return code == 0
	})
	if err != nil {
		t.in.Errorf("testsigs: Can't open file %s", base)
		return 1
	}
	return code
}

// try looks for a pattern and tells where it is, the last place first.
func (t *tool) try(text, offset string, on *target) {
	p, err := inspect.CompilePattern(text)
	if err != nil {
		t.patternError(err)
		return
	}
	at, err := p.Find(t.ctx, on.data)
	if err != nil {
		t.in.Errorf("matchsig: %v", err)
		return
	}
	yes := "YES"
	if offset != "*" {
		yes = "YES/CHECK OFFSET"
	}
	slices.Reverse(at)
	switch len(at) {
	case 0:
		fmt.Fprintln(t.in.Out, "MATCH: ** NO **")
	case 1:
		fmt.Fprintf(t.in.Out, "MATCH: ** %s ** (1 match at offset: %d)\n", yes, at[0])
	default:
		fmt.Fprintf(t.in.Out, "MATCH: ** %s ** (%d matches at offsets: %s)\n", yes, len(at), strings.Trim(fmt.Sprint(at), "[]"))
	}
}

func (t *tool) patternError(err error) {
	t.libErrors(err)
	var e *inspect.PatternError
	if errors.As(err, &e) && e.Engine {
		t.in.Errorf("matchsig: Can't compile engine")
		return
	}
	t.in.Errorf("matchsig: Can't parse signature")
}

// libErrors prints what the library says of a pattern or an expression.
func (t *tool) libErrors(err error) {
	var e *inspect.PatternError
	if !errors.As(err, &e) {
		t.libError(err.Error())
		return
	}
	for _, l := range e.Lines {
		t.libError(l)
	}
}
