package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"gclam/internal/cli"
	"gclam/internal/logfmt"
)

// progress is the line about a long run, on stderr if that is a terminal. All
// methods do nothing on nil.
type progress struct {
	mu     sync.Mutex
	a      *app
	path   string
	shown  bool
	files  int
	done   chan struct{}
	closed sync.WaitGroup
}

// How long a run must take before the line appears, and how often it changes.
const (
	progressAfter = 5 * time.Second
	progressEvery = time.Second
	progressWidth = 60 // bytes of the path that are shown
)

// newProgress starts the line, unless results already run through the terminal.
func newProgress(a *app) *progress {
	chatty := a.in.Terminal() && !a.walk.infectedOnly && !a.walk.suppressOK
	if !cli.IsTerminal(a.in.Err) || a.v.Bool("quiet") || chatty {
		return nil
	}
	p := &progress{a: a, done: make(chan struct{})}
	p.closed.Go(p.loop)
	return p
}

func (p *progress) loop() {
	wait := time.NewTimer(progressAfter)
	defer wait.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-wait.C:
			p.draw()
			wait.Reset(progressEvery)
		}
	}
}

func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := logfmt.Escape(p.path)
	if len(name) > progressWidth {
		name = "..." + strings.ToValidUTF8(name[len(name)-progressWidth:], "")
	}
	fmt.Fprintf(p.a.in.Err, "\r\x1b[K%d files scanned, now %s", p.files, name)
	p.shown = true
}

// at tells which file is scanned now.
func (p *progress) at(path string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.path = path
	p.files++
}

// clear takes the line away before another is printed.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.a.in.Err, "\r\x1b[K")
		p.shown = false
	}
}

// stop ends the line and waits for its goroutine.
func (p *progress) stop() {
	if p == nil {
		return
	}
	close(p.done)
	p.closed.Wait()
	p.clear()
}
