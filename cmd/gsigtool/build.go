package main

import (
	"bufio"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"gclam/cvd"
)

const (
	maxLine    = 16 << 20 // bytes of a line while counting signatures
	maxPEMFile = 1 << 20
)

// build makes an unsigned container of the database files in the current
// directory. Signed ones can only be made by the vendor's signing service.
func (t *tool) build() int {
	file := t.in.Values.String("build")
	name := strings.TrimSuffix(file, filepath.Ext(file))
	if !t.in.Values.Bool("unsigned") {
		t.in.Errorf("build: Only unsigned databases can be built (--unsigned); signed ones need the vendor's signing service")
		return 1
	}
	if _, err := os.Stat("COPYING"); err != nil {
		t.in.Errorf("build: COPYING file not found in current working directory.")
		return 1
	}
	h := cvd.Header{Version: t.nextVersion(file), Level: t.in.Values.Int("flevel"), Builder: builder(), Created: cvd.Now()}
	if h.Level == 0 || !t.in.Values.IsSet("flevel") {
		h.Level = engineLevel
	}
	if h.Version == 0 {
		t.in.Errorf("build: --cvd-version is needed: there is no %s in %s", file, t.in.Values.String("DatabaseDirectory"))
		return 1
	}
	var err error
	if h.Signatures, err = countSignatures("."); err != nil {
		t.in.Errorf("build: %v", err)
		return 1
	}
	if h.Signatures == 0 {
		t.in.Errorf("build: There are no signatures in database files")
		return 1
	}
	fmt.Fprintf(t.in.Out, "Total sigs: %d\nNew sigs: %d\n", h.Signatures, h.Signatures)
	if err := writeCUD(file, name, h); err != nil {
		t.in.Errorf("build: %v", err)
		return 1
	}
	fmt.Fprintf(t.in.Out, "Created %s\n", file)
	return 0
}

func writeCUD(file, name string, h cvd.Header) error {
	d, err := cvd.OpenDir(".")
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	temp := file + ".tmp"
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp) }()
	_, err = cvd.BuildCUD(f, d, name, h)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(temp, file)
}

// nextVersion is one more than the current database's, else --cvd-version.
func (t *tool) nextVersion(file string) int {
	f, err := os.Open(filepath.Join(t.in.Values.String("DatabaseDirectory"), filepath.Base(file)))
	if err == nil {
		defer func() { _ = f.Close() }()
		if h, err := cvd.ReadHeader(f); err == nil {
			return h.Version + 1
		}
	}
	return t.in.Values.Int("cvd-version")
}

// builder is SIGNDUSER, else the login name.
func builder() string {
	if s := os.Getenv("SIGNDUSER"); s != "" {
		return s
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

// countSignatures counts lines of database files that are no comments.
func countSignatures(dir string) (int, error) {
	es, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, e := range es {
		if !e.Type().IsRegular() || !cvd.IsDatabase(e.Name()) {
			continue
		}
		err := eachLine(filepath.Join(dir, e.Name()), func(l string) bool {
			if l != "" && l[0] != '#' {
				total++
			}
			return true
		})
		if err != nil {
			return 0, err
		}
	}
	return total, nil
}

// eachLine calls fn for each line until it returns false.
func eachLine(path string, fn func(string) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, maxLine)
	for sc.Scan() {
		if !fn(strings.TrimRight(sc.Text(), "\r")) {
			return nil
		}
	}
	return sc.Err()
}

// sign makes FILE.sign for a private feed.
func (t *tool) sign() int {
	file := t.in.Values.String("sign")
	if err := t.signFile(file); err != nil {
		t.in.Errorf("sign: %v", err)
		return 1
	}
	fmt.Fprintf(t.in.Out, "Signed file %s\n", file)
	return 0
}

func (t *tool) signFile(file string) error {
	key, err := readKey(t.in.Values.String("key"))
	if err != nil {
		return err
	}
	var certs []*x509.Certificate
	for _, p := range t.in.Values.Strings("cert") {
		c, err := readCertificates(p)
		if err != nil {
			return err
		}
		certs = append(certs, c...)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	name := file + ".sign"
	if h, err := cvd.ReadHeader(f); err == nil && cvd.KindOf(file) == cvd.CVD {
		name = cvd.SignName(file, h.Version)
	}
	b, err := cvd.SignDetached(f, key, certs, time.Now())
	if err != nil {
		return err
	}
	if t.in.Values.Bool("append") {
		if old, err := readLimited(name, maxPEMFile); err == nil {
			_, line, _ := strings.Cut(string(b), "\n")
			b = append(old, line...)
		}
	}
	return os.WriteFile(name, b, 0o644)
}

func readKey(path string) (crypto.Signer, error) {
	b, err := readLimited(path, maxPEMFile)
	if err != nil {
		return nil, err
	}
	blk, _ := pem.Decode(b)
	if blk == nil {
		return nil, fmt.Errorf("no private key in %s", path)
	}
	if k, err := x509.ParsePKCS1PrivateKey(blk.Bytes); err == nil {
		return k, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(blk.Bytes)
	if err != nil {
		return nil, err
	}
	s, ok := k.(crypto.Signer)
	if !ok {
		return nil, errors.New("this kind of key cannot sign")
	}
	return s, nil
}

func readCertificates(path string) ([]*x509.Certificate, error) {
	b, err := readLimited(path, maxPEMFile)
	if err != nil {
		return nil, err
	}
	var out []*x509.Certificate
	for {
		var blk *pem.Block
		if blk, b = pem.Decode(b); blk == nil {
			return out, nil
		}
		c, err := x509.ParseCertificate(blk.Bytes)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
}

// verify checks FILE against its detached signature and the roots in
// CVD_CERTS_DIR.
func (t *tool) verify() int {
	file := t.in.Values.String("verify")
	if err := verifyFile(file); err != nil {
		t.in.Errorf("verify: Failed to verify file '%s': %v", file, err)
		return 1
	}
	fmt.Fprintf(t.in.Out, "Verified file '%s'\n", file)
	return 0
}

func verifyFile(file string) error {
	tr, err := cvd.OpenTrust(os.Getenv("CVD_CERTS_DIR"))
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	name := file + ".sign"
	if h, err := cvd.ReadHeader(f); err == nil && cvd.KindOf(file) == cvd.CVD {
		name = cvd.SignName(file, h.Version)
	}
	sign, err := readLimited(name, maxPEMFile)
	if err != nil {
		return err
	}
	return tr.VerifyDetached(f, st.Size(), sign)
}
