package szdd

import (
	"bytes"
	"encoding/binary"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

// pack makes a file of literals.
func pack(data []byte, size uint32) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(magic+"t"), size)
	for len(data) > 0 {
		n := min(8, len(data))
		b = append(append(b, 0xff), data[:n]...)
		data = data[n:]
	}
	return b
}

func TestTheDeclaredSizeIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, size := range []uint32{900, 1, 5 << 20} {
		formattest.WantSample(t, Unpack, pack(formattest.Sample(), size), "")
	}
}

func TestMatchesReachBeforeTheStart(t *testing.T) {
	t.Parallel()
	b := binary.LittleEndian.AppendUint32([]byte(magic+"t"), 6)
	b = append(b, 0x00, 0xf0, 0xf0, 0xee, 0xf0) // two matches: at the start position and before it
	r := formattest.Run(Unpack, b)
	if want := make([]byte, 6); !bytes.Equal(r.Children[0].Data, want) {
		t.Errorf("got %x, want zeros", r.Children[0].Data)
	}
}

func TestOverTheLimitIsSkipped(t *testing.T) {
	t.Parallel()
	r := formattest.Run(Unpack, pack(formattest.Sample(), 1<<30))
	if len(r.Children) != 0 || !r.Has(format.Skipped) {
		t.Errorf("%d children, facts %v", len(r.Children), r.Facts)
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, Unpack, pack(formattest.Sample(), 900))
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, pack(formattest.Sample(), 900)) }
