package sevenzip

import (
	"encoding/binary"
	"slices"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

var plain = []string{"lzma.7z", "lzma2.7z", "ppmd.7z", "bcj2.7z", "deflate64.7z", "delta.7z"}

func TestAllCodersAndFilters(t *testing.T) {
	t.Parallel()
	for _, f := range plain {
		t.Run(f, func(t *testing.T) {
			t.Parallel()
			formattest.WantSample(t, Unpack, formattest.Hex(t, f), "sample.txt")
		})
	}
}

func TestEncryptionIsReported(t *testing.T) {
	t.Parallel()
	if r := formattest.Run(Unpack, formattest.Hex(t, "enc.7z")); !r.Has(format.Encrypted) || len(r.Children) != 0 {
		t.Errorf("encrypted header: facts %v, %d children", r.Facts, len(r.Children))
	}
	r := formattest.Run(Unpack, formattest.Hex(t, "encm.7z"))
	if !r.Has(format.Encrypted) || len(r.Children) != 1 || !r.Children[0].Encrypted || !r.Children[0].Nil {
		t.Errorf("encrypted member: facts %v, children %+v", r.Facts, r.Children)
	}
}

func TestMetadataCountsFromZero(t *testing.T) {
	t.Parallel()
	c := formattest.Run(Unpack, formattest.Hex(t, "lzma.7z")).Children[0]
	if c.Position != 0 || c.Size != 900 || c.CompressedSize != 0 || !c.HasCRC {
		t.Errorf("got %+v", c.Meta)
	}
}

// archive wraps a plain header.
func archive(header []byte) []byte {
	b := make([]byte, signatureSize)
	copy(b, "7z\xbc\xaf\x27\x1c\x00\x04")
	binary.LittleEndian.PutUint64(b[20:], uint64(len(header)))
	return append(b, header...)
}

func TestClaimedCountsCostNothing(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f}
	wide := []byte{0xe0, 0xff, 0xff, 0xff}
	for name, h := range map[string][]byte{
		"files":          slices.Concat([]byte{idHeader, idFiles}, huge),
		"many files":     slices.Concat([]byte{idHeader, idFiles}, wide, []byte{idEmptyStream, 1}),
		"folders":        slices.Concat([]byte{idHeader, idMainStreams, idUnpackInfo, idFolder}, huge),
		"packed streams": slices.Concat([]byte{idHeader, idMainStreams, idPackInfo, 0}, huge, []byte{idSize}),
		"digests":        slices.Concat([]byte{idHeader, idMainStreams, idPackInfo, 0}, huge, []byte{idCRC, 1}),
	} {
		t.Run(name, func(t *testing.T) {
			formattest.Growth(t, 1<<20, func() { formattest.Run(Unpack, archive(h)) })
		})
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, f := range append([]string{"enc.7z", "encm.7z"}, plain...) {
		formattest.Damage(t, Unpack, formattest.Hex(t, f))
	}
}

func FuzzUnpack(f *testing.F) {
	var seeds [][]byte
	for _, n := range plain {
		seeds = append(seeds, formattest.Hex(f, n))
	}
	formattest.Fuzz(f, Unpack, seeds...)
}
