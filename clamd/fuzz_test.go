package clamd

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func FuzzCommand(f *testing.F) {
	for _, d := range commandDialogues {
		f.Add([]byte(d.send), true)
	}
	f.Fuzz(func(t *testing.T, b []byte, fresh bool) {
		text, frame, used, st := splitCommand(b, fresh)
		if st == frameIncomplete {
			if used != 0 {
				t.Fatalf("an incomplete command used %d bytes", used)
			}
			return
		}
		if used < 1 || used > len(b) {
			t.Fatalf("used %d of %d bytes", used, len(b))
		}
		if frame != framePlain && used == 1 {
			t.Fatalf("a framed command of one byte")
		}
		c := parseCommand(text, frame, true)
		if c.verb == cmdUnknown {
			return
		}
		if rest, ok := bytes.CutPrefix(text, []byte(c.word)); !ok || (len(rest) > 0 && string(rest[1:]) != c.arg) {
			t.Fatalf("%q parsed as %+v", text, c)
		}
	})
}

func FuzzChunks(f *testing.F) {
	f.Add([]byte(chunk("abc")+chunk("")), int64(10), uint8(3))
	f.Add([]byte("\xff\xff\xff\xff"), int64(-1), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, limit int64, step uint8) {
		var whole, pieces bytes.Buffer
		one := chunkDecoder{limit: limit, sink: &whole}
		used, done, err := one.feed(b)
		two := chunkDecoder{limit: limit, sink: &pieces}
		var used2 int
		var done2 bool
		var err2 error
		for rest := b; len(rest) > 0 && !done2 && err2 == nil; {
			if want := two.wants(); want < 1 {
				t.Fatalf("wants %d bytes", want)
			}
			n := min(len(rest), int(step)+1)
			var u int
			u, done2, err2 = two.feed(rest[:n])
			used2 += u
			rest = rest[n:]
		}
		if used != used2 || done != done2 || (err == nil) != (err2 == nil) || !bytes.Equal(whole.Bytes(), pieces.Bytes()) {
			t.Fatalf("whole: %d %v %v; in pieces: %d %v %v", used, done, err, used2, done2, err2)
		}
		if limit >= 0 && int64(whole.Len()) > limit {
			t.Fatalf("%d bytes passed a limit of %d", whole.Len(), limit)
		}
	})
}

// FuzzDialogue plays any bytes to a whole connection, in two packets. The server
// must end it, must answer in whole lines, and must release all it held.
func FuzzDialogue(f *testing.F) {
	for _, d := range commandDialogues {
		if !strings.Contains(d.send, "STREAM\n") || strings.HasPrefix(d.send, "n") || strings.HasPrefix(d.send, "z") {
			f.Add([]byte(strings.ReplaceAll(d.send, "@", "/nonexistent")), uint16(5))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, cut uint16) {
		s := &Server{
			Scanner: newFake(), Version: func() string { return "ClamAV 1.4.6" }, TempDir: t.TempDir(),
			StreamSpoolAbove: 64, DisableShutdown: true, MaxDirectoryDepth: 1,
			ExcludePath: func(string) bool { return true }, // nothing of this machine is scanned
		}
		l := newPipeListener()
		done := make(chan error, 1)
		go func() { done <- s.Serve(context.Background(), Listener{Listener: l, Local: true}) }()
		c := l.dial()
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		go func() {
			n := min(int(cut), len(b))
			_, _ = c.Write(b[:n])
			_, _ = c.Write(b[n:])
			s.Shutdown() // stands for the half-close that a pipe does not have
		}()
		got, err := io.ReadAll(c)
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		if n := len(got); n > 0 && got[n-1] != '\n' && got[n-1] != 0 {
			t.Fatalf("the last reply has no end: %q", got)
		}
		_ = c.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if left := s.streamMem.Load(); left != 0 {
			t.Fatalf("%d bytes of stream memory are still charged", left)
		}
	})
}

// pipeListener accepts the far ends of pipes.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (p *pipeListener) dial() net.Conn {
	a, b := net.Pipe()
	p.conns <- b
	return a
}

func (p *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipeListener) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }
