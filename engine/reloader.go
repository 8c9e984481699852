package engine

import "sync/atomic"

// Reloader swaps engines without stopping scans: running ones finish on the old
// database. All methods may be called concurrently.
type Reloader struct {
	cur atomic.Pointer[Engine]
}

// NewReloader returns a Reloader that serves e, which it then owns.
func NewReloader(e *Engine) *Reloader {
	r := &Reloader{}
	r.cur.Store(e)
	return r
}

// Engine returns the engine to use for the next scan. It may be closed by a
// Swap at any time; scans started on its Scanners before that still finish.
func (r *Reloader) Engine() *Engine { return r.cur.Load() }

// Swap makes next the current engine and closes the previous one, which ends
// when its last scan does.
func (r *Reloader) Swap(next *Engine) {
	if old := r.cur.Swap(next); old != nil && old != next {
		_ = old.Close()
	}
}
