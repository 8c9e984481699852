package bcj

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/codectest"
)

func TestBranchTargetsBecomeRelative(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		a          Arch
		start      uint32
		from, want []byte
	}{
		{"x86 call", X86, 0, []byte{0x90, 0xe8, 0x06, 1, 0, 0, 1, 2, 3, 4, 5, 6}, []byte{0x90, 0xe8, 0, 1, 0, 0, 1, 2, 3, 4, 5, 6}},
		{"x86 far operand stays", X86, 0, []byte{0xe8, 1, 2, 3, 4, 5, 6, 7, 8}, []byte{0xe8, 1, 2, 3, 4, 5, 6, 7, 8}},
		{"ARM branch and link", ARM, 0x100, []byte{0x44, 0, 0, 0xeb}, []byte{2, 0, 0, 0xeb}},
		{"PowerPC branch", PPC, 0x10, []byte{0x48, 0, 0, 0x21}, []byte{0x48, 0, 0, 0x11}},
		{"ARM64 branch", ARM64, 0x40, []byte{0x20, 0, 0, 0x94}, []byte{0x10, 0, 0, 0x94}},
		{"Thumb pair", ARMT, 0, []byte{0, 0xf0, 0x12, 0xf8}, []byte{0, 0xf0, 0x10, 0xf8}},
		{"SPARC call", SPARC, 8, []byte{0x40, 0, 0, 0x12}, []byte{0x40, 0, 0, 0x10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := io.ReadAll(NewReader(bytes.NewReader(c.from), c.a, c.start))
			if err != nil || !bytes.Equal(got, c.want) {
				t.Errorf("got %x, error %v; want %x", got, err, c.want)
			}
		})
	}
}

func TestTheResultDoesNotDependOnReadSizes(t *testing.T) {
	t.Parallel()
	data := make([]byte, 100_000)
	for i := range data {
		data[i] = []byte{0xe8, 0xe9, 0xeb, 0x48, 0, 0xff, 0x94, 0xf0, 0xf8, 0x40, byte(i)}[i*7%11]
	}
	for a := X86; a <= ARM64; a++ {
		whole, err := io.ReadAll(NewReader(bytes.NewReader(data), a, 0))
		if err != nil || len(whole) != len(data) {
			t.Fatalf("converter %d: %d bytes, error %v", a, len(whole), err)
		}
		parts, err := io.ReadAll(iotest.OneByteReader(NewReader(iotest.HalfReader(bytes.NewReader(data)), a, 0)))
		if err != nil || !bytes.Equal(whole, parts) {
			t.Errorf("converter %d: output depends on the size of reads (error %v)", a, err)
		}
	}
}

func TestDeltaOfEveryDistance(t *testing.T) {
	t.Parallel()
	data := codectest.Text(2000)
	for _, dist := range []int{1, 2, 4, 255, 256} {
		enc := bytes.Clone(data)
		for i := len(enc) - 1; i >= dist; i-- {
			enc[i] -= enc[i-dist]
		}
		got, err := io.ReadAll(NewDelta(bytes.NewReader(enc), dist))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("distance %d: wrong output, error %v", dist, err)
		}
	}
}

func FuzzFilters(f *testing.F) {
	f.Add(codectest.Text(1000), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, a uint8) {
		if r := NewReader(bytes.NewReader(b), Arch(a%8), 0); r != nil {
			if got, _ := io.ReadAll(r); len(got) != len(b) {
				t.Errorf("converter %d: %d bytes of %d", a%8, len(got), len(b))
			}
		}
		n := len(b) / 4
		joinFour(t, b, n)
	})
}

func joinFour(t *testing.T, b []byte, n int) {
	open := func(r io.Reader, _ codec.Memory) (io.Reader, error) {
		return NewBCJ2(r, bytes.NewReader(b[:n]), bytes.NewReader(b[n:2*n]), bytes.NewReader(b[2*n:3*n])), nil
	}
	_, _ = codectest.Run(t, open, b[3*n:])
}
