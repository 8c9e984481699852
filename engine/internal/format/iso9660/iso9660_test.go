package iso9660_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"unicode/utf16"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/iso9660"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

var unpack = format.Func(iso9660.Unpack)

const (
	rootLBA   = 20
	jolietLBA = 21
	dataLBA   = 30
)

type entry struct {
	name  string
	lba   int
	size  int
	flags byte
}

func record(e entry) []byte {
	name := []byte(e.name)
	n := 33 + len(name)
	n += n % 2
	r := make([]byte, n)
	r[0] = byte(n)
	binary.LittleEndian.PutUint32(r[2:], uint32(e.lba))
	binary.BigEndian.PutUint32(r[6:], uint32(e.lba))
	binary.LittleEndian.PutUint32(r[10:], uint32(e.size))
	binary.BigEndian.PutUint32(r[14:], uint32(e.size))
	r[25] = e.flags
	r[32] = byte(len(name))
	copy(r[33:], name)
	return r
}

func directory(lba int, entries ...entry) []byte {
	b := append(record(entry{"\x00", lba, 2048, 2}), record(entry{"\x01", lba, 2048, 2})...)
	for _, e := range entries {
		b = append(b, record(e)...)
	}
	return b
}

func descriptor(typ byte, root int) []byte {
	d := make([]byte, 2048)
	d[0] = typ
	copy(d[1:], "CD001\x01")
	if typ == 2 {
		copy(d[88:], "%/E")
	}
	binary.LittleEndian.PutUint16(d[128:], 2048)
	copy(d[156:], record(entry{"\x00", root, 2048, 2}))
	return d
}

func wide(s string) string {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, c)
	}
	return string(b)
}

// image lays out blocks by address; sector is the distance between them.
func image(blocks map[int][]byte, count, sector int) []byte {
	b := make([]byte, count*sector)
	head := min(16, sector-2048)
	for lba, d := range blocks {
		for len(d) > 0 {
			n := copy(b[lba*sector+head:lba*sector+head+2048], d)
			d = d[n:]
			lba++
		}
	}
	return b
}

func sample(sector int) []byte {
	return image(map[int][]byte{
		16: descriptor(1, rootLBA), 17: descriptor(2, jolietLBA), 18: descriptor(255, 0),
		rootLBA: directory(rootLBA, entry{"FIRST.TXT;1", dataLBA, len(first), 0}, entry{"SUB", 22, 2048, 2},
			entry{"PARTS.BIN;1", 36, 2048, 0x80}, entry{"PARTS.BIN;1", 34, 5, 0}),
		jolietLBA: directory(jolietLBA, entry{wide("first.txt"), dataLBA, len(first), 0}, entry{wide("überall"), 33, 7, 0}),
		22:        directory(22, entry{"LONG.BIN;1", 31, 4000, 0}),
		dataLBA:   first, 31: long, 33: []byte("joliet!"), 34: []byte("tail!"), 36: bytes.Repeat([]byte{'h'}, 2048),
	}, 40, sector)
}

var (
	first = []byte("the first file")
	long  = bytes.Repeat([]byte("0123456789abcdef"), 250)
)

func TestFilesOfBothTreesComeOut(t *testing.T) {
	t.Parallel()
	behind := append(bytes.Repeat([]byte("x"), 5000), sample(2048)...)
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"a plain image", sample(2048)},
		{"an image of raw sectors", sample(2352)},
		{"an image with subchannels", sample(2448)},
		{"an image behind junk", behind},
	} {
		r := formattest.Run(unpack, c.b)
		for _, want := range []struct {
			name string
			data []byte
		}{
			{"FIRST.TXT", first},
			{"LONG.BIN", long},
			{"überall", []byte("joliet!")},
			{"PARTS.BIN", append(bytes.Repeat([]byte{'h'}, 2048), "tail!"...)},
		} {
			got, ok := r.Find(want.name)
			if !ok || !bytes.Equal(got.Data, want.data) || got.Err != nil {
				t.Errorf("%s: %s: found %v, %d bytes, want %d, error %v", c.name, want.name, ok, len(got.Data), len(want.data), got.Err)
			}
		}
		if _, ok := r.Find("first.txt"); ok {
			t.Errorf("%s: the same extent was handed over twice", c.name)
		}
		if r.Err != nil || len(r.Facts) > 0 {
			t.Errorf("%s: error %v, facts %v", c.name, r.Err, r.Facts)
		}
	}
}

