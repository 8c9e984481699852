package nsis_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/ulikunitz/xz/lzma"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/nsis"
)

var unpack = format.Func(nsis.Unpack)

type packer func(t testing.TB, b []byte) []byte

func deflated(t testing.TB, b []byte) []byte {
	t.Helper()
	var w bytes.Buffer
	z, err := flate.NewWriter(&w, 9)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write(b)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// lzmaed packs as NSIS does: properties, then the stream with an end mark.
func lzmaed(t testing.TB, b []byte) []byte {
	t.Helper()
	var w bytes.Buffer
	z, err := lzma.WriterConfig{DictCap: 1 << 23, EOSMarker: true}.NewWriter(&w)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write(b)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out := w.Bytes()
	return append(out[:5:5], out[13:]...)
}

func filtered(t testing.TB, b []byte) []byte { return append([]byte{0}, lzmaed(t, b)...) }

func bzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	// "bzip2 member", made by bzip2 1.0.8 and cut down to what NSIS keeps of it.
	const vector = "310000033300800020002444a0204000620c98821a184093063733bc5c"
	if string(b) != "bzip2 member" {
		t.Fatal("there is a vector for one text only")
	}
	z, err := hex.DecodeString(vector)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func first(script, total int) []byte {
	h := append(make([]byte, 4), "\xef\xbe\xad\xdeNullsoftInst"...)
	h = binary.LittleEndian.AppendUint32(h, uint32(script))
	return binary.LittleEndian.AppendUint32(h, uint32(28+total))
}

// separate packs members one by one; nil stores them.
func separate(t testing.TB, p packer, members ...string) []byte {
	var body []byte
	for _, m := range members {
		b, bit := []byte(m), uint32(0)
		if p != nil {
			b, bit = p(t, b), 1<<31
		}
		body = append(binary.LittleEndian.AppendUint32(body, uint32(len(b))|bit), b...)
	}
	body = append(body, "\xc5\x0d\xc5\x0d"...) // checksum
	return append(first(len(members[0]), len(body)), body...)
}

func solid(t testing.TB, p packer, members ...string) []byte {
	var all []byte
	for _, m := range members {
		all = append(binary.LittleEndian.AppendUint32(all, uint32(len(m))), m...)
	}
	body := p(t, all)
	return append(first(len(members[0]), len(body)), body...)
}

func summary(r formattest.Result) string {
	var s []string
	for _, c := range r.Children {
		s = append(s, fmt.Sprintf("%s%s", c.Type, c.Data))
	}
	return strings.Join(s, "|")
}

func TestMembersComeOutHoweverPacked(t *testing.T) {
	t.Parallel()
	const want = "BINARY_DATAthe script|first member|" + "second member"
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"stored", separate(t, nil, "the script", "first member", "second member"), want},
		{"deflate", separate(t, deflated, "the script", "first member", "second member"), want},
		{"LZMA", separate(t, lzmaed, "the script", "first member", "second member"), want},
		{"LZMA with a filter byte", separate(t, filtered, "the script", "first member", "second member"), want},
		{"bzip2", separate(t, bzipped, "bzip2 member", "bzip2 member"), "BINARY_DATAbzip2 member|bzip2 member"},
		{"deflate, solid", solid(t, deflated, "the script", "first member", "second member"), want},
		{"LZMA, solid", solid(t, lzmaed, "the script", "first member", "second member"), want},
		{"LZMA with a filter byte, solid", solid(t, filtered, "the script", "first member", "second member"), want},
		{"behind other data", append([]byte("0123456789"), separate(t, deflated, "the script", "first member", "second member")...), want},
	} {
		r := formattest.Run(unpack, c.b)
		if got := summary(r); got != c.want || r.Err != nil {
			t.Errorf("%s: got %q, facts %v, error %v", c.name, got, r.Facts, r.Err)
		}
	}
}

func TestADamagedMemberDoesNotHurtTheOthers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("some text that compresses ", 50)
	b := separate(t, deflated, "the script", long, "last")
	at := bytes.Index(b, deflated(t, []byte(long)))
	for i := at + 10; i < at+40; i++ {
		b[i] ^= 0x55
	}
	r := formattest.Run(unpack, b)
	if got := summary(r); !strings.HasSuffix(got, "|last") || !r.Has(format.Damaged) && !r.Has(format.Truncated) {
		t.Errorf("got %q, facts %v", got, r.Facts)
	}
}

func TestACutArchiveGivesWhatIsThere(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 20000)
	for i := range noise {
		noise[i] = byte(i * i >> 5)
	}
	for name, b := range map[string][]byte{
		"separate": separate(t, deflated, "the script", string(noise)), "solid": solid(t, lzmaed, "the script", string(noise)),
	} {
		r := formattest.Run(unpack, b[:len(b)/2])
		last := r.Children[len(r.Children)-1]
		if len(last.Data) == 0 || !bytes.HasPrefix(noise, last.Data) || !r.Has(format.Truncated) {
			t.Errorf("%s: %d bytes, facts %v", name, len(last.Data), r.Facts)
		}
	}
}

func TestBombsStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	zeros := string(make([]byte, 40<<20))
	for name, b := range map[string][]byte{
		"one large member": separate(t, deflated, "s", zeros),
		"a solid stream":   solid(t, deflated, "s", zeros, zeros),
		"no progress":      append(first(1, 1<<20), make([]byte, 1<<20)...),
	} {
		r := formattest.Run(unpack, b)
		total := 0
		for _, c := range r.Children {
			total += len(c.Data)
		}
		if int64(total) > formattest.Limits().ScanSize {
			t.Errorf("%s: %d bytes came out", name, total)
		}
	}
}

func TestDamageIsNormal(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, separate(t, deflated, "the script", "first member", "second member"))
	formattest.Damage(t, unpack, solid(t, lzmaed, "the script", "first member", "second member"))
	formattest.Damage(t, unpack, separate(t, bzipped, "bzip2 member", "bzip2 member"))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, separate(f, deflated, "the script", "member"), solid(f, lzmaed, "the script", "member"),
		separate(f, bzipped, "bzip2 member"), solid(f, filtered, "s", "m"), separate(f, nil, "script", "member"))
}
