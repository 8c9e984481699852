package engine

import "sync"

// refCount releases a resource when it is closed and its last user has ended.
type refCount struct {
	mu      sync.Mutex
	users   int
	closed  bool
	release func()
}

func (r *refCount) init(release func()) { r.release = release }

// acquire registers a user; it fails after close.
func (r *refCount) acquire() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.users++
	return true
}

func (r *refCount) done() {
	r.mu.Lock()
	r.users--
	last := r.closed && r.users == 0
	r.mu.Unlock()
	if last {
		r.release()
	}
}

func (r *refCount) close() {
	r.mu.Lock()
	last := !r.closed && r.users == 0
	r.closed = true
	r.mu.Unlock()
	if last {
		r.release()
	}
}
