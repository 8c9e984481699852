package cab

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"testing"

	"gclam/engine/internal/codec/codectest"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

var le = binary.LittleEndian

type member struct {
	name string
	size int
	off  int
}

type datum struct {
	packed []byte
	size   int
}

// pack makes a cabinet of one folder.
func pack(method uint16, files []member, data ...datum) []byte {
	var list, blocks []byte
	for _, f := range files {
		list = le.AppendUint32(list, uint32(f.size))
		list = le.AppendUint32(list, uint32(f.off))
		list = append(list, make([]byte, 8)...)
		list = append(append(list, f.name...), 0)
	}
	for _, d := range data {
		blocks = append(blocks, 0, 0, 0, 0)
		blocks = le.AppendUint16(blocks, uint16(len(d.packed)))
		blocks = le.AppendUint16(blocks, uint16(d.size))
		blocks = append(blocks, d.packed...)
	}
	b := append([]byte("MSCF"), make([]byte, headerSize-4)...)
	start := headerSize + folderSize + len(list)
	le.PutUint32(b[8:], uint32(start+len(blocks)))
	le.PutUint32(b[16:], headerSize+folderSize)
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], uint16(len(files)))
	b = le.AppendUint32(b, uint32(start))
	b = le.AppendUint16(b, uint16(len(data)))
	b = le.AppendUint16(b, method)
	return append(append(b, list...), blocks...)
}

// mszipBlocks compresses data in blocks of 32 KiB that share their history.
func mszipBlocks(t testing.TB, data []byte) []datum {
	t.Helper()
	var list []datum
	var hist []byte
	for len(data) > 0 {
		part := data[:min(frame, len(data))]
		data = data[len(part):]
		b := bytes.NewBufferString("CK")
		w, err := flate.NewWriterDict(b, 9, hist)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		list = append(list, datum{b.Bytes(), len(part)})
		hist = part
	}
	return list
}

func TestStoredAndMSZIPFolders(t *testing.T) {
	t.Parallel()
	s := formattest.Sample()
	formattest.WantSample(t, Unpack, formattest.Hex(t, "mszip.cab"), "sample.txt")
	files := []member{{"x", 10, 0}, {"s.txt", 900, 10}}
	data := append([]byte("0123456789"), s...)
	formattest.WantSample(t, Unpack, pack(methodNone, files, datum{data[:100], 100}, datum{data[100:], 810}), "s.txt")
	formattest.WantSample(t, Unpack, pack(methodMSZIP, files, mszipBlocks(t, data)...), "s.txt")
}

func TestHistoryGoesFromBlockToBlock(t *testing.T) {
	t.Parallel()
	data := codectest.Text(100_000)
	r := formattest.Run(Unpack, pack(methodMSZIP, []member{{"a", 40_000, 0}, {"b", 60_000, 40_000}}, mszipBlocks(t, data)...))
	a, _ := r.Find("a")
	b, _ := r.Find("b")
	if !bytes.Equal(append(a.Data, b.Data...), data) {
		t.Errorf("got %d and %d bytes, facts %v", len(a.Data), len(b.Data), r.Facts)
	}
}

func TestFilesBehindABadBlockKeepTheirPlace(t *testing.T) {
	t.Parallel()
	data := codectest.Text(3 * frame)
	copy(data[2*frame+50:], formattest.Sample())
	blocks := mszipBlocks(t, data)
	blocks[0].packed = []byte("CKgarbage")
	// The last block must not need the history that was lost.
	blocks[2] = mszipBlocks(t, data[2*frame:])[0]
	formattest.WantSample(t, Unpack, pack(methodMSZIP, []member{{"s.txt", 900, 2*frame + 50}}, blocks...), "s.txt")
}

func TestOverlappingFilesAreReadAgainButNotForEver(t *testing.T) {
	t.Parallel()
	var files []member
	for range 500 {
		files = append(files, member{"f", 900, 0})
	}
	r := formattest.Run(Unpack, pack(methodNone, files, datum{formattest.Sample(), 900}))
	n := 0
	for _, c := range r.Children {
		if !c.Nil {
			n++
		}
	}
	if n < 2 || n > maxRewinds+1 {
		t.Errorf("%d files were read, want a few", n)
	}
}

func TestACutCabinetGivesWhatIsThere(t *testing.T) {
	t.Parallel()
	b := pack(methodNone, []member{{"s.txt", 900, 0}}, datum{formattest.Sample(), 900})
	r := formattest.Run(Unpack, b[:len(b)-300])
	c, ok := r.Find("s.txt")
	if !ok || len(c.Data) != 600 || !r.Has(format.Truncated) {
		t.Errorf("found %v, %d bytes, facts %v", ok, len(c.Data), r.Facts)
	}
}

func seeds(t testing.TB) [][]byte {
	text := codectest.Text(2000)
	f := []member{{"a", 1500, 0}, {"b", 500, 1500}}
	return [][]byte{
		formattest.Hex(t, "mszip.cab"), pack(methodMSZIP, f, mszipBlocks(t, text)...), pack(methodNone, f, datum{text, 2000}),
		pack(0x0f03, f, datum{text, 2000}), pack(0x0a72, f, datum{text, 2000}),
	}
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, b := range seeds(t) {
		formattest.Damage(t, Unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, seeds(f)...) }
