package reduce

import (
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func with(factor int, size int64) codectest.Open {
	return func(r io.Reader, mem codec.Memory) (io.Reader, error) { return NewReader(r, factor, size, mem), nil }
}

type writer struct {
	b []byte
	n uint
}

func (w *writer) bits(v, n int) {
	for i := range n {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

func TestFollowersLiteralsAndMatches(t *testing.T) {
	t.Parallel()
	w := &writer{}
	for i := 255; i >= 0; i-- {
		if i == 'a' { // a is followed by b or c
			w.bits(2, 6)
			w.bits('b', 8)
			w.bits('c', 8)
			continue
		}
		w.bits(0, 6)
	}
	w.bits('a', 8) // after 0: plain
	w.bits(0, 1)   // predicted
	w.bits(0, 1)   // b
	w.bits('a', 8)
	w.bits(0, 1)
	w.bits(1, 1) // c
	// Match of 4 bytes at distance 4: DLE, length 1 (+3), distance 3 (+1).
	w.bits(dle, 8)
	w.bits(1, 8)
	w.bits(3, 8)
	// An escaped DLE.
	w.bits(dle, 8)
	w.bits(0, 8)
	codectest.Want(t, with(1, 9), w.b, []byte("abacabac\x90"))
}

func TestDamage(t *testing.T) {
	t.Parallel()
	for f := 1; f <= 4; f++ {
		codectest.Flip(t, with(f, -1), codectest.Text(3000))
	}
}

func FuzzReader(f *testing.F) { codectest.Fuzz(f, with(2, -1), codectest.Text(500), make([]byte, 300)) }
