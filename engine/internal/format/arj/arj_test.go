package arj

import (
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

func TestCompressedMembers(t *testing.T) {
	t.Parallel()
	for _, f := range []string{"m1.arj", "m4.arj"} {
		formattest.WantSample(t, Unpack, formattest.Hex(t, f), "sample.txt")
	}
}

func TestGarbledMembersAreShownByTheirHeadersOnly(t *testing.T) {
	t.Parallel()
	r := formattest.Run(Unpack, formattest.Hex(t, "garbled.arj"))
	if len(r.Children) != 1 || !r.Children[0].Encrypted || !r.Children[0].Nil || !r.Has(format.Encrypted) {
		t.Errorf("children %+v, facts %v", r.Children, r.Facts)
	}
}

func TestACutMemberGivesItsBeginning(t *testing.T) {
	t.Parallel()
	b := formattest.Hex(t, "m1.arj")
	r := formattest.Run(Unpack, b[:len(b)-20])
	if !r.Has(format.Truncated) || len(r.Children) != 1 {
		t.Errorf("children %d, facts %v", len(r.Children), r.Facts)
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, f := range []string{"m1.arj", "m4.arj", "garbled.arj"} {
		formattest.Damage(t, Unpack, formattest.Hex(t, f))
	}
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, Unpack, formattest.Hex(f, "m1.arj"), formattest.Hex(f, "m4.arj"))
}