func TestEverySessionIsWalked(t *testing.T) {
	t.Parallel()
	one := image(map[int][]byte{
		16: descriptor(1, rootLBA), 17: descriptor(255, 0),
		rootLBA: directory(rootLBA, entry{"OLD.TXT;1", dataLBA, 3, 0}), dataLBA: []byte("old"),
		// The second session starts at block 40; addresses count from the start of the disc.
		56: descriptor(1, 60), 57: descriptor(255, 0),
		60: directory(60, entry{"NEW.TXT;1", 61, 3, 0}), 61: []byte("new"),
	}, 64, 2048)
	r := formattest.Run(unpack, one)
	for name, want := range map[string]string{"OLD.TXT": "old", "NEW.TXT": "new"} {
		if c, ok := r.Find(name); !ok || string(c.Data) != want {
			t.Errorf("%s: %v %q", name, ok, c.Data)
		}
	}
}

func TestACutFileIsGivenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	for _, sector := range []int{2048, 2352} {
		b := sample(sector)
		b = b[:32*sector+16]
		r := formattest.Run(unpack, b)
		c, ok := r.Find("LONG.BIN")
		if !ok || len(c.Data) < 2048 || !bytes.HasPrefix(long, c.Data) || !r.Has(format.Truncated) {
			t.Errorf("sector %d: found %v, %d bytes, facts %v", sector, ok, len(c.Data), r.Facts)
		}
	}
}

func TestDirectoriesThatContainEachOtherEnd(t *testing.T) {
	t.Parallel()
	b := image(map[int][]byte{
		16: descriptor(1, rootLBA), 17: descriptor(255, 0),
		rootLBA: directory(rootLBA, entry{"A", 22, 1 << 30, 2}, entry{"ROOT", rootLBA, 2048, 2}),
		22:      directory(22, entry{"B", rootLBA, 2048, 2}, entry{"A", 22, 2048, 2}),
	}, 40, 2048)
	r := formattest.Run(unpack, b)
	if r.Err != nil || len(r.Children) > 8 {
		t.Errorf("error %v, %d children", r.Err, len(r.Children))
	}
}

// TestManyNamesForOneExtent is the bomb of this format: directories full of
// records for the same large extent.
func TestManyNamesForOneExtentAreReadOnce(t *testing.T) {
	t.Parallel()
	blocks := map[int][]byte{16: descriptor(1, rootLBA), 17: descriptor(255, 0)}
	dir := directory(rootLBA)
	for i := 0; len(dir)+40 <= 2048; i++ {
		dir = append(dir, record(entry{fmt.Sprintf("F%d", i%10), 0, 2 << 20, 0})...)
	}
	blocks[rootLBA] = dir
	b := image(blocks, 1024, 2048)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := formattest.Run(unpack, b)
	runtime.ReadMemStats(&after)
	total := 0
	for _, c := range r.Children {
		total += len(c.Data)
	}
	if total != len(b) {
		t.Errorf("%d bytes came out of %d", total, len(b))
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 64*uint64(len(b))+32<<20 {
		t.Errorf("%d bytes allocated", n)
	}
}

func TestTheClockStopsTheWalk(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := iso9660.Unpack(ctx, input.Bytes(sample(2048)), limit.New(limit.Limits{}, nil), nil); err != limit.ErrStop {
		t.Errorf("got %v, want ErrStop", err)
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	b := sample(2048)
	formattest.Damage(t, unpack, b)
	// Flips where the structures are.
	for i := 16 * 2048; i < 23*2048; i += 7 {
		c := bytes.Clone(b)
		c[i] ^= 0xff
		if r := formattest.Run(unpack, c); r.Err != nil && r.Err != limit.ErrStop {
			t.Fatalf("byte %#x: %v", i, r.Err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, sample(2048), sample(2352), []byte("\x01CD001"))
}
