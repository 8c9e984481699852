package clamd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// blocked begins n scans that hold a worker each and returns their connections.
func (h *harness) blocked(n int) []net.Conn {
	h.t.Helper()
	var cs []net.Conn
	for range n {
		c := h.dial("unix")
		_, _ = io.WriteString(c, "zINSTREAM\x00"+chunk(blockMe)+chunk(""))
		cs = append(cs, c)
	}
	for range n {
		<-h.fake.started
	}
	return cs
}

func TestPingNeedsNoWorker(t *testing.T) {
	h := startServer(t, func(s *Server) { s.MaxThreads = 2 })
	h.blocked(2)
	for _, d := range []dialogue{
		{"PING", "zPING\x00", "PONG\x00"},
		{"VERSION", "zVERSION\x00", "ClamAV 1.4.6\x00"},
		{"PING in a session", "zIDSESSION\x00zPING\x00zEND\x00", "1: PONG\x00"},
	} {
		if got := h.exchange("unix", d.send); got != d.want {
			t.Errorf("%s with all workers busy: got %q", d.name, got)
		}
	}
	if got := h.exchange("unix", "nSTATS\n"); !strings.Contains(got, "THREADS: live 2  idle 0 max 2 idle-timeout 30\n") ||
		strings.Count(got, "\tINSTREAM ") != 2 || !strings.HasSuffix(got, "END\n") {
		t.Errorf("STATS: %q", got)
	}
}

func TestSlowAndIdleClientsHoldNoWorker(t *testing.T) {
	h := startServer(t, func(s *Server) { s.MaxThreads = 1 })
	for _, part := range []string{"", "n", "zINSTREAM\x00\x00\x00\x10\x00abc", "nFILDES\n", "nIDSESSION\n"} {
		c := h.dial("unix")
		_, _ = io.WriteString(c, part)
	}
	if got := h.exchange("unix", "nSCAN @/f/alpha\n"); got != "@/f/alpha: Test.Alpha FOUND\n" {
		t.Errorf("got %q", got)
	}
}

func TestAClientThatGoesCancelsItsScan(t *testing.T) {
	h := startServer(t, nil)
	h.blocked(1)[0].Close()
	if err := <-h.fake.ended; !errors.Is(err, errGone) {
		t.Errorf("the scan ended with %v", err)
	}
}

func TestAClientThatGoesCancelsItsSession(t *testing.T) {
	h := startServer(t, nil)
	c := h.dial("unix")
	_, _ = io.WriteString(c, "zIDSESSION\x00zINSTREAM\x00"+chunk(blockMe)+chunk(""))
	<-h.fake.started
	_ = c.Close()
	if err := <-h.fake.ended; !errors.Is(err, errGone) {
		t.Errorf("the scan ended with %v", err)
	}
}

func TestHalfClosingIsNotGoing(t *testing.T) {
	h := startServer(t, nil)
	for _, send := range []string{
		"zINSTREAM\x00" + chunk(blockMe+markerA) + chunk(""),
		"zIDSESSION\x00zINSTREAM\x00" + chunk(blockMe+markerA) + chunk(""),
	} {
		c := h.dial("unix")
		_, _ = io.WriteString(c, send)
		<-h.fake.started
		_ = c.(*net.UnixConn).CloseWrite()
		h.exchange("unix", "nPING\n") // the server has had a chance to notice
		h.fake.release <- struct{}{}
		if got := h.rest(c); !strings.HasSuffix(got, "stream: Test.Alpha FOUND\x00") {
			t.Errorf("got %q", got)
		}
	}
}

func TestAScanThatDoesNotEndCostsNoWorker(t *testing.T) {
	h := startServer(t, func(s *Server) { s.MaxThreads, s.ScanTimeout = 1, time.Millisecond })
	want := "stream: CL_ETIMEOUT: Time limit reached ERROR\x00"
	if got := h.exchange("unix", "zINSTREAM\x00"+chunk(stickMe)+chunk("")); got != want {
		t.Errorf("got %q", got)
	}
	if got := h.exchange("unix", "nSCAN @/f/clean\n"); got != "@/f/clean: OK\n" {
		t.Errorf("the next scan: %q", got)
	}
	if !h.logged("the scan does not end and is left behind") {
		t.Errorf("log: %q", h.log)
	}
}

