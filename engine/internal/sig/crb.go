package sig

import (
	"io"
	"strings"
)

// Fields of a .crb line, without and with both levels.
const (
	minCRBFields = 11
	maxCRBFields = 13
	sha1Digits   = 40
)

// parseCRB reads Name;Trusted;Subject;Serial;Pubkey;Exponent;CodeSign;TimeSign;
// CertSign;NotBefore;Comment[;MinFL[;MaxFL]].
func parseCRB(f *file, text string) error {
	var buf [maxCRBFields + 2]string
	tok := fields(buf[:], text, ';')
	if len(tok) < minCRBFields || len(tok) > maxCRBFields {
		return f.badCert("Invalid number of tokens: %d", len(tok))
	}
	for i, name := range []string{"minimum", "maximum"} {
		if n := minCRBFields + i; n < len(tok) {
			if !isDigits(tok[n]) {
				return f.badCert("Invalid %s feature level", name)
			}
			if level := atoi(tok[n]); i == 0 && level > f.opt.Level || i == 1 && level < f.opt.Level {
				return errSkip
			}
		}
	}
	c := Cert{Name: tok[0], Fields: append([]string(nil), tok[:minCRBFields]...)}
	if c.Name == "" {
		c.Name = "(unnamed CRB rule)"
	}
	switch firstByte(tok[1]) {
	case '1':
		c.Trusted = true
	case '0':
	default:
		return f.badCert("Invalid trust specification. Expected 0 or 1")
	}
	if err := f.certHashes(&c, tok); err != nil {
		return err
	}
	for i, name := range []string{"code", "time", "cert"} {
		if b := firstByte(tok[6+i]); b != '0' && b != '1' {
			return f.badCert("Invalid %s sign specification. Expected 0 or 1", name)
		}
	}
	return f.sink.Cert(&c)
}

func (f *file) badCert(format string, args ...any) error {
	f.errorf("cli_loadcrt: line %d: "+format, append([]any{f.line}, args...)...)
	return errMalformed
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// certHashes checks subject, serial and key. Once a line of a file has left the
// serial empty, later lines match any serial too (observed: clamscan 1.4.6).
func (f *file) certHashes(c *Cert, tok []string) error {
	const wrongLength = "%s is not the appropriate length for a SHA1 Hash"
	var sum [sha1Digits / 2]byte
	if serial := tok[3]; serial != "" {
		if len(serial) != sha1Digits || !decodeHex(sum[:], serial) {
			return f.badCert(wrongLength, "serial")
		}
	} else {
		f.anySerial = true
	}
	if f.anySerial {
		c.Fields[3] = ""
	}
	if len(tok[2]) != sha1Digits || !decodeHex(sum[:], tok[2]) {
		return f.badCert(wrongLength, "subject")
	}
	key := tok[4]
	if key == "" || strings.Trim(key, "0123456789abcdefABCDEF") != "" {
		return f.badCert("Cannot convert public key to binary string")
	}
	return nil
}

// maxCatalog bounds a catalog file in bytes; real ones are a few megabytes.
const maxCatalog = 64 << 20

// loadCatalog takes a whole Microsoft catalog; whether it is trusted is judged
// with the certificate rules.
func loadCatalog(f *file, r io.Reader) error {
	der, err := readAll(r, maxCatalog)
	if err != nil || len(der) == 0 {
		return err
	}
	return f.sink.Cert(&Cert{Name: f.name, Trusted: true, Catalog: der})
}

// readAll reads at most limit bytes; what is beyond is ignored.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, limit))
}

// loadInfo refuses the manifest of a container outside of one; inside, its
// reader has used it already.
func loadInfo(f *file, _ io.Reader) error {
	if f.src.InContainer {
		return nil
	}
	f.errorf("cli_loadinfo: .info files can only be loaded from within database container files")
	return errMalformed
}
