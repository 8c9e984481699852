package cvd

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAPrivateContainerCanBeBuiltAndRead(t *testing.T) {
	t.Parallel()
	dir := dirOf(map[string]string{"COPYING": "licence\n", "mine.ndb": "A:0:*:aabbccdd\n", "mine.ign2": "B\n", "notes.txt": "no"})
	f, err := os.Create(filepath.Join(t.TempDir(), "mine.cud"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	h := Header{Version: 5, Signatures: 1, Level: 90, Builder: "bob", Created: time.Unix(1_767_225_600, 0).UTC()}
	if _, err := BuildCUD(f, dir, "mine", h); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	got, members, err := readAll(b, CUD, ReadOptions{})
	if err != nil || got.Version != 5 || got.Time != "01 Jan 2026 00-00 +0000" || len(members) != 2 {
		t.Errorf("%+v, %q, %v", got, members, err)
	}
	if err := CheckUnpacked(dir, "mine", CUD); err != nil {
		t.Error(err)
	}
}

func TestComparingMakesAScriptThatApplies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after string }{
		{"equal", "a\nb\n", "a\nb\n"},
		{"changed and added", "a\nb\nc\n", "a\nx\nc\nd\n"},
		{"deleted", "a\nb\nc\nd\n", "a\nd\n"},
		{"all new", "", "x y z\n"},
		{"all gone", "a\nb\n", ""},
		{"inserted in front", "a\nb\n", "n\na\nb\n"},
		{"with blanks", "a b c\nd e\n", "a b x\nd e\n"},
	} {
		var s bytes.Buffer
		if err := CompareFiles(&s, "f.ndb", strings.NewReader(c.before), strings.NewReader(c.after)); err != nil {
			t.Fatal(err)
		}
		dir := dirOf(map[string]string{"f.ndb": c.before})
		if err := ApplyScript(s.Bytes(), dir); err != nil || dir["f.ndb"].String() != c.after {
			t.Errorf("%s: %q gives %q, %v", c.name, &s, dir["f.ndb"], err)
		}
	}
}

func TestOurOwnDetachedSignaturesVerify(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "feed"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection, x509.ExtKeyUsageCodeSigning},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	content := []byte("some database")
	sign, err := SignDetached(bytes.NewReader(content), key, []*x509.Certificate{cert}, now)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTrust([]*x509.Certificate{cert})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		at      time.Time
		content string
		want    error
	}{
		{"as signed", now, "some database", nil},
		{"other contents", now, "some databasf", ErrSignature},
		{"after the certificate's time", now.Add(2 * time.Hour), "some database", ErrUncheckable},
	} {
		tr.now = c.at
		if err := tr.VerifyDetached(strings.NewReader(c.content), int64(len(c.content)), sign); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := NewTrust([]*x509.Certificate{cert, cert}); err == nil {
		t.Error("two roots of one name accepted")
	}
}