func TestStreamOfOldClients(t *testing.T) {
	h := startServer(t, func(s *Server) { s.StreamMaxLength = 20; s.StreamMinPort, s.StreamMaxPort = 20000, 60000 })
	for _, tc := range []dialogue{
		{"found", "x " + markerA, "stream: Test.Alpha FOUND\n"},
		{"clean", "nothing", "stream: OK\n"},
		{"empty", "", "stream: OK\n"},
		{"beyond the limit the beginning is scanned", markerA + strings.Repeat("x", 100), "stream: Test.Alpha FOUND\n"},
	} {
		for _, network := range []string{"unix", "tcp"} {
			c := h.dial(network)
			_, _ = io.WriteString(c, "STREAM\n")
			port := strings.TrimSuffix(strings.TrimPrefix(h.until(c, "\n"), "PORT "), "\n")
			data, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err != nil {
				t.Fatalf("%s: %v", tc.name, err)
			}
			_, _ = io.WriteString(data, tc.send)
			_ = data.Close()
			if got := h.rest(c); got != tc.want {
				t.Errorf("%s over %s: got %q, want %q", tc.name, network, got, tc.want)
			}
		}
	}
}

func TestStreamWaitsOnlySoLong(t *testing.T) {
	h := startServer(t, func(s *Server) {
		s.CommandTimeout = 50 * time.Millisecond
		s.StreamMinPort, s.StreamMaxPort = 20000, 60000
	})
	c := h.dial("unix")
	_, _ = io.WriteString(c, "STREAM\n")
	if got := h.rest(c); !strings.HasSuffix(got, "\nAccept timeout. ERROR\n") {
		t.Errorf("got %q", got)
	}
}

func TestShutdownWaitsForRunningScans(t *testing.T) {
	h := startServer(t, nil)
	c := h.blocked(1)[0]
	idle := h.dial("unix")
	if got := h.exchange("unix", "nSHUTDOWN\n"); got != "" {
		t.Errorf("SHUTDOWN answered %q", got)
	}
	if got := h.rest(idle); got != "" {
		t.Errorf("an idle client got %q", got)
	}
	close(h.fake.release)
	if got := h.rest(c); got != "stream: OK\x00" {
		t.Errorf("the running scan answered %q", got)
	}
}

func TestShutdownCancelsScansThatDoNotEnd(t *testing.T) {
	h := startServer(t, func(s *Server) { s.ShutdownGrace = time.Millisecond })
	h.blocked(1)
	h.srv.Shutdown()
	if err := <-h.fake.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the scan ended with %v", err)
	}
}

func TestTheOldestSilentClientMakesRoom(t *testing.T) {
	h := startServer(t, func(s *Server) { s.MaxConnections = 3 })
	first := h.dial("unix")
	h.waitConns(1)
	for i := 2; i <= 4; i++ {
		h.dial("unix")
		if i < 4 {
			h.waitConns(i)
		}
	}
	if got := h.rest(first); got != timedOut {
		t.Errorf("the oldest client got %q", got)
	}
	if got := h.exchange("unix", "nPING\n"); got != "PONG\n" {
		t.Errorf("a new client got %q", got)
	}
}

// waitConns waits until n connections are open.
func (h *harness) waitConns(n int) {
	for {
		h.srv.mu.Lock()
		have := len(h.srv.conns)
		h.srv.mu.Unlock()
		if have >= n {
			return
		}
		runtime.Gosched()
	}
}

func TestThousandsOfIdleClients(t *testing.T) {
	if testing.Short() {
		t.Skip("opens thousands of sockets")
	}
	h := startServer(t, func(s *Server) { s.CommandTimeout = time.Minute })
	var cs []net.Conn
	defer func() {
		for _, c := range cs {
			_ = c.Close()
		}
	}()
	for len(cs) < 2000 {
		c, err := net.Dial("unix", h.sock)
		if err != nil {
			t.Logf("stopped at %d clients: %v", len(cs), err)
			break
		}
		cs = append(cs, c)
	}
	h.waitConns(len(cs))
	if got := h.exchange("unix", "nPING\n"); got != "PONG\n" {
		t.Errorf("got %q", got)
	}
}

