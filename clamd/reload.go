package clamd

import (
	"context"
	"runtime/debug"
	"sync"
)

// reloadState runs reloads one at a time and merges requests: however many come
// during a reload, one more follows it. The zero value is ready.
type reloadState struct {
	mu      sync.Mutex
	running bool
	again   bool
	done    chan struct{} // closed at the end of the running reload
}

// trigger starts a reload, or notes that another one is wanted.
func (r *reloadState) trigger(s *Server) {
	if s.Reload == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running {
		r.again = true
		return
	}
	r.running = true
	r.done = make(chan struct{})
	go r.loop(s)
}

// loop reloads until no further request is pending.
func (r *reloadState) loop(s *Server) {
	for {
		reloadOnce(s)
		r.mu.Lock()
		if !r.again {
			r.running = false
			close(r.done)
			r.mu.Unlock()
			return
		}
		r.again = false
		r.mu.Unlock()
	}
}

// reloadOnce contains a panic in the loader: the old databases stay in use.
func reloadOnce(s *Server) {
	defer func() {
		if v := recover(); v != nil {
			s.panicked("database reload", v, debug.Stack())
		}
	}()
	// Reload logs its own outcome, in the words that fit the database.
	_ = s.Reload(context.Background())
}

// wait returns when no reload is running.
func (r *reloadState) wait() {
	r.mu.Lock()
	done := r.done
	r.mu.Unlock()
	if done != nil {
		<-done
	}
}
