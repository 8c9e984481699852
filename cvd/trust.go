package cvd

import (
	"crypto/x509"
	"errors"
	"io"
)

// ErrUncheckable: a detached signature says nothing: its signer's root is not
// trusted, or no line is for us. The caller falls back on the legacy signature.
var ErrUncheckable = errors.New("cvd: unable to verify any detached signature")

// Trust is the set of roots that detached signatures may chain to. A nil Trust
// trusts nobody. It is immutable and may be shared.
type Trust struct {
	roots *x509.CertPool
}

// VerifyDetached checks the contents of a .sign file over all of content.
func (t *Trust) VerifyDetached(content io.Reader, sign []byte) error {
	return ErrUncheckable
}
