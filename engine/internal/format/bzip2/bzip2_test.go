package bzip2

import (
	"bytes"
	"slices"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

func sample(t testing.TB) []byte { return formattest.Hex(t, "sample.bz2") }

func TestContentIsOneUnnamedChild(t *testing.T) {
	t.Parallel()
	b := sample(t)
	bad := slices.Clone(b)
	bad[len(bad)-2] ^= 1 // of the checksum
	for name, b := range map[string][]byte{
		"plain":          b,
		"junk behind":    append(slices.Clone(b), "junk behind it"...),
		"wrong checksum": bad,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			formattest.WantSample(t, Unpack, b, "")
		})
	}
}

func TestOfSeveralStreamsTheFirstAndTheWholeAreScanned(t *testing.T) {
	t.Parallel()
	b := sample(t)
	r := formattest.Run(Unpack, append(slices.Clone(b), b...))
	s := formattest.Sample()
	if len(r.Children) != 2 || !bytes.Equal(r.Children[0].Data, s) || !bytes.Equal(r.Children[1].Data, append(s, s...)) {
		t.Errorf("got %d children, facts %v", len(r.Children), r.Facts)
	}
}

func TestACutStreamIsReported(t *testing.T) {
	t.Parallel()
	b := sample(t)
	if r := formattest.Run(Unpack, b[:len(b)/2]); !r.Has(format.Truncated) {
		t.Errorf("facts %v, want truncated", r.Facts)
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, Unpack, sample(t))
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, sample(f)) }
