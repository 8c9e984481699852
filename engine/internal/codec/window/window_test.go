package window

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"gclam/engine/internal/codec"
)

// script is a Stepper that plays random literals and matches and keeps the
// expected output beside.
type script struct {
	rnd  *rand.Rand
	size int
	want []byte
	most int
}

func (s *script) Step(w *Window) error {
	for w.Room() > 0 {
		if len(s.want) >= s.most {
			return io.EOF
		}
		if len(s.want) == 0 || s.rnd.IntN(3) > 0 {
			c := byte(s.rnd.Uint32())
			w.Literal(c)
			s.want = append(s.want, c)
			continue
		}
		dist := 1 + s.rnd.IntN(min(len(s.want), s.size))
		n := s.rnd.IntN(5000)
		if err := w.Match(dist, n); err != nil {
			return err
		}
		for range n {
			s.want = append(s.want, s.want[len(s.want)-dist])
		}
	}
	return nil
}

func TestMatchesAgreeWithTheObviousImplementation(t *testing.T) {
	t.Parallel()
	for _, size := range []int{4 << 10, 5000, 64 << 10, 300_000} {
		s := &script{rnd: rand.New(rand.NewPCG(1, uint64(size))), size: size, most: 2 << 20}
		got, err := io.ReadAll(NewReader(s, New(int64(size), NoFill, nil)))
		if err != nil || !bytes.Equal(got, s.want) {
			t.Errorf("window of %d bytes: output differs, error %v", size, err)
		}
	}
}

type one struct{ dist, n int }

func (o *one) Step(w *Window) error {
	if o.n == 0 {
		return io.EOF
	}
	n := o.n
	o.n = 0
	return w.Match(o.dist, n)
}

func TestHistoryBeforeTheStart(t *testing.T) {
	t.Parallel()
	got, err := io.ReadAll(NewReader(&one{5, 12}, New(4096, ' ', nil)))
	if err != nil || string(got) != "            " {
		t.Errorf("got %q, error %v; want blanks", got, err)
	}
	if _, err := io.ReadAll(NewReader(&one{5, 12}, New(4096, NoFill, nil))); err == nil {
		t.Error("a match before the start was accepted")
	}
	if _, err := io.ReadAll(NewReader(&one{5000, 12}, New(4096, ' ', nil))); err == nil {
		t.Error("a match beyond the window was accepted")
	}
}

type refuse struct{}

func (refuse) Grant(int64) bool { return false }
func (refuse) Release(int64)    {}

func TestNoMemoryIsAnError(t *testing.T) {
	t.Parallel()
	_, err := io.ReadAll(NewReader(&one{1, 1}, New(1<<20, 0, refuse{})))
	if err != codec.ErrMemory {
		t.Errorf("got %v, want ErrMemory", err)
	}
}