func TestReloadsAreMerged(t *testing.T) {
	var loads atomic.Int32
	begin, goOn := make(chan struct{}, 10), make(chan struct{})
	h := startServer(t, func(s *Server) {
		s.Reload = func(context.Context) error {
			loads.Add(1)
			begin <- struct{}{}
			<-goOn
			return errors.New("bad database")
		}
	})
	h.exchange("unix", "nRELOAD\n")
	<-begin
	for range 5 {
		if got := h.exchange("unix", "nRELOAD\n"); got != "RELOADING\n" {
			t.Errorf("got %q during a reload", got)
		}
	}
	if got := h.exchange("unix", "nSCAN @/f/alpha\n"); got != "@/f/alpha: Test.Alpha FOUND\n" {
		t.Errorf("scan during a reload: %q", got)
	}
	close(goOn)
	<-begin
	h.srv.reload.wait()
	if n := loads.Load(); n != 2 {
		t.Errorf("%d reloads, want 2", n)
	}
}

func TestAPanicInTheLoaderIsContained(t *testing.T) {
	h := startServer(t, func(s *Server) { s.Reload = func(context.Context) error { panic("loader bug") } })
	h.exchange("unix", "nRELOAD\n")
	h.srv.reload.wait()
	if !h.logged("panic in database reload: loader bug") {
		t.Errorf("log: %q", h.log)
	}
}

func TestEventComesBeforeTheReply(t *testing.T) {
	var events []string
	var mu sync.Mutex
	h := startServer(t, func(s *Server) {
		s.Event = func(name, virus string) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, filepath.Base(name)+" "+virus)
		}
	})
	h.exchange("unix", "nALLMATCHSCAN @/f/both\n")
	h.exchange("unix", "nSCAN @/f/clean\n")
	mu.Lock()
	defer mu.Unlock()
	if got := fmt.Sprint(events); got != "[both Test.Alpha both Test.Beta]" {
		t.Errorf("got %s", got)
	}
}

func TestOverTCPOnlyLoopbackMayShutDown(t *testing.T) {
	s := &Server{}
	for _, tc := range []struct {
		name  string
		admin Admin
		ip    string
		local bool
		want  bool
	}{
		{"local socket", AdminAuto, "", true, true},
		{"loopback", AdminAuto, "127.0.0.1", false, true},
		{"outer address", AdminAuto, "192.0.2.1", false, false},
		{"outer address, allowed by hand", AdminAllow, "192.0.2.1", false, true},
		{"local socket, forbidden by hand", AdminDeny, "", true, false},
	} {
		c := &conn{srv: s, lis: Listener{Admin: tc.admin}, local: tc.local, nc: addrConn{ip: tc.ip}}
		if got := c.mayStop(); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

// addrConn is a connection of which only the address is known.
type addrConn struct {
	net.Conn
	ip string
}

func (a addrConn) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(a.ip)} }

// flakyListener fails with an error that passes before it accepts.
type flakyListener struct {
	net.Listener
	fails atomic.Int32
}

func (f *flakyListener) Accept() (net.Conn, error) {
	if f.fails.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", errors.New("too many open files"))}
	}
	return f.Listener.Accept()
}

func TestAcceptRecoversFromLackOfDescriptors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &flakyListener{Listener: l}
	f.fails.Store(3)
	s := &Server{Scanner: newFake(), Version: func() string { return "x" }}
	done := make(chan error, 1)
	go func() { done <- s.Serve(context.Background(), Listener{Listener: f}) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(c, "nPING\n")
	if b, _ := io.ReadAll(c); string(b) != "PONG\n" {
		t.Errorf("got %q", b)
	}
	s.Shutdown()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeWithoutAScanner(t *testing.T) {
	if err := (&Server{}).Serve(context.Background()); err == nil {
		t.Error("no error")
	}
}
