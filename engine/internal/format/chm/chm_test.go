package chm

import (
	"encoding/binary"
	"testing"

	"gclam/engine/internal/format/formattest"
)

var le = binary.LittleEndian

func putNumber(b []byte, v int) []byte {
	if v >= 1<<7 {
		b = append(b, byte(v>>7)|0x80)
	}
	return append(b, byte(v&0x7f))
}

// pack makes a file with the sample in the uncompressed section, and an LZX
// section of one uncompressed block that holds it, too.
func pack() []byte {
	s := formattest.Sample()
	lzx := []byte{0, 0}
	le.PutUint16(lzx, uint16(0<<15|3<<12|(900>>12))) // no translation, type, size
	lzx = le.AppendUint16(lzx, uint16(900&0xfff<<4))
	for range 3 {
		lzx = append(lzx, 1, 0, 0, 0)
	}
	lzx = append(lzx, s...)

	control := make([]byte, 0x1c)
	copy(control[4:], "LZXC")
	le.PutUint32(control[8:], 2)
	le.PutUint32(control[12:], 2)
	le.PutUint32(control[16:], 1)
	table := make([]byte, 0x28)
	le.PutUint64(table[0x10:], 900)

	var content, dir []byte
	add := func(name string, section, off int, data []byte) {
		dir = append(putNumber(dir, len(name)), name...)
		dir = putNumber(dir, section)
		dir = putNumber(dir, off)
		dir = putNumber(dir, len(data))
		if section == 0 {
			content = append(content, data...)
		}
	}
	add("/plain.txt", 0, 0, s)
	add(contentName, 0, len(content), lzx)
	add(controlName, 0, len(content), control)
	add(tableName, 0, len(content), table)
	add("/packed.txt", 1, 0, s)

	chunk := append([]byte("PMGL"), make([]byte, listHeader-4)...)
	chunk = append(chunk, dir...)
	b := append([]byte("ITSF"), make([]byte, headerSize-4)...)
	head := append([]byte("ITSP"), make([]byte, 0x54-4)...)
	le.PutUint32(head[8:], 0x54)
	le.PutUint32(head[0x10:], uint32(len(chunk)))
	le.PutUint32(head[0x2c:], 1)
	le.PutUint32(b[4:], 3)
	le.PutUint64(b[0x48:], headerSize)
	le.PutUint64(b[0x50:], uint64(len(head)+len(chunk)))
	le.PutUint64(b[0x58:], uint64(headerSize+len(head)+len(chunk)))
	return append(append(append(b, head...), chunk...), content...)
}

func TestBothSections(t *testing.T) {
	t.Parallel()
	formattest.WantSample(t, Unpack, pack(), "/plain.txt")
	formattest.WantSample(t, Unpack, pack(), "/packed.txt")
}

func TestInternalEntriesAreNotHandedOver(t *testing.T) {
	t.Parallel()
	if r := formattest.Run(Unpack, pack()); len(r.Children) != 2 {
		t.Errorf("got %d children, want 2", len(r.Children))
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, Unpack, pack())
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, pack()) }
