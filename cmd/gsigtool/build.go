package main

import (
	"bufio"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gclam/cvd"
	"gclam/engine/inspect"
)

const (
	maxLine    = 16 << 20 // bytes of a line while counting signatures
	maxPEMFile = 1 << 20
)

// build makes an unsigned container of the database files in the current
// directory, and with --key and --cert a detached signature beside it. Containers
// with a signature inside can only be made by the vendor's signing service.
func (t *tool) build() int {
	file := t.in.Values.String("build")
	signed := t.in.Values.IsSet("key")
	if !t.in.Values.Bool("unsigned") && !signed {
		if !t.in.Values.IsSet("server") {
			t.in.Errorf("build: --server is required for --build")
			return 1
		}
		t.in.Errorf("build: Only unsigned databases can be built (--unsigned); the vendor's signing service is not supported")
		return 1
	}
	if _, err := os.Stat("COPYING"); err != nil {
		t.in.Errorf("build: COPYING file not found in current working directory.")
		return 1
	}
	if err := t.buildCUD(file); err != nil {
		t.in.Errorf("build: %v", err)
		return 1
	}
	fmt.Fprintf(t.in.Out, "Created %s\n", file)
	if !signed {
		return 0
	}
	if err := t.signFile(file); err != nil {
		t.in.Errorf("sign: %v", err)
		return 1
	}
	fmt.Fprintf(t.in.Out, "Signed file %s\n", file)
	return 0
}

func (t *tool) buildCUD(file string) error {
	name := strings.TrimSuffix(file, filepath.Ext(file))
	n, err := t.countSignatures()
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("There are no signatures in database files") //nolint:staticcheck // the reference's words
	}
	h := cvd.Header{Signatures: n, Level: t.in.Values.Int("flevel"), Created: cvd.Now()}
	if h.Level == 0 || !t.in.Values.IsSet("flevel") {
		h.Level = engineLevel
	}
	ask := bufio.NewReader(io.LimitReader(t.in.In, maxAnswers))
	old, found := t.current(file)
	if h.Version = old.Version + 1; !found {
		if h.Version, err = t.firstVersion(ask); err != nil {
			return err
		}
	}
	fmt.Fprintf(t.in.Out, "Total sigs: %d\n", n)
	if n > old.Signatures {
		fmt.Fprintf(t.in.Out, "New sigs: %d\n", n-old.Signatures)
	}
	h.Builder = t.builder(ask)
	return writeCUD(file, name, h)
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

// current is the header of the container that the new one will replace.
func (t *tool) current(file string) (h cvd.Header, ok bool) {
	path := t.in.Values.String("DatabaseDirectory") + "/" + filepath.Base(file)
	f, err := os.Open(path)
	if err != nil {
		t.libError("cl_cvdhead: Can't open file " + path)
		return h, false
	}
	defer func() { _ = f.Close() }()
	h, err = cvd.ReadHeader(f)
	return h, err == nil
}

// maxAnswers is how many bytes of stdin are read for answers to questions.
const maxAnswers = 4096

// firstVersion is --cvd-version, else it asks.
func (t *tool) firstVersion(ask *bufio.Reader) (int, error) {
	if n := t.in.Values.Int("cvd-version"); n > 0 {
		return n, nil
	}
	fmt.Fprint(t.in.Out, "Version number: ")
	line, _ := ask.ReadString('\n')
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || n <= 0 {
		return 0, errors.New("scanf() failed")
	}
	return n, nil
}

// builder is SIGNDUSER, else the answer to a question, else the login name.
func (t *tool) builder(ask *bufio.Reader) string {
	if s := os.Getenv("SIGNDUSER"); s != "" {
		return s
	}
	fmt.Fprint(t.in.Out, "Builder name: ")
	line, _ := ask.ReadString('\n')
	if f := strings.Fields(line); len(f) > 0 {
		return f[0]
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

// countSignatures loads the database files in the current directory and counts
// what is taken from them; a database that cannot be loaded is not built.
func (t *tool) countSignatures() (int, error) {
	o := inspect.CompileOptions{PUA: true, Loose: true, Message: func(l slog.Level, text string) {
		if l >= slog.LevelError {
			t.libError(text)
		}
	}}
	n, err := inspect.Compile(t.ctx, io.Discard, []string{"."}, o)
	if err != nil {
		return 0, fmt.Errorf("Can't load database: %w", err) //nolint:staticcheck // the reference's words
	}
	return n, nil
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
