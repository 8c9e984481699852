package tar

import (
	stdtar "archive/tar"
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
)

func pack(t testing.TB, f stdtar.Format, names []string, data ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := stdtar.NewWriter(&b)
	for i, n := range names {
		h := &stdtar.Header{Name: n, Mode: 0o644, Size: int64(len(data[i])), Format: f, Typeflag: stdtar.TypeReg}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// seal writes the checksum of the header at the start of b.
func seal(b []byte) []byte {
	copy(b[sumOff:], "        ")
	sum := 0
	for _, c := range b[:block] {
		sum += int(c)
	}
	copy(b[sumOff:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

func TestMembersOfAllDialects(t *testing.T) {
	t.Parallel()
	s := formattest.Sample()
	good := pack(t, stdtar.FormatUSTAR, []string{"s.txt"}, s)
	big := slices.Clone(good)
	copy(big[sizeOff:], "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x84")
	v7 := slices.Clone(good)
	copy(v7[257:], make([]byte, 8))
	odd := slices.Clone(good)
	odd[typeOff] = 'D'
	bad := slices.Clone(good)
	bad[sumOff] ^= 1
	for name, b := range map[string][]byte{
		"ustar":                        good,
		"GNU":                          pack(t, stdtar.FormatGNU, []string{"s.txt"}, s),
		"pax":                          pack(t, stdtar.FormatPAX, []string{"s.txt"}, s),
		"v7, no magic":                 seal(v7),
		"size in base 256":             seal(big),
		"unknown type letter":          seal(odd),
		"no end blocks":                good[:1536],
		"behind an end block":          append(make([]byte, 1024), good...),
		"behind an entry of bad sum":   append(bad, good...),
		"GNU name longer than a field": append(pack(t, stdtar.FormatGNU, []string{strings.Repeat("d/", 100) + "f"}, nil)[:1536], good...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			formattest.WantSample(t, Unpack, b, "s.txt")
		})
	}
}

func TestACutMemberIsPaddedAsClamAVDoes(t *testing.T) {
	t.Parallel()
	b := pack(t, stdtar.FormatUSTAR, []string{"s.txt"}, formattest.Sample())
	r := formattest.Run(Unpack, b[:block+200])
	c, _ := r.Find("s.txt")
	want := append(formattest.Sample()[:200:200], make([]byte, 512)...)
	if !bytes.Equal(c.Data, want) {
		t.Errorf("got %d bytes, want 200 and 512 zeros", len(c.Data))
	}
	if !r.Has(format.Truncated) {
		t.Errorf("facts %v, want truncated", r.Facts)
	}
}

func TestAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		var names []string
		var data [][]byte
		for i := range 1 + rnd.IntN(20) {
			names = append(names, fmt.Sprintf("f%d", i))
			d := make([]byte, rnd.IntN(3000))
			for j := range d {
				d[j] = byte(rnd.Uint32())
			}
			data = append(data, d)
		}
		r := formattest.Run(Unpack, pack(t, stdtar.FormatPAX, names, data...))
		for i, n := range names {
			c, ok := r.Find(n)
			if len(data[i]) > 0 && (!ok || !bytes.Equal(c.Data, data[i])) {
				t.Fatalf("member %s: found %v, %d bytes, want %d", n, ok, len(c.Data), len(data[i]))
			}
		}
	}
}

func TestAClaimedExabyteCostsNothing(t *testing.T) {
	b := pack(t, stdtar.FormatUSTAR, []string{"s.txt"}, formattest.Sample())
	copy(b[sizeOff:], "777777777777")
	seal(b)
	formattest.Growth(t, 4<<20, func() { formattest.Run(Unpack, b) })
}

func TestDamageIsNoError(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, Unpack, pack(t, stdtar.FormatPAX, []string{"a", "b"}, formattest.Sample(), formattest.Sample()))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, Unpack, pack(f, stdtar.FormatGNU, []string{"a", "b"}, formattest.Sample(), formattest.Sample()))
}
