package huffman

import (
	"testing"
)

func TestCanonicalCodes(t *testing.T) {
	t.Parallel()
	var tab Table
	if err := tab.Build([]uint8{2, 1, 3, 3}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		bits uint16
		sym  int
		n    uint
	}{{0x0000, 1, 1}, {0x8000, 0, 2}, {0xc000, 2, 3}, {0xe000, 3, 3}} {
		if s, n, ok := tab.Lookup(c.bits); !ok || s != c.sym || n != c.n {
			t.Errorf("%04x: symbol %d of %d bits (%v), want %d of %d", c.bits, s, n, ok, c.sym, c.n)
		}
	}
}

func TestLongCodesGoThroughTheSlowPath(t *testing.T) {
	t.Parallel()
	l := make([]uint8, 17)
	for i := range 16 {
		l[i] = uint8(i + 1)
	}
	l[16] = 16
	var tab Table
	if err := tab.Build(l); err != nil {
		t.Fatal(err)
	}
	for i := range 16 {
		v := ^uint16(0) << (16 - i)
		if s, n, ok := tab.Lookup(v); !ok || s != i || n != uint(i+1) {
			t.Errorf("%04x: symbol %d of %d bits (%v), want %d of %d", v, s, n, ok, i, i+1)
		}
	}
	if s, _, _ := tab.Lookup(0xffff); s != 16 {
		t.Errorf("last code: %d, want 16", s)
	}
}

func TestTooManyCodesAreRefusedTooFewAreNot(t *testing.T) {
	t.Parallel()
	var tab Table
	if tab.Build([]uint8{1, 1, 1}) == nil {
		t.Error("three codes of one bit were accepted")
	}
	if err := tab.Build([]uint8{2, 2}); err != nil {
		t.Errorf("an incomplete code was refused: %v", err)
	}
	if _, _, ok := tab.Lookup(0xffff); ok {
		t.Error("an unused code was decoded")
	}
}
