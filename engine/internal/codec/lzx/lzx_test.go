package lzx

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

// writer packs bits into little-endian words, highest bit first.
type writer struct {
	b   []byte
	acc uint32
	n   uint
}

func (w *writer) bits(v, n int) {
	for i := n - 1; i >= 0; i-- {
		w.acc = w.acc<<1 | uint32(v>>i&1)
		if w.n++; w.n == 16 {
			w.b = binary.LittleEndian.AppendUint16(w.b, uint16(w.acc))
			w.acc, w.n = 0, 0
		}
	}
}

func (w *writer) align() {
	for w.n > 0 {
		w.bits(0, 1)
	}
}

// The test streams use one fixed code: literals take 9 bits, the matches of the
// first eight position slots (without length codes) 7.
const (
	litBits   = 9
	matchBits = 7
)

// lengths writes the lengths of n codes, all equal, against zeros. The code of
// the lengths is flat: twenty codes of five bits.
func (w *writer) lengths(runs ...[2]int) {
	for range preCodes {
		w.bits(5, 4)
	}
	for _, r := range runs {
		for range r[0] {
			w.bits((17-r[1])%17, 5)
		}
	}
}

// block starts a verbatim block.
func (w *writer) block(size, slots int) {
	w.bits(blockVerbatim, 3)
	w.bits(size, 24)
	w.lengths([2]int{256, litBits})
	w.lengths([2]int{64, matchBits}, [2]int{slots*8 - 64, 0})
	w.lengths([2]int{lengthCodes, 0})
}

func (w *writer) literal(c byte)      { w.bits(256+int(c), litBits) }
func (w *writer) match(slot, len int) { w.bits(slot*8+len-minMatch, matchBits) }

func with(bits, reset int, size int64) codectest.Open {
	return func(r io.Reader, mem codec.Memory) (io.Reader, error) { return NewReader(r, bits, reset, size, mem) }
}

// sample is a stream of one verbatim block, and its content.
func sample() ([]byte, []byte) {
	w := &writer{}
	w.bits(0, 1) // no call translation
	data := []byte("abcabcabcbcbcacaca")
	w.block(len(data), slots[0])
	for _, c := range []byte("abc") {
		w.literal(c)
	}
	w.match(4, 6) // distance 3: slot 4 holds 4 and 5, less 2, with one more bit
	w.bits(1, 1)
	w.match(4, 4) // distance 2
	w.bits(0, 1)
	w.literal('a')
	w.match(0, 4) // the same distance
	w.align()
	return w.b, data
}

func TestVerbatimBlock(t *testing.T) {
	t.Parallel()
	b, data := sample()
	codectest.Want(t, with(15, 0, int64(len(data))), b, data)
}

func TestUncompressedBlocksOfOddLength(t *testing.T) {
	t.Parallel()
	w := &writer{}
	w.bits(0, 1)
	var data []byte
	for _, part := range []string{"odd", "even", "more"} {
		w.bits(blockUncompressed, 3)
		w.bits(len(part), 24)
		w.align()
		for range 3 {
			w.bits(1, 16)
			w.bits(0, 16)
		}
		w.b = append(w.b, part...)
		if len(part)%2 == 1 {
			w.b = append(w.b, 0)
		}
		data = append(data, part...)
	}
	codectest.Want(t, with(15, 0, int64(len(data))), w.b, data)
}

func TestFramesAreAlignedAndResetsReadTheHeaderAgain(t *testing.T) {
	t.Parallel()
	for _, reset := range []int{0, 1} {
		w := &writer{}
		data := codectest.Text(2*Frame + 100)
		for i := 0; i < len(data); i += Frame {
			part := data[i:min(i+Frame, len(data))]
			if i == 0 || reset > 0 {
				w.bits(0, 1)
				w.block(len(part), slots[0])
			} else {
				// Without a reset the lengths of the block before are the base.
				w.bits(blockVerbatim, 3)
				w.bits(len(part), 24)
				for _, n := range []int{256, slots[0] * 8, lengthCodes} {
					w.lengths([2]int{n, 0}) // no difference
				}
			}
			for _, c := range part {
				w.literal(c)
			}
			w.align()
		}
		codectest.Want(t, with(15, reset, int64(len(data))), w.b, data)
	}
}

func TestCallTargetsAreTranslatedBack(t *testing.T) {
	t.Parallel()
	b := make([]byte, 40)
	b[20] = 0xe8
	binary.LittleEndian.PutUint32(b[21:], 0x1000)
	want := bytes.Clone(b)
	binary.LittleEndian.PutUint32(want[21:], 0x1000-(500+20))
	translate(b, 500, 1<<20)
	if !bytes.Equal(b, want) {
		t.Errorf("got %x, want %x", b, want)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	b, data := sample()
	codectest.Cut(t, with(15, 0, int64(len(data))), b, data, 0)
	codectest.Flip(t, with(21, 0, -1), b)
	codectest.Flip(t, with(15, 2, -1), b)
}

func FuzzReader(f *testing.F) {
	b, _ := sample()
	codectest.Fuzz(f, with(16, 2, -1), b)
}
