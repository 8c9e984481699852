package clamd

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// task is one piece of work for a worker.
type task struct {
	word   string // shown by STATS
	name   string // what is being scanned, shown by STATS; guarded by pool.mu
	queued time.Time
	start  time.Time
	run    func(t *task)
	drop   func() // called instead of run when the client has gone; may be nil
	bulk   bool
}

// pool runs tasks on at most max goroutines, which end after some idle time.
// Single commands and bulk work (sessions, MULTISCAN) wait in two queues that are
// served in turn, so neither starves the other.
type pool struct {
	max      int
	timeout  time.Duration
	panicked func(where string, value any, stack []byte)
	// A slot of its kind is held from submit to the end of a task: the bound of
	// waiting work.
	slots [2]chan struct{}

	mu      sync.Mutex
	queues  [2][]*task // single, bulk
	turn    int        // queue to look at first
	live    int
	idle    []chan *task // of waiting workers, the last one to be used next
	running map[*task]struct{}
	multi   int // MULTISCAN controllers
	closed  bool
	wg      sync.WaitGroup
}

// newPool returns a pool of at most workers goroutines and queue waiting tasks of
// each kind.
func newPool(workers, queue int, timeout time.Duration, panicked func(string, any, []byte)) *pool {
	p := &pool{max: workers, timeout: timeout, panicked: panicked, running: make(map[*task]struct{})}
	for i := range p.slots {
		p.slots[i] = make(chan struct{}, queue+workers)
	}
	return p
}

// dropped releases what a task holds that will not run.
func (t *task) dropped() {
	if t.drop != nil {
		t.drop()
	}
}

// kind returns the index of the task's queue.
func (t *task) kind() int {
	if t.bulk {
		return 1
	}
	return 0
}

// submit queues t, waiting for room until ctx ends.
func (p *pool) submit(ctx context.Context, t *task) error {
	select {
	case p.slots[t.kind()] <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t.queued = time.Now()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.begin(t)
		w <- t // has room for one
		return nil
	}
	if p.live < p.max {
		p.live++
		p.begin(t)
		p.wg.Go(func() { p.work(t) })
		return nil
	}
	p.queues[t.kind()] = append(p.queues[t.kind()], t)
	return nil
}

// begin notes that t has found a worker; p.mu is held.
func (p *pool) begin(t *task) {
	t.start = time.Now()
	p.running[t] = struct{}{}
}

// work is a worker: it runs t and then whatever comes, until idle for too long.
func (p *pool) work(t *task) {
	inbox := make(chan *task, 1)
	timer := time.NewTimer(p.timeout)
	defer timer.Stop()
	for t != nil {
		p.runTask(t)
		var wait bool
		if t, wait = p.next(t, inbox); !wait {
			continue
		}
		timer.Reset(p.timeout)
		select {
		case t = <-inbox:
		case <-timer.C:
			t = p.retire(inbox)
		}
	}
}

// next ends done and returns a waiting task; without one the worker is listed as
// idle and must wait, or must end because the pool is closed.
func (p *pool) next(done *task, inbox chan *task) (t *task, wait bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.running, done)
	<-p.slots[done.kind()]
	for i := range 2 {
		q := (p.turn + i) % 2
		if len(p.queues[q]) > 0 {
			t := p.queues[q][0]
			p.queues[q][0] = nil
			p.queues[q] = p.queues[q][1:]
			p.turn = 1 - q
			p.begin(t)
			return t, false
		}
	}
	if p.closed {
		p.live--
		return nil, false
	}
	p.idle = append(p.idle, inbox)
	return nil, true
}

// retire takes an idle worker off the list; a task that was handed over in the
// meantime is returned and must be run.
func (p *pool) retire(inbox chan *task) *task {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, w := range p.idle {
		if w == inbox {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.live--
			return nil
		}
	}
	return <-inbox
}

// runTask runs t and contains a panic.
func (p *pool) runTask(t *task) {
	defer func() {
		if v := recover(); v != nil {
			p.panicked(t.word, v, debug.Stack())
		}
	}()
	t.run(t)
}

// setName changes what STATS shows for t.
func (p *pool) setName(t *task, name string) {
	p.mu.Lock()
	t.name = name
	p.mu.Unlock()
}

// beginMulti counts a MULTISCAN controller, unless too few workers would be left.
func (p *pool) beginMulti() (ok bool, alive, multi int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.multi+1 >= p.max {
		return false, p.live, p.multi
	}
	p.multi++
	return true, p.live, p.multi
}

// endMulti undoes beginMulti.
func (p *pool) endMulti() {
	p.mu.Lock()
	p.multi--
	p.mu.Unlock()
}

// close waits for all tasks and ends the idle workers.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	for _, w := range p.idle {
		w <- nil
		p.live--
	}
	p.idle = nil
	p.mu.Unlock()
	p.wg.Wait()
}
