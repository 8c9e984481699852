package main

import (
	"context"
	"os"

	"gclam/clamd/tree"
)

// allMatches lets the daemon open path, or each file below it, and report every
// signature. The daemon ends ALLMATCHSCAN of a directory with the first infected
// file; observed: the reference's client goes through the directory itself.
func (a *app) allMatches(ctx context.Context, path string) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		a.allMatchesOf(ctx, path)
		return
	}
	tree.Walk(ctx, tree.Trim(path), a.walkOptions(), func(e tree.Event) bool {
		switch e.Kind {
		case tree.File:
			_ = e.File.Close() // the daemon opens it
			a.allMatchesOf(ctx, e.Path)
		case tree.Denied, tree.Unreadable: // not for us, but perhaps for the daemon
			a.allMatchesOf(ctx, e.Path)
		case tree.Failed:
			a.fail("ERROR", "Can't access file "+e.Path)
		case tree.Special:
			a.specialInside(e)
		case tree.TooDeep:
			a.log.Warnf("Directory recursion limit reached")
		}
		return ctx.Err() == nil
	})
}

// allMatchesOf scans one file and counts it once, however many names it has.
func (a *app) allMatchesOf(ctx context.Context, path string) {
	before := a.infected
	a.byPath(ctx, path)
	a.infected = min(a.infected, before+1)
}
