package implode

import (
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

// trees are flat: 64 codes of 6 bits, and 256 of 8.
var (
	flat64  = []byte{3, 0xf5, 0xf5, 0xf5, 0xf5}
	flat256 = []byte{15, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7, 0xf7}
)

type writer struct {
	b []byte
	n uint
}

func (w *writer) bit(v int) {
	if w.n%8 == 0 {
		w.b = append(w.b, 0)
	}
	w.b[len(w.b)-1] |= byte(v&1) << (w.n % 8)
	w.n++
}

func (w *writer) bits(v, n int) {
	for i := range n {
		w.bit(v >> i)
	}
}

// code writes a flat code: its complement, highest bit first.
func (w *writer) code(v, n int) {
	for i := n - 1; i >= 0; i-- {
		w.bit(^v >> i)
	}
}

func with(flags uint16, size int64) codectest.Open {
	return func(r io.Reader, mem codec.Memory) (io.Reader, error) { return NewReader(r, flags, size, mem), nil }
}

func TestLiteralsAndMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		flags uint16
		want  string
	}{
		{"two trees, 4 KiB", 0, "abcabcabc"},
		{"three trees, 8 KiB", flagBigDict | flagLiterals, "abcabcabcabc"},
	} {
		w := &writer{}
		if c.flags&flagLiterals != 0 {
			w.b = append(w.b, flat256...)
		}
		w.b = append(append(w.b, flat64...), flat64...)
		for _, b := range []byte("abc") {
			w.bit(1)
			if c.flags&flagLiterals != 0 {
				w.code(int(b), 8)
			} else {
				w.bits(int(b), 8)
			}
		}
		low, minLen := 6, 2
		if c.flags != 0 {
			low, minLen = 7, 3
		}
		w.bit(0)
		w.bits(2, low) // distance 3
		w.code(0, 6)
		w.code(len(c.want)-3-minLen, 6)
		t.Run(c.name, func(t *testing.T) { codectest.Want(t, with(c.flags, int64(len(c.want))), w.b, []byte(c.want)) })
	}
}

func FuzzReader(f *testing.F) {
	seed := append(append(append([]byte{}, flat256...), flat64...), flat64...)
	codectest.Fuzz(f, with(flagLiterals, -1), append(seed, codectest.Text(100)...))
}

func TestDamage(t *testing.T) {
	t.Parallel()
	b := append(append(append([]byte{}, flat64...), flat64...), codectest.Text(500)...)
	codectest.Flip(t, with(0, -1), b)
}
