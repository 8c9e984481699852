package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"gclam/clamd"
	"gclam/internal/quarantine"
)

// Objects that may be under way in one session.
const (
	windowSingle = 1
	windowMulti  = 16 // with -m
)

// pending is an object whose verdict has not come yet.
type pending struct {
	path, real string
	file       *os.File
	info       os.FileInfo
}

// sender sends opened files through one session and reports the verdicts as they
// come. send is called from one goroutine; the verdicts are received in another.
type sender struct {
	a   *app
	ctx context.Context

	client  *clamd.Client
	session *clamd.Session
	window  chan struct{} // a slot for each object under way
	done    chan struct{} // closed when receiving has ended

	mu   sync.Mutex // guards the app's counters and below
	wait map[int]*pending
	sent int
	err  error // why the session has ended
}

// newSender connects when the first file comes.
func (a *app) newSender(ctx context.Context) *sender {
	n := windowSingle
	if a.args.Bool("multiscan") {
		n = windowMulti
	}
	return &sender{a: a, ctx: ctx, window: make(chan struct{}, n), done: make(chan struct{}), wait: make(map[int]*pending)}
}

// locked runs f while no verdict is being reported.
func (s *sender) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// open begins the session.
func (s *sender) open() bool {
	if s.session != nil {
		return true
	}
	c, err := s.a.connect(s.ctx)
	if err == nil {
		s.client = c
		s.session, err = c.Session()
	}
	if err != nil {
		s.locked(func() {
			s.a.errors++
			if !errors.Is(err, errNoServer) {
				s.a.log.Errorf("%v", err)
			}
		})
		return false
	}
	go s.receive()
	return true
}

// send sends one file, which it then owns. It is false when nothing more can be
// sent.
func (s *sender) send(path string, f *os.File) bool {
	if !s.open() {
		_ = f.Close()
		return false
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		s.locked(func() { s.a.errorLine(path + ": Failed to open file") })
		return true
	}
	p := &pending{path: path, real: path, file: f, info: info}
	acting := s.a.quar.Action() != quarantine.None
	if acting {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			p.real = real
		}
	}
	stream := s.a.args.Bool("stream") || !s.client.Local()
	if limit := s.a.streamMax(); stream && acting && limit > 0 && info.Size() > limit {
		_ = f.Close()
		s.locked(func() {
			s.a.fail("ERROR", path+": File size exceeds StreamMaxLength; refusing to send a truncated quarantine stream. ERROR")
		})
		return true
	}
	select {
	case s.window <- struct{}{}:
	case <-s.done:
		_ = f.Close()
		return false
	}
	return s.transmit(p, stream)
}

// transmit sends the object under the next number.
func (s *sender) transmit(p *pending, stream bool) bool {
	s.mu.Lock()
	s.sent++
	s.wait[s.sent] = p
	s.mu.Unlock()
	var err error
	if stream {
		_, err = s.session.SendStream(io.NewSectionReader(p.file, 0, p.info.Size()), s.a.streamMax())
	} else {
		_, err = s.session.SendFile(p.file)
	}
	if err == nil {
		return true
	}
	// What the daemon has to say about it is received by the other goroutine; a
	// source that could not be read leaves a stream without an end.
	s.locked(func() {
		if s.err == nil {
			s.err = err
		}
	})
	_ = s.client.Close()
	<-s.done
	return false
}

// receive reports verdicts until the session ends.
func (s *sender) receive() {
	defer close(s.done)
	for {
		id, r, err := s.session.Receive()
		if err != nil {
			s.locked(func() {
				if s.err == nil {
					s.err = err
				}
			})
			return
		}
		s.mu.Lock()
		p, ok := s.wait[id]
		if !ok {
			s.err = clamd.ErrBogusID
			s.mu.Unlock()
			return
		}
		delete(s.wait, id)
		s.report(p, r)
		_ = p.file.Close()
		s.mu.Unlock()
		<-s.window
	}
}

// report prints a verdict; s.mu is held.
func (s *sender) report(p *pending, r clamd.Reply) {
	switch r.Status {
	case clamd.OK:
	case clamd.Found:
		s.a.found(p.path + ": " + r.Virus + " FOUND")
		s.a.act(p)
	default:
		text := r.Text
		if r.Name != "" && len(text) > len(r.Name) {
			text = p.path + text[len(r.Name):]
		} else {
			text = p.path + ": " + text
		}
		s.a.errorLine(text)
	}
}

// finish ends the session and waits for its verdicts. Objects without one are
// errors: they were not scanned.
func (s *sender) finish() {
	if s.session == nil {
		return
	}
	_ = s.session.End()
	<-s.done
	_ = s.client.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		s.a.log.Errorf("%v", s.err)
		if len(s.wait) == 0 {
			s.a.errors++
		}
	}
	for _, p := range s.wait {
		s.a.errorLine(p.path + ": " + clamd.ErrCommunication.Error() + " ERROR")
		_ = p.file.Close()
	}
}
