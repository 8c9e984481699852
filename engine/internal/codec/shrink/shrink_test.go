package shrink

import (
	"bytes"
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func open(r io.Reader, _ codec.Memory) (io.Reader, error) { return NewReader(r), nil }

// writer packs codes, lowest bit first.
type writer struct {
	b    []byte
	acc  uint
	n    uint
	bits uint
}

func (w *writer) put(c int) {
	w.acc |= uint(c) << w.n
	for w.n += w.bits; w.n >= 8; w.n -= 8 {
		w.b = append(w.b, byte(w.acc))
		w.acc >>= 8
	}
}

func (w *writer) bytes() []byte { return append(w.b, byte(w.acc)) }

// shrink is an LZW coder that widens codes when they are needed and clears the
// table partially when it is full.
func shrink(data []byte) []byte {
	w := &writer{bits: minBits}
	var prefix [codes]int
	table := map[string]int{}
	text := map[int]string{}
	free := func(from int) int {
		for n := from; n < codes; n++ {
			if _, ok := text[n]; !ok {
				return n
			}
		}
		return codes
	}
	last, cur := escape, ""
	code := func(s string) (int, bool) {
		if len(s) == 1 {
			return int(s[0]), true
		}
		c, ok := table[s]
		return c, ok
	}
	for _, c := range data {
		next := cur + string([]byte{c})
		if _, ok := code(next); ok {
			cur = next
			continue
		}
		k, _ := code(cur)
		for k >= 1<<w.bits {
			w.put(escape)
			w.put(widen)
			w.bits++
		}
		w.put(k)
		if n := free(last + 1); n < codes {
			table[next], text[n], prefix[n], last = n, next, k, n
		}
		cur = string([]byte{c})
	}
	k, _ := code(cur)
	for k >= 1<<w.bits {
		w.put(escape)
		w.put(widen)
		w.bits++
	}
	w.put(k)
	return w.bytes()
}

func TestDecodesWhatItsCoderWrote(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 500, 30_000, 200_000} {
		data := codectest.Text(n)
		got, err := codectest.Run(t, open, shrink(data))
		if err != nil || !bytes.HasPrefix(got, data) || len(got) > len(data)+1 {
			t.Errorf("%d bytes: got %d, error %v", n, len(got), err)
		}
	}
}

func TestPartialClearFreesLeavesOnly(t *testing.T) {
	t.Parallel()
	w := &writer{bits: minBits}
	// a, b: 257 = ab. 257: 258 = ba. Clearing frees both leaves; c, d then define 257 = 257's successor.
	for _, c := range []int{'a', 'b', 257, escape, clear, 'c', 'd', 258} {
		w.put(c)
	}
	got, err := codectest.Run(t, open, w.bytes())
	if err != nil || !bytes.HasPrefix(got, []byte("ababcdcd")) {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	codectest.Flip(t, open, shrink(codectest.Text(5000)))
}

func FuzzReader(f *testing.F) { codectest.Fuzz(f, open, shrink(codectest.Text(2000))) }
