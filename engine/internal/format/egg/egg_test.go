package egg

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

var le = binary.LittleEndian

func end(b []byte) []byte { return le.AppendUint32(b, markEnd) }

func field(b []byte, mark uint32, data []byte) []byte {
	b = append(le.AppendUint32(b, mark), 0)
	return append(le.AppendUint16(b, uint16(len(data))), data...)
}

// pack makes an archive of one member in blocks, with additional archive and
// member fields.
func pack(archive, member []byte, method byte, blocks ...[]byte) []byte {
	b := le.AppendUint32(nil, markArchive)
	b = le.AppendUint16(b, version)
	b = append(le.AppendUint32(b, 1), 0, 0, 0, 0)
	b = end(append(b, archive...))
	b = append(le.AppendUint32(b, markFile), 0, 0, 0, 0)
	b = le.AppendUint64(b, 900)
	b = end(append(field(b, markName, []byte("s.txt")), member...))
	for _, d := range blocks {
		b = append(le.AppendUint32(b, markBlock), method, 0)
		b = le.AppendUint32(b, 900)
		b = le.AppendUint32(b, uint32(len(d)))
		b = append(end(append(b, 0, 0, 0, 0)), d...)
	}
	return end(b)
}

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

func TestMembersOfOneAndMoreBlocks(t *testing.T) {
	t.Parallel()
	s := formattest.Sample()
	formattest.WantSample(t, Unpack, pack(nil, nil, methodStored, s), "s.txt")
	formattest.WantSample(t, Unpack, pack(nil, nil, methodStored, s[:100], s[100:]), "s.txt")
	formattest.WantSample(t, Unpack, pack(nil, nil, methodDeflate, deflate(t, s)), "s.txt")
	formattest.WantSample(t, Unpack, pack(nil, nil, methodDeflate, deflate(t, s[:500]), deflate(t, s[500:])), "s.txt")
}

func TestCommentsAreObjectsOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := pack(field(nil, markComment, formattest.Sample()), nil, methodStored, []byte("x"))
	formattest.WantSample(t, Unpack, b, "")
}

func TestEncryptedAndSolidArchivesAreReported(t *testing.T) {
	t.Parallel()
	r := formattest.Run(Unpack, pack(nil, field(nil, markEncrypt, make([]byte, 17)), methodStored, formattest.Sample()))
	if !r.Has(format.Encrypted) || !r.Children[0].Nil || !r.Children[0].Encrypted {
		t.Errorf("encrypted: children %+v, facts %v", r.Children, r.Facts)
	}
	r = formattest.Run(Unpack, pack(field(nil, markSolid, nil), nil, methodStored, formattest.Sample()))
	if !r.Has(format.Unsupported) || !r.Children[0].Nil {
		t.Errorf("solid: children %+v, facts %v", r.Children, r.Facts)
	}
}

func seeds(t testing.TB) [][]byte {
	s := formattest.Sample()
	return [][]byte{
		pack(field(nil, markComment, []byte("c")), nil, methodStored, s[:100], s[100:]),
		pack(nil, nil, methodDeflate, deflate(t, s)), pack(nil, nil, methodLZMA, s),
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, b := range seeds(t) {
		formattest.Damage(t, Unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, seeds(f)...) }
