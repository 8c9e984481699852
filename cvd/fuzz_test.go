package cvd

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// seed adds conformance files where they are available.
func seed(f *testing.F, names ...string) {
	for _, n := range names {
		if b, err := os.ReadFile(filepath.Join("..", "..", "shared", "spec", "cases", "fixtures", n)); err == nil {
			f.Add(b)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte("ClamAV-VDB:22 Jun 2021 14-58 -0400:1:2:81:X:X:me:1624388302"))
	f.Add([]byte("ClamAV-VDB:::::::::"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseHeader(b)
		if err != nil {
			return
		}
		again, err := ParseHeader([]byte(h.String()))
		if err != nil || again != h {
			t.Errorf("%q does not survive: %+v, %v", b, again, err)
		}
	})
}

// FuzzContainer feeds the tar walk and the list parser: everything behind the
// signature over the whole.
func FuzzContainer(f *testing.F) {
	data := map[string]string{"a.ndb": "abc\n", "a.ign2": "x\n"}
	f.Add(container(f, []string{"a.ndb", "a.ign2"}, data, "", false))
	f.Add(container(f, []string{"a.ndb", "a.ign2"}, data, "", true))
	seed(f, "test-1.cvd", "test-6.cvd")
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, kind := range []Kind{CVD, CLD, CUD} {
			total := int64(0)
			_, err := Read(bytes.NewReader(b), int64(len(b)), kind, ReadOptions{Verified: true}, func(m Member, r io.Reader) error {
				n, err := io.Copy(io.Discard, r)
				total += n
				if err == nil && n != m.Size {
					t.Errorf("%s: %d bytes instead of %d", m.Name, n, m.Size)
				}
				return err
			})
			if err == nil && total > freeInflated+maxRatio*int64(len(b)) {
				t.Errorf("%d bytes out of %d", total, len(b))
			}
		}
	})
}

func FuzzScript(f *testing.F) {
	f.Add([]byte("OPEN a.ndb\nDEL 1 one\nXCHG 2 two zwei\nADD x\nCLOSE\nMOVE a.ndb b.ndb 1 z 1 z\nUNLINK b.ndb\n"))
	f.Add([]byte("OPEN a.ndb\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := dirOf(map[string]string{"a.ndb": "one\ntwo two\nthree\n", "b.ndb": "x\n"})
		_ = ApplyScript(b, dir)
		for n := range dir {
			if _, err := scriptName(n); err != nil && n != scratch {
				t.Errorf("script made %q", n)
			}
		}
	})
}

func FuzzCdiff(f *testing.F) {
	b, err := sealCdiff(2, []byte("OPEN a.ndb\nADD x\nCLOSE\n"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	seed(f, "test-2.cdiff", "test-3.cdiff")
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = OpenCdiff(b, VerifyOptions{})
		if c, err := parseCdiff(b); err == nil && len(c.Script) > maxScriptRatio*len(b) {
			t.Errorf("%d bytes out of %d", len(c.Script), len(b))
		}
	})
}

func FuzzSign(f *testing.F) {
	f.Add([]byte(signMagic + "\n230::pkcs7-pem:MIIB\n"))
	seed(f, "test-1.cvd.sign")
	tr := &Trust{}
	f.Fuzz(func(t *testing.T, b []byte) {
		if tr.VerifyDetached(bytes.NewReader(nil), 0, b) == nil {
			t.Error("accepted without roots")
		}
		if ls, err := parseSign(b); err == nil && len(ls) > maxSignLines {
			t.Error("too many lines")
		}
		_, _, _ = parseSignedData(b)
	})
}
