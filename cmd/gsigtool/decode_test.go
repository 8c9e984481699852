package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestGapTextReadsNumbersLikeTheReference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		ok             bool
	}{
		{"one length", "5", "{WILDCARD_ANY_STRING(LENGTH==5)}", true},
		{"a range", "3-5", "{WILDCARD_ANY_STRING(LENGTH>=3&&<=5)}", true},
		{"a range of one length", "3-3", "{WILDCARD_ANY_STRING(LENGTH==3)}", true},
		{"backwards", "5-3", "{WILDCARD_ANY_STRING(LENGTH>=5&&<=3)}", true},
		{"no lower bound", "-5", "{WILDCARD_ANY_STRING(LENGTH<=5)}", true},
		{"no upper bound", "5-", "{WILDCARD_ANY_STRING(LENGTH>=5)}", true},
		{"nothing at all", "", "", true},
		{"two to the 32nd wraps to none", "4294967296", "", true},
		{"two to the 31st is negative", "2147483648", "", false},
		{"too long for any number", strings.Repeat("9", 30), "", false},
		{"a sign", "+3", "", false},
		{"three numbers", "3-5-7", "", false},
	}
	for _, tc := range tests {
		if got, ok := gapText(tc.in); got != tc.want || ok != tc.ok {
			t.Errorf("%s: gapText(%q) = %q, %v, want %q, %v", tc.name, tc.in, got, ok, tc.want, tc.ok)
		}
	}
}

func TestContainerMetadataIsExplainedFieldByField(t *testing.T) {
	t.Parallel()
	got := ours([]string{"--decode-sigs"}, "A:CL_TYPE_ZIP:10-20:^x$:1:2-3:0:*:deadbeef:*\n")
	want := `VIRUS NAME: A
CONTAINER TYPE: CL_TYPE_ZIP
CONTAINER SIZE: WITHIN RANGE 10 to 20
FILENAME REGEX: ^x$
COMPRESSED FILESIZE: 1
UNCOMPRESSED FILESIZE: WITHIN RANGE 2 to 3
ENCRYPTION: NO
FILE POSITION: ANY
CRC SUM: -559038737
`
	if got.out != want || got.code != 0 {
		t.Errorf("exit %d:\n%s\nwant\n%s", got.code, got.out, want)
	}
	bad := ours([]string{"--decode-sigs"}, "A:*:10-x:*:*:*:*:*:*:*\n")
	if bad.code != 1 || bad.err != "ERROR: decodesig: Invalid container size range\n" {
		t.Errorf("exit %d, stderr %q", bad.code, bad.err)
	}
}

// A private feed: a container built with a key verifies with its certificate, and
// no longer when a byte of it changes.
func TestBuildsSignedWithAKeyVerify(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("SIGNDUSER", "bob")
	t.Setenv("CVD_CERTS_DIR", filepath.Join(dir, "certs"))
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Private feed"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning, x509.ExtKeyUsageEmailProtection},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("certs", 0o700); err != nil {
		t.Fatal(err)
	}
	cert := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	for name, text := range map[string]string{
		"certs/root.crt": cert, "COPYING": "as you like\n", "mine.ndb": "A:0:*:deadbeef00112233\n",
		"key.pem": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := ours([]string{"--build=mine.cud", "--cvd-version=1", "--datadir=.", "--key=key.pem", "--cert=certs/root.crt"}, "")
	if got.code != 0 || !strings.Contains(got.out, "Signed file mine.cud\n") {
		t.Fatalf("build: %+v", got)
	}
	if got := ours([]string{"--verify=mine.cud"}, ""); got.code != 0 {
		t.Errorf("verify: %+v", got)
	}
	b, err := os.ReadFile("mine.cud")
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	if err := os.WriteFile("mine.cud", b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ours([]string{"--verify=mine.cud"}, ""); got.code != 1 {
		t.Errorf("verify of a changed container: %+v", got)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"A:0:*:4142{3-}43*44(45|46)!(47)(B):51:60", "Z;Engine:51-255,Target:0;0&1;41424344::iwa;0/a;b/g",
		"A:CL_TYPE_ZIP:10-:x:-1:*:1:*:zz:*", "0:0:4142:x:CL_TYPE_ANY:CL_TYPE_ZIP:1:2", "N=((41|42)43)", "Z;;;;;", "A:0:*:!(", ":/:;/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) > 1<<12 {
			t.Skip()
		}
		got := ours([]string{"--decode-sigs"}, line)
		if got.code > 1 { // 2 would be a panic
			t.Fatalf("exit %d: %s", got.code, got.err)
		}
		if len(got.out) > 1<<12+64*len(line) {
			t.Fatalf("%d bytes of output for %d of input", len(got.out), len(line))
		}
	})
}
