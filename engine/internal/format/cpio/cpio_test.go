package cpio

import (
	"encoding/binary"
	"fmt"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

// pack makes a member of the given dialect: le, be, odc, newc or crc.
func pack(dialect, name string, data []byte) []byte {
	n := name + "\x00"
	switch dialect {
	case "odc":
		return append(fmt.Appendf(nil, "070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s",
			1, 1, 0o100644, 0, 0, 1, 0, 0, len(n), len(data), n), data...)
	case "newc", "crc":
		b := []byte("070701")
		if dialect == "crc" {
			b[5] = '2'
		}
		for _, v := range []int{1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(n), 0} {
			b = fmt.Appendf(b, "%08X", v)
		}
		return padTo(append(padTo(append(b, n...), 4), data...), 4)
	}
	var o binary.AppendByteOrder = binary.LittleEndian
	if dialect == "be" {
		o = binary.BigEndian
	}
	var b []byte
	for _, v := range []int{0o70707, 1, 1, 0o100644, 0, 0, 1, 0, 0, 0, len(n), len(data) >> 16, len(data)} {
		b = o.AppendUint16(b, uint16(v))
	}
	return padTo(append(padTo(append(b, n...), 2), data...), 2)
}

func padTo(b []byte, n int) []byte {
	for len(b)%n != 0 {
		b = append(b, 0)
	}
	return b
}

var dialects = []string{"le", "be", "odc", "newc", "crc"}

func TestAllDialects(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d, func(t *testing.T) {
			t.Parallel()
			b := append(pack(d, "first", []byte("odd")), pack(d, "dir/s.txt", formattest.Sample())...)
			b = append(b, pack(d, "TRAILER!!!", nil)...)
			formattest.WantSample(t, Unpack, b, "dir/s.txt")
			next := append(padTo(b, 512), pack(d, "second", formattest.Sample())...)
			formattest.WantSample(t, Unpack, next, "second")
		})
	}
}

func TestACutMemberIsScannedAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	b := pack("newc", "s.txt", formattest.Sample())
	r := formattest.Run(Unpack, b[:len(b)-300])
	c, ok := r.Find("s.txt")
	if !ok || len(c.Data) != 600 || !r.Has(format.Truncated) {
		t.Errorf("found %v, %d bytes, facts %v", ok, len(c.Data), r.Facts)
	}
}

func TestOddCharactersOfNamesAreReplaced(t *testing.T) {
	t.Parallel()
	formattest.WantSample(t, Unpack, pack("odc", "a%b\\c\xe4", formattest.Sample()), "a_b_c_")
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		formattest.Damage(t, Unpack, pack(d, "s.txt", formattest.Sample()))
	}
}

func FuzzUnpack(f *testing.F) {
	var seeds [][]byte
	for _, d := range dialects {
		seeds = append(seeds, append(pack(d, "a", formattest.Sample()), pack(d, "TRAILER!!!", nil)...))
	}
	formattest.Fuzz(f, Unpack, seeds...)
}
