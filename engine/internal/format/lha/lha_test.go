package lha

import (
	"encoding/binary"
	"slices"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

// makeStored makes a member of the given header level, method lh0.
func makeStored(level byte, name string, data []byte) []byte {
	le := binary.LittleEndian
	fixed := func(csize int) []byte {
		h := []byte{0, 0, '-', 'l', 'h', '0', '-'}
		h = le.AppendUint32(h, uint32(csize))
		h = le.AppendUint32(h, uint32(len(data)))
		return append(le.AppendUint32(h, 0), 0x20, level)
	}
	ext := slices.Concat([]byte{byte(3 + len(name)), 0, extName}, []byte(name))
	switch level {
	case 0:
		h := append(append(append(fixed(len(data)), byte(len(name))), name...), 0, 0)
		h[0] = byte(len(h) - 2)
		return append(h, data...)
	case 1:
		h := append(append(fixed(len(data)+len(ext)), 0), 0, 0, 'U')
		h[0] = byte(len(h)) // with the size of the first extended header
		return slices.Concat(h, ext, []byte{0, 0}, data)
	case 2:
		h := append(fixed(len(data)), 0, 0, 'U')
		h = slices.Concat(h, ext, []byte{0, 0})
		le.PutUint16(h, uint16(len(h)))
		return append(h, data...)
	}
	h := append(fixed(len(data)), 0, 0, 'U')
	x := slices.Concat([]byte{byte(5 + len(name)), 0, 0, 0, extName}, []byte(name))
	h = slices.Concat(h, make([]byte, 4), x, make([]byte, 4))
	le.PutUint16(h, 4)
	le.PutUint32(h[24:], uint32(len(h)))
	return append(h, data...)
}

func TestAllHeaderLevels(t *testing.T) {
	t.Parallel()
	formattest.WantSample(t, Unpack, formattest.Hex(t, "lh5.lzh"), "sample.txt")
	for level := range byte(4) {
		b := append(makeStored(level, "first", []byte("x")), makeStored(level, "s.txt", formattest.Sample())...)
		formattest.WantSample(t, Unpack, b, "s.txt")
	}
}

func TestUnknownMethodsAreReported(t *testing.T) {
	t.Parallel()
	b := makeStored(0, "a", formattest.Sample())
	b[5] = '9'
	r := formattest.Run(Unpack, b)
	if !r.Has(format.Unsupported) || len(r.Children) != 1 || !r.Children[0].Nil {
		t.Errorf("children %+v, facts %v", r.Children, r.Facts)
	}
}

func seeds(t testing.TB) [][]byte {
	s := [][]byte{formattest.Hex(t, "lh5.lzh")}
	for level := range byte(4) {
		s = append(s, makeStored(level, "name", formattest.Sample()))
	}
	for _, m := range []string{"-lh1-", "-lh4-", "-lh6-", "-lh7-", "-lhx-", "-lzs-", "-lz5-"} {
		b := makeStored(0, "n", formattest.Sample())
		copy(b[2:], m)
		s = append(s, b)
	}
	return s
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, b := range seeds(t) {
		formattest.Damage(t, Unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, seeds(f)...) }
