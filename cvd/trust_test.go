package cvd

import (
	"bytes"
	"crypto/x509"
	"errors"
	"testing"
	"time"
)

// trustIn returns the trust in one of the conformance data's certificates at a
// time when it was valid.
func trustIn(t testing.TB, file string) *Trust {
	certs, err := parseCertificates(fixture(t, file))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTrust(certs)
	if err != nil {
		t.Fatal(err)
	}
	tr.now = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	return tr
}

var signedFixtures = []string{
	"test-1.cvd", "test-2.cvd", "test-3.cvd", "test-4.cvd", "test-5.cvd", "test-6.cvd",
	"test-2.cdiff", "test-3.cdiff", "test-4.cdiff", "test-5.cdiff", "test-6.cdiff",
}

func TestDetachedSignaturesChainToTheTestRootOnly(t *testing.T) {
	t.Parallel()
	good, other := trustIn(t, "clamav-test.crt"), &Trust{roots: x509.NewCertPool()}
	for _, name := range signedFixtures {
		b, sign := fixture(t, name), fixture(t, name+".sign")
		if err := good.VerifyDetached(bytes.NewReader(b), int64(len(b)), sign); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := other.VerifyDetached(bytes.NewReader(b), int64(len(b)), sign); !errors.Is(err, ErrUncheckable) {
			t.Errorf("%s under a foreign root: %v", name, err)
		}
		b[len(b)/2] ^= 1
		if err := good.VerifyDetached(bytes.NewReader(b), int64(len(b)), sign); !errors.Is(err, ErrSignature) {
			t.Errorf("altered %s: %v", name, err)
		}
	}
}
