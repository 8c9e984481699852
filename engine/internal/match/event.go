package match

import (
	"sort"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/match/pattern"
)

// event is a match of a body signature or file type pattern.
type event struct {
	window  int  // ClamAV's scan window in which the match completes
	generic bool // of target 0
	plain   bool
	key     int // position that orders matches of one window and class
	part    int // index of the part that completed the match
	order   uint32
	start   int
	body    uint32
}

const (
	scanWindow = 131072
	maxEvents  = 1 << 17 // matches kept in one pass
)

func (p *pass) addEvent(i uint32, b *db.Body, parts int, m pattern.Match) {
	if len(p.st.events) >= maxEvents {
		return
	}
	e := event{
		window: p.windowOf(m.End), generic: b.Target == cltype.TargetAny, plain: b.Plain,
		key: m.Mark, part: parts - 1, order: b.Order, start: m.Start, body: i,
	}
	if b.Plain {
		e.key = m.Start
	}
	p.st.events = append(p.st.events, e)
}

// windowOf returns the first scan window that holds everything up to end.
func (p *pass) windowOf(end int) int {
	step := scanWindow - min(p.m.db.Meta().MaxPattern, scanWindow/2)
	if end <= scanWindow {
		return 0
	}
	return (end - scanWindow + step - 1) / step
}

// sortEvents puts events in ClamAV's order: window by window the target's own
// set before the generic one, fixed strings before other patterns, then by
// position. At one place, fixed strings come in load order; of other patterns
// those of fewer parts come first, single ones from the last loaded to the first,
// chains in load order (observed with clamscan 1.4.6).
func sortEvents(ev []event) {
	sort.SliceStable(ev, func(i, j int) bool {
		a, b := &ev[i], &ev[j]
		switch {
		case a.window != b.window:
			return a.window < b.window
		case a.generic != b.generic:
			return b.generic
		case a.plain != b.plain:
			return a.plain
		case a.key != b.key:
			return a.key < b.key
		case a.part != b.part:
			return a.part < b.part
		case a.plain || a.part > 0:
			return a.order < b.order
		}
		return a.order > b.order
	})
}
