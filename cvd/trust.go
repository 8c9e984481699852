package cvd

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrUncheckable: a detached signature says nothing, because its signer is not
// trusted or no line of the file is for us. Callers fall back on the legacy
// signature, as the reference does.
var ErrUncheckable = errors.New("cvd: unable to verify any detached signature")

const (
	// detachedLevel is the functionality level compared with the range on a
	// signature line: that of ClamAV 1.5.3, whose format of lines this is.
	// Engines of level 216 never see such files.
	detachedLevel   = 233
	maxSignFile     = 1 << 20 // bytes of a .sign file; real ones have 5 KB
	maxSignLines    = 64
	maxCertificates = 1024    // in one directory
	maxCertFile     = 1 << 20 // bytes of one file of roots
)

// Trust is the set of roots that detached signatures may chain to. A nil Trust
// trusts nobody. It is immutable and may be shared.
type Trust struct {
	roots *x509.CertPool
	now   time.Time // for tests; zero means the current time
}

// OpenTrust reads the roots in a directory (CVDCertsDirectory): every
// certificate of every .pem and .crt file. Two certificates of one common name
// are refused. The error is the file system's or names the file.
func OpenTrust(dir string) (*Trust, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	var certs []*x509.Certificate
	for _, e := range names {
		if ext := filepath.Ext(e.Name()); ext != ".pem" && ext != ".crt" {
			continue
		}
		p := filepath.Join(dir, e.Name())
		b, err := readSmall(p, maxCertFile)
		if err != nil {
			return nil, err
		}
		more, err := parseCertificates(b)
		if err != nil {
			return nil, fmt.Errorf("cvd: %s: %w", p, err)
		}
		certs = append(certs, more...)
		if len(certs) > maxCertificates {
			return nil, fmt.Errorf("cvd: more than %d certificates in %s", maxCertificates, dir)
		}
	}
	return NewTrust(certs)
}

// NewTrust trusts the given roots.
func NewTrust(roots []*x509.Certificate) (*Trust, error) {
	t := &Trust{roots: x509.NewCertPool()}
	seen := make(map[string]bool)
	for _, c := range roots {
		if seen[c.Subject.CommonName] {
			return nil, fmt.Errorf("cvd: two certificates named %q", c.Subject.CommonName)
		}
		seen[c.Subject.CommonName] = true
		t.roots.AddCert(c)
	}
	return t, nil
}

// VerifyDetached checks the contents of a .sign file over the size bytes of r.
// The first line that verifies decides, an invalid signature too; a line for
// other engines or of an untrusted signer is passed over. The error wraps
// ErrSignature or ErrUncheckable, or is r's.
func (t *Trust) VerifyDetached(r io.ReaderAt, size int64, sign []byte) error {
	if t == nil || len(sign) > maxSignFile {
		return ErrUncheckable
	}
	lines, err := parseSign(sign)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUncheckable, err)
	}
	for _, l := range lines {
		if detachedLevel < l.least || l.most >= 0 && detachedLevel > l.most {
			continue
		}
		err := t.verifyCMS(io.NewSectionReader(r, 0, size), l.der)
		if !errors.Is(err, ErrUncheckable) {
			return err
		}
	}
	return ErrUncheckable
}

// signLine is one usable line of a .sign file.
type signLine struct {
	least, most int // functionality levels; most is -1 when open
	der         []byte
}

var errSignFormat = errors.New("not a detached signature file")

// parseSign reads "#clamsign-1.0" and lines "MIN:MAX:pkcs7-pem:BASE64". Lines of
// an unknown kind or without sense are left out.
func parseSign(b []byte) ([]signLine, error) {
	head, rest, _ := bytes.Cut(b, []byte("\n"))
	if strings.TrimRight(string(head), "\r ") != signMagic {
		return nil, errSignFormat
	}
	var out []signLine
	for n := 0; len(rest) > 0; n++ {
		if n == maxSignLines {
			return nil, fmt.Errorf("%w: more than %d lines", errSignFormat, maxSignLines)
		}
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		s := strings.TrimSpace(string(line))
		if s == "" || s[0] == '#' {
			continue
		}
		if l, ok := parseSignLine(s); ok {
			out = append(out, l)
		}
	}
	return out, nil
}

const (
	signMagic = "#clamsign-1.0"
	signKind  = "pkcs7-pem"
)

func parseSignLine(s string) (signLine, bool) {
	f := strings.Split(s, ":")
	if len(f) != 4 || f[2] != signKind {
		return signLine{}, false
	}
	l := signLine{most: -1}
	var err error
	if l.least, err = parseCount(f[0]); err != nil {
		return signLine{}, false
	}
	if f[1] != "" {
		if l.most, err = parseCount(f[1]); err != nil {
			return signLine{}, false
		}
	}
	if l.der, err = base64.StdEncoding.DecodeString(f[3]); err != nil {
		return signLine{}, false
	}
	return l, true
}

// SignName returns the name of the detached signature of a container, which lies
// in the same directory: "daily-27000.cvd.sign" for "daily.cvd" of that version.
func SignName(name string, version int) string {
	base := strings.TrimSuffix(name, filepath.Ext(name))
	v := "-" + strconv.Itoa(version)
	if !strings.HasSuffix(base, v) {
		base += v
	}
	return base + filepath.Ext(name) + ".sign"
}

// ReadSign returns the detached signature of the container at path, nil when
// there is none or it cannot be read: the legacy signature then decides.
func ReadSign(path string, version int) []byte {
	b, err := readSmall(SignName(path, version), maxSignFile)
	if err != nil {
		return nil
	}
	return b
}

// parseCertificates reads all certificates of a PEM file.
func parseCertificates(b []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for {
		var blk *pem.Block
		if blk, b = pem.Decode(b); blk == nil {
			return out, nil
		}
		if blk.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(blk.Bytes)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
}

// readSmall reads a file of at most limit bytes.
func readSmall(p string, limit int64) ([]byte, error) {
	f, err := os.Open(p)
	if err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("cvd: %s has more than %d bytes", p, limit)
	}
	return b, nil
}
