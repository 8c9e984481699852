package autoit

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

var unpack = format.Func(Unpack)

var le = binary.LittleEndian

func encrypted(d *dialect, seed uint32, b []byte) []byte {
	out, _ := io.ReadAll(&decrypted{r: bytes.NewReader(b), s: d.stream(seed)})
	return out
}

func wide(d *dialect, s string) []byte {
	if d.charSize == 1 {
		return []byte(s)
	}
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

// record encodes a member as the compiler does.
func record(d *dialect, sum uint32, tag string, packed bool, data []byte) []byte {
	const path = "C:\\a.au3"
	b := le.AppendUint32(nil, d.record)
	b = le.AppendUint32(b, uint32(len(tag))^d.tagXOR)
	b = append(b, encrypted(d, uint32(len(tag))+d.tagSeed, wide(d, tag))...)
	b = le.AppendUint32(b, uint32(len(path))^d.pathXOR)
	b = append(b, wide(d, path)...)
	b = append(b, map[bool]byte{true: 1}[packed])
	for range 2 {
		b = le.AppendUint32(b, uint32(len(data))^d.sizeXOR)
	}
	b = append(b, make([]byte, 4+timesSize)...)
	return append(b, encrypted(d, d.dataSeed+sum, data)...)
}

func compiled(d *dialect, records ...[]byte) []byte {
	b := append([]byte{d.magic[3]}, bytes.Repeat([]byte{1}, sumSize)...)
	return append(b, bytes.Join(records, nil)...)
}

// sum is that of the bytes that compiled puts before the records.
func sum(d *dialect) uint32 {
	if d.addSum {
		return sumSize
	}
	return 0
}

// bitWriter writes bits, the highest first.
type bitWriter struct {
	b []byte
	n uint
}

func (w *bitWriter) put(v uint32, n uint) {
	for n > 0 {
		n--
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v>>n&1) << (7 - w.n%8)
		w.n++
	}
}

func (w *bitWriter) literals(d *dialect, s string) {
	for _, c := range []byte(s) {
		w.put(d.literalBit, 1)
		w.put(uint32(c), 8)
	}
}

func (w *bitWriter) match(d *dialect, dist uint32, length ...uint32) {
	w.put(1-d.literalBit, 1)
	w.put(dist, distanceBits)
	bits := []uint{2, 3, 5, 8, 8, 8, 8}
	for i, v := range length {
		w.put(v, bits[i])
	}
}

// packed is "abc" followed by matches of all kinds of lengths.
func packed(d *dialect) (in []byte, want string) {
	w := &bitWriter{}
	w.literals(d, "abc")
	n := 3
	for _, m := range []struct {
		groups []uint32
		length int
	}{
		{[]uint32{1}, 4},
		{[]uint32{3, 2}, 8},
		{[]uint32{3, 7, 4}, 17},
		{[]uint32{3, 7, 31, 100}, 144},
		{[]uint32{3, 7, 31, 255, 5}, 304},
		{[]uint32{3, 7, 31, 255, 255, 255, 6}, 296 + 510 + 9},
	} {
		w.match(d, 3, m.groups...)
		n += m.length
	}
	h := binary.BigEndian.AppendUint32([]byte(d.magic), uint32(n))
	return append(h, w.b...), strings.Repeat("abc", n/3+1)[:n]
}

func TestTheTwisterIsTheStandardOne(t *testing.T) {
	t.Parallel()
	s := newTwister(5489)
	// The first numbers of MT19937 with its default seed.
	for _, want := range []uint32{3499211612, 581869302, 3890346734} {
		if got := s.next(); got != byte(want>>1) {
			t.Errorf("got %#x, want %#x", got, byte(want>>1))
		}
	}
	for range 10000 - 4 {
		s.next()
	}
	if got, want := s.next(), byte(uint32(4123659995)>>1&0xff); got != want {
		t.Errorf("number 10,000: got %#x, want %#x", got, want)
	}
}

func TestMembersOfBothGenerationsComeOut(t *testing.T) {
	t.Parallel()
	for _, d := range []*dialect{&ea05, &ea06} {
		z, want := packed(d)
		b := compiled(d, record(d, sum(d), "first tag", false, []byte("stored member")), record(d, sum(d), "t", true, z),
			record(d, sum(d), "t", true, []byte("not packed after all")))
		for name, in := range map[string][]byte{"behind its mark": b, "with its mark": append([]byte("junk"+mark), b...)} {
			r := formattest.Run(unpack, in)
			if len(r.Children) != 3 {
				t.Errorf("%s %s: %d children, facts %v", d.magic, name, len(r.Children), r.Facts)
				continue
			}
			for i, want := range []string{"stored member", want, "not packed after all"} {
				if got := string(r.Children[i].Data); got != want {
					t.Errorf("%s %s: member %d: got %.60q, want %.60q", d.magic, name, i, got, want)
				}
			}
		}
	}
}

