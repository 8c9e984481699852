package cvd

import (
	"crypto/md5" //nolint:gosec // the format's digest, see VerifyOptions.FIPS
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// VerifyOptions says how a .cvd is verified. The zero value takes the legacy
// signature only, as ClamAV 1.4 does.
type VerifyOptions struct {
	Detached []byte // Optional: contents of NAME-VERSION.cvd.sign; nil when there is none
	Trust    *Trust // Optional: roots for Detached; nil trusts nobody
	FIPS     bool   // refuse the legacy signature, which rests on MD5 (FIPSCryptoHashLimits)
}

// Verify checks the signature over a whole .cvd: the detached one when it is
// given and can be checked, else the legacy one of the header. It says nothing
// about the header's fields; Read does. The error wraps ErrNotCVD or
// ErrSignature, or is r's.
func Verify(r io.ReaderAt, size int64, o VerifyOptions) error {
	h, err := readHeader(r, size)
	if err != nil {
		return err
	}
	if o.Detached != nil {
		err := o.Trust.VerifyDetached(r, size, o.Detached)
		if err == nil || !errors.Is(err, ErrUncheckable) {
			return err
		}
	}
	if o.FIPS {
		return badSignature("Unable to verify CVD with detached signature file and MD5 verification is disabled")
	}
	sum := md5.New() //nolint:gosec // see above
	if _, err := io.Copy(sum, io.NewSectionReader(r, HeaderSize, size-HeaderSize)); err != nil {
		return fmt.Errorf("cvd: %w", err)
	}
	digest := sum.Sum(nil)
	if hex.EncodeToString(digest) != h.MD5 {
		return badSignature("MD5 verification error")
	}
	if !headerKey.verifyPlain(digest, h.DSIG) {
		return badSignature("Digital signature verification error")
	}
	return nil
}

// ReadHeader parses the header of the container in r, unverified.
func ReadHeader(r io.ReaderAt) (Header, error) {
	var b [HeaderSize]byte
	n, err := r.ReadAt(b[:], 0)
	if err != nil && err != io.EOF {
		return Header{}, fmt.Errorf("cvd: %w", err)
	}
	return ParseHeader(b[:n])
}

// readHeader is ReadHeader for files that must hold a body as well.
func readHeader(r io.ReaderAt, size int64) (Header, error) {
	if size < HeaderSize {
		return Header{}, notCVD("Can't read CVD header")
	}
	return ReadHeader(r)
}
