package quantum

import (
	"testing"

	"gclam/engine/internal/codec/codectest"
)

func TestNoBlockEndsInAPanicOrALoop(t *testing.T) {
	t.Parallel()
	a := &codectest.Account{Max: 4 << 20}
	for bits := MinBits; bits <= MaxBits; bits++ {
		d, err := New(bits, a)
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]byte, 32<<10)
		for i := range 20 {
			n, err := d.Frame(codectest.Text(3000)[i*10:], dst)
			if n < len(dst) && err == nil {
				t.Errorf("frame %d: %d bytes and no error", i, n)
			}
		}
		d.Close()
	}
	if a.Now != 0 {
		t.Errorf("%d bytes of memory were not given back", a.Now)
	}
}

func TestModelsStayConsistent(t *testing.T) {
	t.Parallel()
	var m model
	m.init(0, maxSymbols)
	for i := range 5000 {
		for k := range i%7 + 1 {
			m.syms[k].freq += symbolStep
		}
		if m.syms[0].freq > maxFreq {
			m.age()
		}
		for k := range m.entries {
			if m.syms[k].freq <= m.syms[k+1].freq {
				t.Fatalf("after %d updates entry %d has no frequency", i, k)
			}
		}
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(codectest.Text(500), uint8(15))
	f.Fuzz(func(_ *testing.T, b []byte, bits uint8) {
		d, err := New(int(bits), &codectest.Account{Max: 4 << 20})
		if err != nil {
			return
		}
		defer d.Close()
		_, _ = d.Frame(b, make([]byte, 32<<10))
		_, _ = d.Frame(b, make([]byte, 1000))
	})
}
