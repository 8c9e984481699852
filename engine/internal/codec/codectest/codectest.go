// Package codectest is the test kit of the decoders.
package codectest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"gclam/engine/internal/codec"
)

// Account is a memory account with a ceiling that remembers its peak.
type Account struct{ Now, Peak, Max int64 }

// Grant implements codec.Memory.
func (a *Account) Grant(n int64) bool {
	if a.Now+n > a.Max {
		return false
	}
	a.Now += n
	a.Peak = max(a.Peak, a.Now)
	return true
}

// Release implements codec.Memory.
func (a *Account) Release(n int64) { a.Now -= n }

// Open makes a decoder; it may fail.
type Open func(r io.Reader, mem codec.Memory) (io.Reader, error)

const (
	most   = 4 << 20 // output that is read of a hostile stream, bytes
	memory = 4 << 20
)

// Run decodes b with little memory, checks that all of it is given back, and
// returns the output.
func Run(t testing.TB, open Open, b []byte) ([]byte, error) {
	t.Helper()
	a := &Account{Max: memory}
	r, err := open(bytes.NewReader(b), a)
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, most))
	if c, ok := r.(io.Closer); ok {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if a.Now != 0 {
			t.Errorf("%d bytes of memory were not given back", a.Now)
		}
	}
	return out, err
}

// Want fails unless b decodes to data.
func Want(t *testing.T, open Open, b, data []byte) {
	t.Helper()
	got, err := Run(t, open, b)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("got %d bytes, error %v; want the %d original bytes", len(got), err, len(data))
	}
}

// Cut decodes b cut at every sixteenth and fails unless that gives a prefix of
// data, but for a tail of slack bytes that a decoder without end mark makes up.
func Cut(t *testing.T, open Open, b, data []byte, slack int) {
	t.Helper()
	for i := range 16 {
		got, _ := Run(t, open, b[:len(b)*i/16])
		if len(got) > len(data) || !bytes.HasPrefix(data, got[:max(len(got)-slack, 0)]) {
			t.Errorf("cut at %d/16: %d bytes that are no prefix", i, len(got))
		}
	}
}

// Flip decodes copies of b with flipped bits. Panics fail by themselves.
func Flip(t *testing.T, open Open, b []byte) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		c := bytes.Clone(b)
		for range 1 + rnd.IntN(4) {
			c[rnd.IntN(len(c))] ^= 1 << rnd.IntN(8)
		}
		if _, err := Run(t, open, c); errors.Is(err, io.ErrNoProgress) {
			t.Error("the decoder makes no progress")
		}
	}
}

// Fuzz is the body of a fuzz target.
func Fuzz(f *testing.F, open Open, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = Run(t, open, b) })
}

// Text returns n bytes that compress like text.
func Text(n int) []byte {
	rnd := rand.New(rand.NewPCG(9, 9))
	words := []string{"signature", "match", "the", "archive ", "a", "of", "decoder", "\r\n", "0123"}
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(words[rnd.IntN(len(words))])
		b.WriteByte(byte(' ' + rnd.IntN(90)/30))
	}
	return b.Bytes()[:n]
}
