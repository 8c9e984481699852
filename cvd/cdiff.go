package cvd

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
)

const (
	cdiffMagic = "ClamAV-Diff"
	// MaxCdiff bounds the bytes of an incremental update file. The vendor sends
	// whole containers rather than patches of more than a few megabytes.
	MaxCdiff = 256 << 20
	// maxScript bounds the commands inside, unpacked.
	maxScript      = 1 << 30
	maxScriptRatio = 1000 // deflate cannot exceed 1032
	cdiffHeader    = 100  // bytes within which the header's third colon must be
)

// ErrEmptyCdiff: a file of no bytes, by which the vendor says that there is no
// incremental way to this version and the whole container has to be fetched.
var ErrEmptyCdiff = errors.New("cvd: empty cdiff")

// Cdiff is a verified incremental update.
type Cdiff struct {
	Version int    // of the database that results
	Script  []byte // commands, one a line; see Script
}

// OpenCdiff verifies the contents of a .cdiff file and unpacks its script. The
// detached signature decides when there is one that can be checked, else the
// signature at the end of the file, which rests on SHA-256 and so satisfies FIPS.
// The error wraps ErrEmptyCdiff, ErrSignature or ErrMalformed.
func OpenCdiff(b []byte, o VerifyOptions) (*Cdiff, error) {
	if len(b) == 0 {
		return nil, ErrEmptyCdiff
	}
	at := bytes.LastIndexByte(b, ':')
	if at < 0 || len(b)-at-1 > maxSignature {
		return nil, badSignature("No digital signature in cdiff")
	}
	trusted := false
	if o.Detached != nil {
		err := o.Trust.VerifyDetached(bytes.NewReader(b), int64(len(b)), o.Detached)
		if err != nil && !errors.Is(err, ErrUncheckable) {
			return nil, err
		}
		trusted = err == nil
	}
	if !trusted && !cdiffKey.verifyPSS(sha256.Sum256(b[:at]), string(b[at+1:])) {
		return nil, badSignature("Incorrect digital signature")
	}
	return parseCdiff(b[:at])
}

// parseCdiff reads "ClamAV-Diff:VERSION:SIZE:" and the gzip stream behind it, of
// which nothing may be left over.
func parseCdiff(b []byte) (*Cdiff, error) {
	f := strings.SplitN(string(b[:min(len(b), cdiffHeader)]), ":", 4)
	if len(f) != 4 || f[0] != cdiffMagic {
		return nil, malformed("Not a cdiff file")
	}
	version, err := parseCount(f[1])
	if err != nil {
		return nil, malformed("Can't parse the version of the cdiff")
	}
	size, err := parseCount(f[2])
	if err != nil || size > maxScript {
		return nil, malformed("Can't parse the size of the cdiff")
	}
	body := bytes.NewReader(b[len(f[0])+len(f[1])+len(f[2])+3:])
	if int64(size) > maxScriptRatio*int64(body.Len()) {
		return nil, malformed("The script of the cdiff cannot have %d bytes", size)
	}
	z, err := gzip.NewReader(body)
	if err != nil {
		return nil, malformed("Can't decompress the cdiff: %v", err)
	}
	z.Multistream(false)
	var script bytes.Buffer
	if _, err := io.Copy(&script, io.LimitReader(z, int64(size)+1)); err != nil {
		return nil, malformed("Can't decompress the cdiff: %v", err)
	}
	if script.Len() != size || body.Len() > 0 {
		return nil, malformed("The script of the cdiff has another size than announced")
	}
	return &Cdiff{Version: version, Script: script.Bytes()}, nil
}

// sealCdiff is the inverse of parseCdiff, without signature; the vendor's key is
// needed for that.
func sealCdiff(version int, script []byte) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s:%d:%d:", cdiffMagic, version, len(script))
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	if _, err := z.Write(script); err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	return b.Bytes(), nil
}
