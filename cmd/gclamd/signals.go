package main

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
)

// signals turns signals into calls. From the first moment none of them ends the
// process by itself; what has no receiver yet is dropped, as in the reference.
type signals struct {
	mu                  sync.Mutex
	end, hangup, reload func()
	ended               bool
}

// catchSignals begins to receive signals.
func catchSignals() *signals {
	s := &signals{}
	ch := make(chan os.Signal, 16)
	// Signals without effect are received too, not ignored: children would inherit that.
	signal.Notify(ch, append([]os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}, ignoredSignals()...)...)
	signal.Notify(ch, reloadSignals()...)
	go func() {
		for sig := range ch {
			s.dispatch(sig)
		}
	}()
	return s
}

// dispatch calls the receiver of sig.
func (s *signals) dispatch(sig os.Signal) {
	s.mu.Lock()
	var f func()
	switch sig {
	case syscall.SIGTERM, syscall.SIGINT:
		f, s.ended = s.end, true
	case syscall.SIGHUP:
		f = s.hangup
	default:
		if slices.Contains(reloadSignals(), sig) {
			f = s.reload
		}
	}
	s.mu.Unlock()
	if f != nil {
		f()
	}
}

// onEnd sets the receiver of SIGTERM and SIGINT, and calls it if one has come.
func (s *signals) onEnd(f func()) {
	s.mu.Lock()
	s.end = f
	late := s.ended
	s.mu.Unlock()
	if late {
		f()
	}
}

// onHangup sets the receiver of SIGHUP.
func (s *signals) onHangup(f func()) { s.mu.Lock(); s.hangup = f; s.mu.Unlock() }

// onReload sets the receiver of SIGUSR2.
func (s *signals) onReload(f func()) { s.mu.Lock(); s.reload = f; s.mu.Unlock() }
