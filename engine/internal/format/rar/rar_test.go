package rar

import (
	"encoding/binary"
	"hash/crc32"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

var le = binary.LittleEndian

// block4Bytes makes a block of the old format.
func block4Bytes(kind byte, flags uint16, body, data []byte) []byte {
	b := []byte{0, 0, kind}
	b = le.AppendUint16(b, flags)
	b = le.AppendUint16(b, uint16(7+len(body)))
	b = append(b, body...)
	le.PutUint16(b, uint16(crc32.ChecksumIEEE(b[2:])))
	return append(b, data...)
}

// file4Bytes makes a stored member.
func file4Bytes(name string, flags uint16, data []byte) []byte {
	b := le.AppendUint32(nil, uint32(len(data)))
	b = le.AppendUint32(b, uint32(len(data)))
	b = append(b, 2)
	b = le.AppendUint32(b, crc32.ChecksumIEEE(data))
	b = append(b, 0, 0, 0, 0, 20, method4Store)
	b = le.AppendUint16(b, uint16(len(name)))
	b = append(append(b, 0, 0, 0, 0), name...)
	return block4Bytes(head4File, flags|flag4Long, b, data)
}

func archive4(mainFlags uint16, blocks ...[]byte) []byte {
	b := append([]byte{}, magic4...)
	b = append(b, block4Bytes(head4Main, mainFlags, make([]byte, 6), nil)...)
	for _, x := range blocks {
		b = append(b, x...)
	}
	return append(b, block4Bytes(head4End, 0, nil, nil)...)
}

// block5Bytes makes a block of RAR 5 whose header is below 128 bytes.
func block5Bytes(body, data []byte) []byte {
	h := append([]byte{byte(len(body))}, body...)
	return append(append(le.AppendUint32(nil, crc32.ChecksumIEEE(h)), h...), data...)
}

func archive5(extra []byte, data []byte) []byte {
	b := append([]byte{}, magic5...)
	b = append(b, block5Bytes([]byte{1, 0, 0}, nil)...)
	body := []byte{head5File, flag5Data}
	if len(extra) > 0 {
		body = []byte{head5File, flag5Data | flag5Extra, byte(len(extra))}
	}
	n := []byte{byte(len(data)) | 0x80, byte(len(data) >> 7)}
	body = append(append(append(body, n...), file5CRC), n...)
	body = append(body, 0)
	body = le.AppendUint32(body, crc32.ChecksumIEEE(data))
	body = append(append(body, 0, 1, 5), "s.txt"...)
	b = append(b, block5Bytes(append(body, extra...), data)...)
	return append(b, block5Bytes([]byte{head5End, 0, 0}, nil)...)
}

func TestStoredMembersOfBothFormats(t *testing.T) {
	t.Parallel()
	s := formattest.Sample()
	formattest.WantSample(t, Unpack, archive4(0, file4Bytes("first", 0, []byte("x")), file4Bytes("s.txt", 0, s)), "s.txt")
	formattest.WantSample(t, Unpack, archive5(nil, s), "s.txt")
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	s := formattest.Sample()
	for _, b := range [][]byte{archive4(0, file4Bytes("s.txt", 0, s)), archive5(nil, s)} {
		c := formattest.Run(Unpack, b).Children[0]
		if c.Position != 1 || c.Size != 900 || c.CompressedSize != 900 || c.CRC32 != crc32.ChecksumIEEE(s) || c.Encrypted {
			t.Errorf("got %+v", c.Meta)
		}
	}
}

func TestEncryptionIsReported(t *testing.T) {
	t.Parallel()
	s := formattest.Sample()
	for name, b := range map[string][]byte{
		"RAR 4 member":  archive4(0, file4Bytes("s.txt", flag4Secret, s)),
		"RAR 4 headers": archive4(flag4Crypt, file4Bytes("s.txt", 0, s)),
		"RAR 5 member":  archive5([]byte{2, extra5Crypt, 0}, s),
		"RAR 5 headers": append(append([]byte{}, magic5...), block5Bytes([]byte{head5Crypt, 0, 0}, nil)...),
	} {
		r := formattest.Run(Unpack, b)
		if !r.Has(format.Encrypted) {
			t.Errorf("%s: not reported, facts %v", name, r.Facts)
		}
		for _, c := range r.Children {
			if !c.Nil {
				t.Errorf("%s: encrypted bytes were handed over", name)
			}
		}
	}
}

func TestACommentIsAnObjectOfItsOwn(t *testing.T) {
	t.Parallel()
	c := file4Bytes("CMT", 0, formattest.Sample())
	c[2] = head4Sub
	formattest.WantSample(t, Unpack, archive4(0, c), "")
}

func seeds() [][]byte {
	s := formattest.Sample()
	packed := file4Bytes("p", 0, s)
	packed[25] = 0x33 // a method that the decoder has to try
	return [][]byte{
		archive4(0, file4Bytes("a", 0, s), file4Bytes("b", 0, s)), archive4(0, packed),
		archive5(nil, s), archive5([]byte{2, extra5Crypt, 0}, s),
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, b := range seeds() {
		formattest.Damage(t, Unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, seeds()...) }
