package alz

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

func deflate(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pack makes an archive of one member, sizes in width bytes.
func pack(name string, method, flags, width byte, data []byte) []byte {
	b := []byte("ALZ\x01\x00\x00\x00\x00BLZ\x01")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	b = append(b, 0x20, 0, 0, 0, 0, width<<4|flags, 0, method, 0, 0, 0, 0, 0)
	for _, n := range []int{len(data), 900} {
		b = append(b, binary.LittleEndian.AppendUint64(nil, uint64(n))[:width]...)
	}
	return append(append(append(b, name...), data...), "CLZ\x01"...)
}

func TestStoredAndDeflatedMembers(t *testing.T) {
	t.Parallel()
	for _, width := range []byte{2, 4, 8} {
		formattest.WantSample(t, Unpack, pack("s.txt", methodStored, 0, width, formattest.Sample()), "s.txt")
		formattest.WantSample(t, Unpack, pack("s.txt", methodDeflate, 0, width, deflate(t, formattest.Sample())), "s.txt")
	}
}

func TestEncryptedMembersAreReported(t *testing.T) {
	t.Parallel()
	r := formattest.Run(Unpack, pack("s.txt", methodStored, descEncrypted, 4, formattest.Sample()))
	if !r.Has(format.Encrypted) || len(r.Children) != 1 || !r.Children[0].Nil {
		t.Errorf("children %+v, facts %v", r.Children, r.Facts)
	}
}

func seeds(t testing.TB) [][]byte {
	return [][]byte{
		pack("s.txt", methodStored, 0, 4, formattest.Sample()),
		pack("s.txt", methodDeflate, 0, 8, deflate(t, formattest.Sample())),
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, b := range seeds(t) {
		formattest.Damage(t, Unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, seeds(f)...) }
