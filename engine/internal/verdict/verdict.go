// Package verdict decides what a set of matches means: allow-lists clear
// detections, potentially unwanted names give way to strong ones, and one name
// is reported unless all are wanted.
//
// It knows names and digests only; where a match came from is the walk's matter.
package verdict

import (
	"strings"

	"gclam/engine/internal/db"
	"gclam/engine/internal/match"
	"gclam/engine/internal/sig"
)

// Weak tells whether a name is only potentially unwanted: the scan goes on, and
// the name is reported if nothing strong is found.
func Weak(name string) bool {
	return strings.HasPrefix(name, "PUA.") || strings.HasPrefix(name, "Heuristics.") || strings.HasPrefix(name, "BC.Heuristics.")
}

// Alert is a match that was not cleared.
type Alert[T any] struct {
	Name string
	Info T // what the caller wants to report with it
}

// Collector gathers alerts of one scan in the order of discovery. It is not safe
// for concurrent use.
type Collector[T any] struct {
	All        bool // keep every strong alert instead of ending at the first
	Precedence bool // heuristic alerts are as good as strong ones
	strong     []Alert[T]
	weak       []Alert[T]
}

// Add takes an alert and tells whether the scan should go on.
func (c *Collector[T]) Add(name string, info T) bool {
	if Weak(name) && !c.Precedence {
		c.weak = append(c.weak, Alert[T]{name, info})
		return true
	}
	c.strong = append(c.strong, Alert[T]{name, info})
	return c.All
}

// Any tells whether anything was added.
func (c *Collector[T]) Any() bool { return len(c.strong)+len(c.weak) > 0 }

// Final returns what is to be reported: the first strong alert, else the last
// weak one; with All every strong alert, then each weak name once.
func (c *Collector[T]) Final() []Alert[T] {
	if !c.All {
		switch {
		case len(c.strong) > 0:
			return c.strong[:1]
		case len(c.weak) > 0:
			return c.weak[len(c.weak)-1:]
		}
		return nil
	}
	out := append([]Alert[T](nil), c.strong...)
	seen := map[string]bool{}
	for _, a := range c.weak {
		if !seen[a.Name] {
			seen[a.Name] = true
			out = append(out, a)
		}
	}
	return out
}

// Allowed looks an object up in the allow-list.
func Allowed(d *db.DB, g *match.Digests) bool {
	if g == nil {
		return false
	}
	for _, k := range []sig.HashKind{sig.MD5, sig.SHA1, sig.SHA256} {
		t := d.HashTable(sig.HashAllow, k)
		if t.Len() == 0 || !t.Wants(g.Size()) {
			continue
		}
		if d.Lookup(sig.HashAllow, k, g.Size(), g.Sum(k), func(string) bool { return false }) {
			return true
		}
	}
	return false
}
