package db

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/sig"
)

// build compiles a few signatures of every kind that the image stores.
func build(t testing.TB) []byte {
	t.Helper()
	b := NewBuilder()
	l := sig.NewLoader(sig.Options{}, b)
	for _, f := range []struct{ name, text string }{
		{"a.ndb", "A.Plain:0:*:6162636465\nA.Gap:1:EP+0,8:6162??64{4-6}6667*6869(6a|6b6c)6d\nA.Alt:0:10:(61|62)6364!(6565|6666)67\n"},
		{"b.ldb", "B.One-12-3;Engine:51-255,Target:0,FileSize:1-100;(0&1)>2|2=0;616263::iwa;646566[2-4]67;0/a+b/gi\n"},
		{"c.hdb", "44d88612fea8a8f36de82e1278abb02f:68:C.Hash-7\n44d88612fea8a8f36de82e1278abb02f:*:C.Any:73\n"},
		{"d.cdb", "D.Box:CL_TYPE_ZIP:*:evil:*:*:*:*:*:*\n"},
	} {
		b.BeginSource(Source{Name: f.name})
		n, err := l.Load(f.name, strings.NewReader(f.text), sig.Source{})
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		b.EndSource(n, nil)
	}
	if err := sig.BuiltinMagic(b); err != nil {
		t.Fatal(err)
	}
	image, err := b.Finish("test")
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func TestEqualRecordsGiveEqualBytes(t *testing.T) {
	if !bytes.Equal(build(t), build(t)) {
		t.Error("two builds of the same records differ")
	}
}

func TestAnImageGivesBackWhatWasPutIn(t *testing.T) {
	d, err := Open(build(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Meta().Signatures; got != 7 {
		t.Errorf("%d signatures, want 7", got)
	}
	if b, ok := d.Body(0); !ok || d.BodyName(&b) != "A.Plain.UNOFFICIAL" || !b.Plain {
		t.Errorf("first body record is %+v", b)
	}
	l, ok := d.Logical(0)
	if !ok || d.LogicalName(&l) != "B.One-12-3.UNOFFICIAL" || l.SubCount != 3 || l.TDB.FileSize.Max != 100 {
		t.Errorf("logical record is %+v", l)
	}
	if s, ok := d.Sub(&l, 0); !ok || len(s.Patterns) != 2 {
		t.Errorf("modifiers w and a should give two patterns: %+v", s)
	}
	if s, ok := d.Sub(&l, 2); !ok || s.Kind != sig.SubPCRE {
		t.Errorf("third subsignature is %+v", s)
	} else if _, flags, re, ok := s.PCRE(); !ok || flags != "gi" || string(re) != "a+b" {
		t.Errorf("expression %q flags %q", re, flags)
	}
	if n := len(d.Lists().Containers); n != 1 {
		t.Errorf("%d container signatures, want 1", n)
	}
}

func TestHashLookupPrefersTheExactSize(t *testing.T) {
	d, err := Open(build(t))
	if err != nil {
		t.Fatal(err)
	}
	digest := []byte("\x44\xd8\x86\x12\xfe\xa8\xa8\xf3\x6d\xe8\x2e\x12\x78\xab\xb0\x2f")
	for _, c := range []struct {
		size int64
		want string
	}{
		{68, "C.Hash-7.UNOFFICIAL C.Any.UNOFFICIAL"},
		{69, "C.Any.UNOFFICIAL"},
	} {
		var got []string
		d.Lookup(sig.HashFile, sig.MD5, c.size, digest, func(n string) bool { got = append(got, n); return true })
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("size %d: %q, want %q", c.size, s, c.want)
		}
	}
	if tab := d.HashTable(sig.HashFile, sig.SHA256); tab.Wants(68) {
		t.Error("no SHA-256 signature was loaded, yet the table wants the hash")
	}
}

func TestNamesPrintBackAsTheyWere(t *testing.T) {
	names := []string{
		"Win.Trojan.Agent-1234567-0", "Win.Trojan.Agent-1234567", "Plain", "X-01", "X-1-300", "X-4294967296",
		"A.UNOFFICIAL", "A-1-2.UNOFFICIAL", "", "-", "-1", "a-b-3", "Eicar-Test-Signature",
	}
	s := newBlob()
	nt := newNameTable(s)
	refs := make([]nameRef, len(names))
	for i, n := range names {
		refs[i] = nt.ref(n)
	}
	d := &DB{family: nt.entries, strings: s.b}
	for i, n := range names {
		if got := d.name(refs[i]); got != n {
			t.Errorf("%q comes back as %q", n, got)
		}
	}
}

func TestADamagedImageIsRefused(t *testing.T) {
	image := build(t)
	for n := 0; n < 16; n++ {
		if _, err := Open(image[:len(image)*n/16]); !errors.Is(err, ErrImage) {
			t.Errorf("cut at %d/16: error %v", n, err)
		}
	}
	used := usedBytes(image)
	for i := 0; i < len(image); i += 7 {
		if !used[i] {
			continue
		}
		bad := bytes.Clone(image)
		bad[i] ^= 0x10
		if _, err := Open(bad); !errors.Is(err, ErrImage) {
			t.Fatalf("bit flipped at %d: error %v", i, err)
		}
	}
}

// usedBytes marks what is covered by a check: not the padding between sections
// nor the reserved bytes of the header.
func usedBytes(image []byte) map[int]bool {
	used := map[int]bool{}
	mark := func(from, n int) {
		for i := from; i < from+n; i++ {
			used[i] = true
		}
	}
	le := binary.LittleEndian
	mark(0, 28)
	n := int(le.Uint32(image[12:]))
	mark(headerSize, n*tocEntry)
	for i := range n {
		e := image[headerSize+i*tocEntry:]
		mark(int(le.Uint64(e[8:])), int(le.Uint64(e[16:])))
	}
	return used
}

func TestAMappedImageEqualsOneInMemory(t *testing.T) {
	image := build(t)
	p := filepath.Join(t.TempDir(), "x.img")
	if err := os.WriteFile(p, image, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Map(p)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if !bytes.Equal(d.raw, image) {
		t.Error("mapped bytes differ")
	}
	if err := os.WriteFile(p, image[:100], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Map(p + ".absent"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

// reseal makes the checksums of a tampered image right again.
func reseal(image []byte) {
	le := binary.LittleEndian
	n := int(le.Uint32(image[12:]))
	toc := image[headerSize : headerSize+n*tocEntry]
	for i := range n {
		e := toc[i*tocEntry:]
		off, size := le.Uint64(e[8:]), le.Uint64(e[16:])
		le.PutUint32(e[4:], crc32.Checksum(image[off:off+size], castagnoli))
	}
	le.PutUint32(image[24:], crc32.Checksum(toc, castagnoli))
}

// FuzzTamperedImage changes bytes of sections, repairs the checksums and reads
// every record: nothing may panic.
func FuzzTamperedImage(f *testing.F) {
	image := build(f)
	first := int(binary.LittleEndian.Uint64(image[headerSize+8:]))
	f.Add(uint32(0), []byte{0xff})
	f.Add(uint32(500), []byte{0, 0, 0, 0x80})
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		bad := bytes.Clone(image)
		copy(bad[first+int(at)%(len(bad)-first):], patch)
		reseal(bad)
		d, err := Open(bad)
		if err != nil {
			return
		}
		readAll(d)
	})
}

func readAll(d *DB) {
	d.Lists()
	for i := range uint32(d.BodyCount() + 1) {
		if b, ok := d.Body(i); ok {
			d.BodyName(&b)
			d.Program(b.Pattern)
		}
	}
	for i := range uint32(d.LogicalCount() + 1) {
		l, ok := d.Logical(i)
		if !ok {
			continue
		}
		d.LogicalName(&l)
		d.Intermediates(&l)
		d.IconGroups(&l)
		d.Expr(&l).Skip()
		for j := range min(l.SubCount, 100) {
			s, _ := d.Sub(&l, j)
			s.PCRE()
			s.Compare()
			s.Macro()
		}
	}
	for t := range cltype.TargetCount {
		if tab := d.Table(t); tab != nil {
			for h := uint32(0); h < 1<<31; h += 1 << 25 {
				for i, to := tab.Candidates(h); i < to && i < 1000; i++ {
					d.Anchor(tab.Entry(i).Anchor)
				}
			}
			tab.ShortCandidates(0x6162)
		}
		d.Always(t, func(uint32) {})
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(build(f))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := Open(b); err == nil {
			readAll(d)
		}
	})
}
