package lzfse

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

var le = binary.LittleEndian

// bitWriter writes bits, the lowest first.
type bitWriter struct {
	b []byte
	n uint
}

func (w *bitWriter) put(v uint32, n uint) {
	for i := range n {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// lacks is how many bits of the last byte are not in use, as headers have it.
func (w *bitWriter) lacks() uint64 { return 7 - uint64(8*len(w.b)-int(w.n)) }

// alphabet is an encoder of values: the symbol of each and a table.
type alphabet struct {
	freq  []uint16
	table []entry
	state int32
}

// newAlphabet gives all symbols about the same frequency.
func newAlphabet(t testing.TB, states, symbols int, v values) *alphabet {
	t.Helper()
	a := &alphabet{freq: make([]uint16, symbols)}
	for i := range states {
		a.freq[i%symbols]++
	}
	var err error
	if a.table, err = buildTable(states, a.freq, v); err != nil {
		t.Fatal(err)
	}
	return a
}

// put encodes what is decoded before everything that was put until now.
func (a *alphabet) put(t testing.TB, w *bitWriter, v uint32) {
	t.Helper()
	for i, e := range a.table {
		if v < e.base || v-e.base >= 1<<e.extra || a.state < e.delta || a.state >= e.delta+1<<e.bits {
			continue
		}
		w.put(v-e.base, uint(e.extra))
		w.put(uint32(a.state-e.delta), uint(e.bits))
		a.state = int32(i)
		return
	}
	t.Fatalf("no code for %d in state %d", v, a.state)
}

func putFrequency(w *bitWriter, f uint16) {
	switch {
	case f < 4:
		c := [4][2]uint32{{0, 2}, {2, 2}, {1, 3}, {5, 3}}[f]
		w.put(c[0], uint(c[1]))
	case f < 8:
		w.put(3|uint32(f-4)<<3, 5)
	case f < 24:
		w.put(7|uint32(f-8)<<4, 8)
	default:
		w.put(15|uint32(f-24)<<4, 14)
	}
}

// fseBlock encodes a block.
func fseBlock(t testing.TB, literals string, triplets ...[3]uint32) []byte {
	t.Helper()
	for len(literals)%4 != 0 {
		literals += "."
	}
	l := newAlphabet(t, lengthStates, lengthSymbols, lengthValue([4]uint8{2, 3, 5, 8}))
	m := newAlphabet(t, lengthStates, lengthSymbols, lengthValue([4]uint8{3, 5, 8, 11}))
	d := newAlphabet(t, distanceStates, distanceSymbols, distanceValue)
	var lit [4]*alphabet
	for i := range lit {
		lit[i] = newAlphabet(t, literalStates, literalSymbols, literalValue)
	}
	var lw, tw, fw bitWriter
	for i := len(literals) - 1; i >= 0; i-- {
		lit[i%4].put(t, &lw, uint32(literals[i]))
	}
	for i := len(triplets) - 1; i >= 0; i-- {
		d.put(t, &tw, triplets[i][2])
		m.put(t, &tw, triplets[i][1])
		l.put(t, &tw, triplets[i][0])
	}
	for _, a := range []*alphabet{l, m, d, lit[0]} {
		for _, f := range a.freq {
			putFrequency(&fw, f)
		}
	}
	v0 := uint64(len(literals)) | uint64(len(lw.b))<<20 | uint64(len(triplets))<<40 | lw.lacks()<<60
	v1 := uint64(len(tw.b))<<40 | tw.lacks()<<60
	for i := range lit {
		v1 |= uint64(lit[i].state) << (10 * i)
	}
	v2 := uint64(baseHeader+len(fw.b)) | uint64(l.state)<<32 | uint64(m.state)<<42 | uint64(d.state)<<52
	b := le.AppendUint32([]byte(magicFSE), 0)
	for _, v := range []uint64{v0, v1, v2} {
		b = le.AppendUint64(b, v)
	}
	return bytes.Join([][]byte{b, fw.b, lw.b, tw.b}, nil)
}

const lzvnEnd = "\x06\x00\x00\x00\x00\x00\x00\x00"

// lzvnCode has each instruction; lzvnText is what comes of it.
const lzvnCode = "\xe3abc" + // 3 literals
	"\x48\x03X" + // 1 literal, 4 from 3 before
	"\xf2" + // 2 more from 3 before
	"\x0e\x16" + // nothing
	"\xc6YZW" + // 3 literals, 3 from 3 before
	"\xa0\x12\x00" + // medium: 5 from 4 before
	"\x0f\x07\x00" + // long: 4 from 7 before
	"\xe0\x04" + "01234567890123456789" + // 20 literals
	"\xf0\x02" + lzvnEnd // 18 from 7 before

func lzvnText() string {
	var b []byte
	copyFrom := func(dist, n int) {
		for range n {
			b = append(b, b[len(b)-dist])
		}
	}
	b = append(b, "abcX"...)
	copyFrom(3, 4)
	copyFrom(3, 2)
	b = append(b, "YZW"...)
	copyFrom(3, 3)
	copyFrom(4, 5)
	copyFrom(7, 4)
	b = append(b, "01234567890123456789"...)
	copyFrom(7, 18)
	return string(b)
}

func openLZVN(r io.Reader, mem codec.Memory) (io.Reader, error) { return NewLZVNReader(r, mem), nil }

func openLZFSE(r io.Reader, mem codec.Memory) (io.Reader, error) {
	return NewReader(r, mem), nil
}

func TestInstructionsOfLZVN(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		err            error
	}{
		{"each of them", lzvnCode, lzvnText(), nil},
		{"what is behind the end does not matter", "\xe1a" + lzvnEnd + "more", "a", nil},
		{"no end", "\xe1a", "a", io.ErrUnexpectedEOF},
		{"cut literals", "\xe3ab", "ab", io.ErrUnexpectedEOF},
		{"a match before the start", "\xe1a\x00\x05", "a", codec.ErrCorrupt},
		{"a match without a distance", "\xe1a\xf1", "a", codec.ErrCorrupt},
		{"an undefined instruction", "\xe1a\x70", "a", codec.ErrCorrupt},
		{"another", "\xe1a\x1e", "a", codec.ErrCorrupt},
	} {
		got, err := codectest.Run(t, openLZVN, []byte(c.in))
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: got %q, %v; want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}

// sample is a stream with blocks of all kinds, and its content.
func sample(t testing.TB) (string, string) {
	raw := magicRaw + "\x03\x00\x00\x00raw"
	lzvn := string(le.AppendUint32([]byte(magicLZVN+"\x00\x00\x00\x00"), uint32(len(lzvnCode)))) + lzvnCode
	literals := strings.Repeat("literals of a block, ", 40)
	fse := string(fseBlock(t, literals, [3]uint32{8, 5, 3}, [3]uint32{40, 300, 48}, [3]uint32{314, 2000, 0}, [3]uint32{300, 0, 0}))
	want := "raw" + lzvnText()
	for _, x := range [][3]int{{8, 5, 3}, {40, 300, 48}, {314, 2000, 48}, {300, 0, 0}} {
		want += literals[:x[0]]
		literals = literals[x[0]:]
		for range x[1] {
			want += want[len(want)-x[2]:][:1]
		}
	}
	return raw + lzvn + fse + magicEnd, want
}

func TestBlocksOfAllKinds(t *testing.T) {
	t.Parallel()
	in, want := sample(t)
	got, err := codectest.Run(t, openLZFSE, []byte(in))
	if string(got) != want || err != nil {
		t.Errorf("%d bytes of %d, error %v", len(got), len(want), err)
	}
}

func TestCutStreamsGiveTheirBeginning(t *testing.T) {
	t.Parallel()
	in, want := sample(t)
	for i := range 16 {
		got, err := codectest.Run(t, openLZFSE, []byte(in[:len(in)*i/16]))
		if !strings.HasPrefix(want, string(got)) || err == nil {
			t.Errorf("cut at %d/16: %d bytes, error %v", i, len(got), err)
		}
	}
}

func TestDamagedStreamsEnd(t *testing.T) {
	t.Parallel()
	in, _ := sample(t)
	for i := range len(in) {
		b := []byte(in)
		b[i] ^= 0xff
		_, _ = codectest.Run(t, openLZFSE, b)
	}
}

func TestALargeExpansionNeedsLittleMemory(t *testing.T) {
	t.Parallel()
	var all [][3]uint32
	all = append(all, [3]uint32{1, 0, 0})
	for range 4000 {
		all = append(all, [3]uint32{0, 2359, 1})
	}
	b := append(fseBlock(t, "aaaa", all...), magicEnd...)
	got, err := codectest.Run(t, openLZFSE, b)
	if err != nil || len(got) != 4<<20 {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
}

func FuzzLZFSE(f *testing.F) {
	in, _ := sample(f)
	f.Add([]byte(in))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = codectest.Run(t, openLZFSE, b)
		_, _ = codectest.Run(t, openLZVN, b)
	})
}
