package stream

import (
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

var samples = []string{"s.lz", "s.zst", "s.Z", "s.lzma"}

func TestEveryStreamIsRecognisedAndDecoded(t *testing.T) {
	t.Parallel()
	for _, f := range samples {
		t.Run(f, func(t *testing.T) {
			t.Parallel()
			formattest.WantSample(t, Unpack, formattest.Hex(t, f), "")
		})
	}
}

func TestOtherDataAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"", "LZIP", "]\x00\x00\x00\x00", "\x1f\x9d\x08\x00", string(formattest.Sample())} {
		if Recognised([]byte(b)) {
			t.Errorf("%q was recognised", b)
		}
		if r := formattest.Run(Unpack, []byte(b)); len(r.Children) != 0 || r.Err != nil {
			t.Errorf("%q gave %d children, error %v", b, len(r.Children), r.Err)
		}
	}
}

func TestACutStreamIsReported(t *testing.T) {
	t.Parallel()
	b := formattest.Hex(t, "s.lz")
	if r := formattest.Run(Unpack, b[:len(b)-40]); !r.Has(format.Truncated) {
		t.Errorf("facts %v, want truncated", r.Facts)
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, f := range samples {
		formattest.Damage(t, Unpack, formattest.Hex(t, f))
	}
}

func FuzzUnpack(f *testing.F) {
	var seeds [][]byte
	for _, n := range samples {
		seeds = append(seeds, formattest.Hex(f, n))
	}
	formattest.Fuzz(f, Unpack, seeds...)
}
