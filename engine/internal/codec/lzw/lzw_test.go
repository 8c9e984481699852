package lzw

import (
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func open(r io.Reader, _ codec.Memory) (io.Reader, error) { return NewReader(r), nil }

// compress is a coder of the block format. It clears the table when it is full.
func compress(data []byte) []byte {
	out := []byte{0x1f, 0x9d, flagBlock | 12}
	bits, next := uint(minBits), 257
	var group []byte
	var n uint
	put := func(c int) {
		for i := range bits {
			if n%8 == 0 {
				group = append(group, 0)
			}
			group[len(group)-1] |= byte(c>>i&1) << (n % 8)
			n++
		}
		if n == 8*bits {
			out, group, n = append(out, group...), nil, 0
		}
	}
	flush := func(to uint) {
		if n > 0 {
			out = append(out, append(group, make([]byte, int(bits)-len(group))...)...)
		}
		group, n, bits = nil, 0, to
	}
	table := map[string]int{}
	code := func(s string) (int, bool) {
		if len(s) == 1 {
			return int(s[0]), true
		}
		c, ok := table[s]
		return c, ok
	}
	cur := ""
	for _, c := range data {
		s := cur + string([]byte{c})
		if _, ok := code(s); ok {
			cur = s
			continue
		}
		k, _ := code(cur)
		put(k)
		cur = string([]byte{c})
		if next < 1<<12 {
			table[s] = next
			next++
			// The reader is one entry behind.
			if next > 1<<bits && bits < 12 {
				flush(bits + 1)
			}
			continue
		}
		put(clearCode)
		flush(minBits)
		next, table = 257, map[string]int{}
	}
	if k, ok := code(cur); ok && cur != "" {
		put(k)
	}
	return append(out, group...)
}

func TestDecodesWhatItsCoderWrote(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 300, 5000, 100_000} {
		codectest.Want(t, open, compress(codectest.Text(n)), codectest.Text(n))
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	data := codectest.Text(20_000)
	b := compress(data)
	codectest.Cut(t, open, b, data, 0)
	codectest.Flip(t, open, b)
}

func FuzzReader(f *testing.F) { codectest.Fuzz(f, open, compress(codectest.Text(3000))) }