func text(tok byte, s string) []byte {
	b := le.AppendUint32([]byte{tok}, uint32(len(s)))
	for _, c := range []byte(s) {
		b = le.AppendUint16(b, uint16(c)^uint16(len(s)))
	}
	return b
}

func word(tok byte, n uint32) []byte { return le.AppendUint32([]byte{tok}, n) }

func TestScriptsAreWrittenOut(t *testing.T) {
	t.Parallel()
	lines := [][]byte{
		word(tokKeyword, 4), word(tokFunction, 1), word(tokKeyword, 1000),
		{tokLine},
		word(tokInt32, math.MaxUint32-1), le.AppendUint64([]byte{tokInt64}, math.MaxUint64-1),
		{tokLine},
	}
	for _, f := range []float64{0.1, 1e6, 100000, 3.14159265, 1e-5, 1e100} {
		lines = append(lines, le.AppendUint64([]byte{tokFloat}, math.Float64bits(f)))
	}
	lines = append(lines, []byte{tokLine})
	for k := byte(tokText); k <= tokTextEnd; k++ {
		lines = append(lines, text(k, "t"))
	}
	lines = append(lines, text(0x36, ""), text(0x36, strings.Repeat("long", 2000)), []byte{tokLine, 0x40, 0x44, 0x58, tokLine}, []byte("behind the last line"))
	script := append(le.AppendUint32(nil, 5), bytes.Join(lines, nil)...)
	r := formattest.Run(unpack, compiled(&ea06, record(&ea06, 0, scriptTag, false, script)))
	// Observed: clamscan 1.4.6, but for the unknown word, which ends its output.
	want := "IF ACOS UNKNOWN_1000 \n0xfffffffe 0xfffffffffffffffe \n0.1 1e+06 100000 3.14159 1e-05 1e+100 \n" +
		`t t @t $t t.t "t" t "" "` + strings.Repeat("long", 2000) + "\" \n, <> : \n"
	if len(r.Children) != 1 || string(r.Children[0].Data) != want {
		t.Errorf("got %q\nwant %q", r.Children[0].Data, want)
	}
}

func TestAScriptGoesAsFarAsItsTokensAreKnown(t *testing.T) {
	t.Parallel()
	for name, tail := range map[string][]byte{"an unknown token": {0x90, 0x7f}, "a cut number": {tokInt64, 1, 2}, "a cut text": text(0x36, "never")[:4]} {
		script := append(append(le.AppendUint32(nil, 100), text(0x33, "name")...), tail...)
		r := formattest.Run(unpack, compiled(&ea06, record(&ea06, 0, scriptTag, false, script)))
		if len(r.Children) != 1 || string(r.Children[0].Data) != "$name " {
			t.Errorf("%s: got %d children, %q", name, len(r.Children), r.Children[0].Data)
		}
	}
}

func TestACutMemberIsGivenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	for _, d := range []*dialect{&ea05, &ea06} {
		z, want := packed(d)
		b := compiled(d, record(d, sum(d), "t", true, z))
		r := formattest.Run(unpack, b[:len(b)-8])
		if len(r.Children) != 1 || len(r.Children[0].Data) < 3 || !strings.HasPrefix(want, string(r.Children[0].Data)) || !r.Has(format.Truncated) {
			t.Errorf("%s: %d children, facts %v", d.magic, len(r.Children), r.Facts)
		}
	}
}

func TestABombStaysWithinTheBudget(t *testing.T) {
	t.Parallel()
	w := &bitWriter{}
	w.literals(&ea06, "a")
	w.match(&ea06, 1, 3, 7, 31, 255, 255)
	for range 200_000 {
		w.put(255, 8)
	}
	w.put(0, 32)
	z := append(binary.BigEndian.AppendUint32([]byte("EA06"), math.MaxUint32), w.b...)
	r := formattest.Run(unpack, compiled(&ea06, record(&ea06, 0, "t", true, z)))
	if n := len(r.Children[0].Data); int64(n) > formattest.Limits().FileSize || n < 1<<20 {
		t.Errorf("%d bytes came out", n)
	}
	if r.Peak > 1<<20 {
		t.Errorf("%d bytes of memory", r.Peak)
	}
}

func sample(d *dialect) []byte {
	z, _ := packed(d)
	script := append(append(le.AppendUint32(nil, 2), text(0x36, "line")...), tokLine)
	return compiled(d, record(d, sum(d), scriptTag, false, script), record(d, sum(d), "t", true, z))
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, sample(&ea05))
	formattest.Damage(t, unpack, sample(&ea06))
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, unpack, sample(&ea05), sample(&ea06)) }
