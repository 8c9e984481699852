// Package formattest is the test kit of the container parsers: it collects what
// an Unpacker hands over and treats parsers with damaged input.
package formattest

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Child is one object handed over.
type Child struct {
	format.Meta
	Data []byte
	Err  error // that ended the data, nil for EOF
	Nil  bool  // no reader: header only
}

// Result is everything an Unpacker said.
type Result struct {
	Children []Child
	Facts    []format.Fact
	Err      error
	Peak     int64 // decoder memory in use at most when a child was handed over
}

// Limits are the limits of Run.
func Limits() limit.Limits {
	return limit.Limits{ScanSize: 64 << 20, FileSize: 16 << 20, Files: 2000, Memory: 64 << 20, Time: 20 * time.Second}
}

type sink struct {
	r     *Result
	total int64
	pw    [][]byte
}

func (s *sink) Fact(f format.Fact, _ int64) { s.r.Facts = append(s.r.Facts, f) }

func (s *sink) Passwords(string) [][]byte { return s.pw }

func (s *sink) Child(m format.Meta, r io.Reader) error {
	c := Child{Meta: m, Nil: r == nil}
	if r != nil {
		room := max(Limits().ScanSize-s.total, 0)
		c.Data, c.Err = io.ReadAll(io.LimitReader(r, min(room, Limits().FileSize)))
		s.total += int64(len(c.Data))
	}
	s.r.Children = append(s.r.Children, c)
	if errors.Is(c.Err, limit.ErrStop) || s.total >= Limits().ScanSize || len(s.r.Children) > 2*Limits().Files {
		return limit.ErrStop
	}
	return nil
}

// Run unpacks b with the limits of Limits and the given passwords.
func Run(u format.Func, b []byte, passwords ...string) Result {
	var r Result
	s := &sink{r: &r}
	for _, p := range passwords {
		s.pw = append(s.pw, []byte(p))
	}
	r.Err = u(context.Background(), input.Bytes(b), limit.New(Limits(), nil), s)
	return r
}

// Find returns the first child of that name which has data.
func (r Result) Find(name string) (Child, bool) {
	for _, c := range r.Children {
		if c.Name == name && !c.Nil {
			return c, true
		}
	}
	return Child{}, false
}

// Has tells whether a fact was reported.
func (r Result) Has(f format.Fact) bool {
	for _, g := range r.Facts {
		if g == f {
			return true
		}
	}
	return false
}

// Damage unpacks b cut at every sixteenth and with bits flipped, and fails when
// a parser returns anything but nil or ErrStop. Panics fail by themselves.
func Damage(t *testing.T, u format.Func, b []byte) {
	t.Helper()
	for i := range 16 {
		check(t, Run(u, b[:len(b)*i/16]))
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	head := min(len(b), 512)
	for range 300 {
		c := append([]byte(nil), b...)
		for range 1 + rnd.IntN(4) {
			i := rnd.IntN(len(c))
			if rnd.IntN(2) == 0 {
				i = rnd.IntN(head)
			}
			if rnd.IntN(4) == 0 {
				c[i] = []byte{0, 0x7f, 0x80, 0xff}[rnd.IntN(4)]
			} else {
				c[i] ^= 1 << rnd.IntN(8)
			}
		}
		check(t, Run(u, c))
	}
}

func check(t testing.TB, r Result) {
	t.Helper()
	if r.Err != nil && !errors.Is(r.Err, limit.ErrStop) {
		t.Errorf("damaged input gave error %v, want nil: damage is normal", r.Err)
	}
}

// Fuzz is the body of a fuzz target for u.
func Fuzz(f *testing.F, u format.Func, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<20 {
			return
		}
		check(t, Run(u, b))
	})
}

// Sample is the content of the archives in the testdata folders, 900 bytes.
func Sample() []byte {
	const s = "The quick brown fox jumps over the lazy dog. A test file for archives, harmless. "
	return []byte(strings.Repeat(s, 12)[:900])
}

// Hex returns the bytes of a file kept as hexadecimal text in testdata, so that
// no checkout holds live archives.
func Hex(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".hex"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatalf("testdata/%s.hex: %v", name, err)
	}
	return b
}

// WantSample fails unless the archive b gives the sample as a member of the
// given name.
func WantSample(t *testing.T, u format.Func, b []byte, name string, passwords ...string) {
	t.Helper()
	r := Run(u, b, passwords...)
	c, ok := r.Find(name)
	if !ok || r.Err != nil {
		t.Fatalf("no member %q: %d children, facts %v, error %v", name, len(r.Children), r.Facts, r.Err)
	}
	if string(c.Data) != string(Sample()) {
		t.Errorf("member %q has %d bytes that differ from the sample (error %v)", name, len(c.Data), c.Err)
	}
}

// Growth runs f and fails if more than most bytes of heap were allocated by it.
func Growth(t *testing.T, most uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > most {
		t.Errorf("allocated %d bytes, want at most %d", got, most)
	}
}
