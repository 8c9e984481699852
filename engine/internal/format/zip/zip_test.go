package zip

import (
	stdzip "archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

// build makes an archive of the named contents with the standard library.
func build(t testing.TB, method uint16, names []string, data ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := stdzip.NewWriter(&b)
	for i, n := range names {
		f, err := w.CreateHeader(&stdzip.FileHeader{Name: n, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// local makes a local header and stored data, without data descriptor.
func local(name string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x04034b50)
	b = append(b, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	b = append(b, 0, 0)
	return append(append(b, name...), data...)
}

func TestMembersAreFoundHoweverTheArchiveIsDamaged(t *testing.T) {
	t.Parallel()
	s := formattest.Sample()
	deflated := build(t, stdzip.Deflate, []string{"a/s.txt"}, s)
	stored := build(t, stdzip.Store, []string{"a/s.txt"}, s)
	cd := bytes.Index(deflated, centralMagic)
	moved := slices.Clone(deflated)
	binary.LittleEndian.PutUint32(moved[len(moved)-6:], 0) // directory offset
	for name, b := range map[string][]byte{
		"intact, deflated":                deflated,
		"intact, stored":                  stored,
		"without end record":              deflated[:len(deflated)-22],
		"without central directory":       deflated[:cd],
		"stored, without directory":       stored[:bytes.Index(stored, centralMagic)],
		"directory offset is wrong":       moved,
		"junk behind":                     append(slices.Clone(deflated), make([]byte, 100_000)...),
		"a clean archive glued behind it": append(slices.Clone(deflated), build(t, stdzip.Deflate, []string{"x"}, []byte("clean"))...),
		"an uncatalogued member in front": append(local("a/s.txt", s), build(t, stdzip.Deflate, []string{"x"}, []byte("clean"))...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			formattest.WantSample(t, Unpack, b, "a/s.txt")
		})
	}
}

func TestMethodsOfOtherArchivers(t *testing.T) {
	t.Parallel()
	for _, f := range []string{"Deflate64.zip", "LZMA.zip", "XZ.zip", "PPMd.zip"} {
		formattest.WantSample(t, Unpack, formattest.Hex(t, f), "sample.txt")
	}
}

func TestEncryptedMembersAreReportedAndOpenedByAFittingPassword(t *testing.T) {
	t.Parallel()
	for _, f := range []string{"aes.zip", "crypt.zip"} {
		b := formattest.Hex(t, f)
		formattest.WantSample(t, Unpack, b, "sample.txt", "wrong", "secret")
		r := Run(b)
		if !r.Has(format.Encrypted) || !r.Children[0].Encrypted {
			t.Errorf("%s: encryption was not reported: facts %v", f, r.Facts)
		}
	}
}

// Run unpacks without passwords.
func Run(b []byte) formattest.Result { return formattest.Run(Unpack, b) }

func TestMetadataOfBothHeadersIsShownWhenTheyDiffer(t *testing.T) {
	t.Parallel()
	b := build(t, stdzip.Store, []string{"one"}, formattest.Sample())
	i := bytes.Index(b, centralMagic)
	copy(b[i+centralSize:], "two")
	r := Run(b)
	if len(r.Children) != 2 || r.Children[0].Name != "two" || !r.Children[0].Nil || r.Children[1].Name != "one" {
		t.Errorf("got %+v, want the directory's header and the member", r.Children)
	}
}

// overlapping makes an archive of n entries that share their data.
func overlapping(n int) []byte {
	var b, cd []byte
	for i := range n {
		name := fmt.Sprintf("f%02d", i)
		l := local(name, nil)
		size := uint32((n-i-1)*len(l) + 100)
		binary.LittleEndian.PutUint32(l[18:], size)
		binary.LittleEndian.PutUint32(l[22:], size)
		c := make([]byte, centralSize)
		copy(c, centralMagic)
		copy(c[6:], l[4:30])
		binary.LittleEndian.PutUint32(c[42:], uint32(len(b)))
		cd = append(append(cd, c...), name...)
		b = append(b, l...)
	}
	b = append(b, make([]byte, 100)...)
	start := len(b)
	b = append(b, cd...)
	e := make([]byte, endSize)
	copy(e, endMagic)
	binary.LittleEndian.PutUint32(e[12:], uint32(len(cd)))
	binary.LittleEndian.PutUint32(e[16:], uint32(start))
	return append(b, e...)
}

func TestMoreThanFiveOverlapsAreABomb(t *testing.T) {
	t.Parallel()
	if r := Run(overlapping(6)); r.Has(format.Overlap) {
		t.Error("five overlaps were taken for a bomb")
	}
	r := Run(overlapping(7))
	if !r.Has(format.Overlap) {
		t.Error("six overlaps were not reported")
	}
	for _, c := range r.Children {
		if !c.Nil {
			t.Errorf("member %s of a bomb was extracted", c.Name)
		}
	}
}

func TestAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		var names []string
		var data [][]byte
		for i := range 1 + rnd.IntN(20) {
			names = append(names, fmt.Sprintf("dir%d/file%d", rnd.IntN(3), i))
			d := make([]byte, 1+rnd.IntN(5000))
			for j := range d {
				d[j] = byte(rnd.IntN(1 + rnd.IntN(255)))
			}
			data = append(data, d)
		}
		b := build(t, uint16(8*rnd.IntN(2)), names, data...)
		r := Run(b)
		for i, n := range names {
			c, ok := r.Find(n)
			if !ok || !bytes.Equal(c.Data, data[i]) {
				t.Fatalf("member %s: found %v, %d bytes, want %d", n, ok, len(c.Data), len(data[i]))
			}
		}
	}
}

func TestAMemberIsCutAtMaxFileSize(t *testing.T) {
	t.Parallel()
	b := build(t, stdzip.Deflate, []string{"zeros"}, make([]byte, 20<<20))
	c, _ := Run(b).Find("zeros")
	if want := formattest.Limits().FileSize; int64(len(c.Data)) != want {
		t.Errorf("got %d bytes, want %d", len(c.Data), want)
	}
}

func TestAMillionClaimedEntriesCostNothing(t *testing.T) {
	b := build(t, stdzip.Store, []string{"a"}, formattest.Sample())
	binary.LittleEndian.PutUint16(b[len(b)-12:], 0xffff)
	binary.LittleEndian.PutUint32(b[len(b)-10:], 0x7fffffff)
	formattest.Growth(t, 4<<20, func() { formattest.WantSample(t, Unpack, b, "a") })
}

func TestOneLocalHeaderInsideOtherData(t *testing.T) {
	t.Parallel()
	b := append(local("s.txt", formattest.Sample()), local("second", formattest.Sample())...)
	formattest.WantSample(t, UnpackLocal, b, "s.txt")
	if r := formattest.Run(UnpackLocal, b); len(r.Children) != 1 {
		t.Errorf("got %d children, want one", len(r.Children))
	}
}

func seeds(t testing.TB) [][]byte {
	s := [][]byte{
		build(t, stdzip.Deflate, []string{"a", "b"}, formattest.Sample(), formattest.Sample()),
		build(t, stdzip.Store, []string{"a"}, formattest.Sample()), overlapping(7),
	}
	for _, f := range []string{"Deflate64.zip", "LZMA.zip", "XZ.zip", "PPMd.zip", "aes.zip", "crypt.zip"} {
		s = append(s, formattest.Hex(t, f))
	}
	for m := range 7 { // old methods over noise
		b := local("m", formattest.Sample())
		b[8] = byte(m)
		s = append(s, b)
	}
	return s
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	for _, b := range seeds(t) {
		formattest.Damage(t, Unpack, b)
	}
}

func FuzzUnpack(f *testing.F) { formattest.Fuzz(f, Unpack, seeds(f)...) }
