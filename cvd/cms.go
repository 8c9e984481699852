package cvd

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"slices"
)

// Cryptographic message syntax (RFC 5652), as far as detached signatures need it:
// one SignedData, DER, without content, with signed attributes.

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidRSA           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidECDSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

const (
	maxSigners    = 8
	maxAttributes = 64
	maxChainCerts = 32
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	DigestAlgs   asn1.RawValue // SET OF AlgorithmIdentifier; the signers repeat theirs
	Encapsulated encapsulated
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	CRLs         asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signerInfo  `asn1:"set"`
}

type encapsulated struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

type signerInfo struct {
	Version    int
	ID         issuerAndSerial
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
	Unsigned   asn1.RawValue `asn1:"optional,tag:1"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue // SET OF value
}

// verifyCMS checks a detached SignedData over content. It distinguishes a
// signature that is wrong (ErrSignature) from one that proves nothing
// (ErrUncheckable).
func (t *Trust) verifyCMS(content io.ReadSeeker, der []byte) error {
	sd, certs, err := parseSignedData(der)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUncheckable, err)
	}
	inter := x509.NewCertPool()
	for _, c := range certs {
		inter.AddCert(c)
	}
	for _, s := range sd.Signers {
		signer := s.certificate(certs)
		if signer == nil {
			return fmt.Errorf("%w: the signer's certificate is missing", ErrUncheckable)
		}
		_, err := signer.Verify(x509.VerifyOptions{
			Roots: t.roots, Intermediates: inter, CurrentTime: t.now,
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
		})
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUncheckable, err)
		}
		if err := s.verify(signer, content); err != nil {
			return err
		}
	}
	return nil
}

func parseSignedData(der []byte) (*signedData, []*x509.Certificate, error) {
	var ci contentInfo
	if rest, err := asn1.Unmarshal(der, &ci); err != nil || len(rest) > 0 || !ci.Type.Equal(oidSignedData) {
		return nil, nil, errors.New("cms: not one SignedData")
	}
	var sd signedData
	if rest, err := asn1.Unmarshal(ci.Content.Bytes, &sd); err != nil || len(rest) > 0 {
		return nil, nil, errors.New("cms: malformed SignedData")
	}
	if len(sd.Encapsulated.Content.FullBytes) > 0 || !sd.Encapsulated.Type.Equal(oidData) {
		return nil, nil, errors.New("cms: not a detached signature over data")
	}
	if n := len(sd.Signers); n == 0 || n > maxSigners {
		return nil, nil, fmt.Errorf("cms: %d signers", n)
	}
	var certs []*x509.Certificate
	for rest := sd.Certificates.Bytes; len(rest) > 0; {
		var raw asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &raw); err != nil || len(certs) == maxChainCerts {
			return nil, nil, errors.New("cms: malformed or too many certificates")
		}
		c, err := x509.ParseCertificate(raw.FullBytes)
		if err != nil {
			return nil, nil, fmt.Errorf("cms: %w", err)
		}
		certs = append(certs, c)
	}
	return &sd, certs, nil
}

// certificate finds the signer's certificate by issuer and serial number.
func (s *signerInfo) certificate(certs []*x509.Certificate) *x509.Certificate {
	for _, c := range certs {
		if bytes.Equal(c.RawIssuer, s.ID.Issuer.FullBytes) && s.ID.Serial != nil && c.SerialNumber.Cmp(s.ID.Serial) == 0 {
			return c
		}
	}
	return nil
}

// verify checks digest and signature, the chain being trusted.
func (s *signerInfo) verify(signer *x509.Certificate, content io.ReadSeeker) error {
	newHash, alg := s.algorithms(signer.PublicKey)
	if newHash == nil {
		return fmt.Errorf("%w: unknown algorithm", ErrUncheckable)
	}
	attrs, err := parseAttributes(s.Attributes.Bytes)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUncheckable, err)
	}
	var kind asn1.ObjectIdentifier
	var want []byte
	if !attrs.value(oidContentType, &kind) || !kind.Equal(oidData) || !attrs.value(oidMessageDigest, &want) {
		return badSignature("Detached signature without content type or digest")
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("cvd: %w", err)
	}
	h := newHash()
	if _, err := io.Copy(h, content); err != nil {
		return fmt.Errorf("cvd: %w", err)
	}
	if !bytes.Equal(h.Sum(nil), want) {
		return badSignature("Detached signature is for other contents")
	}
	// What is signed is the SET OF attributes, which is stored under an implicit
	// tag instead (RFC 5652, 5.4).
	signed := slices.Clone(s.Attributes.FullBytes)
	signed[0] = 0x31
	if err := signer.CheckSignature(alg, signed, s.Signature); err != nil {
		return badSignature("Invalid detached signature")
	}
	return nil
}

// algorithms returns the digest and the combined algorithm for the signer's key.
func (s *signerInfo) algorithms(key crypto.PublicKey) (func() hash.Hash, x509.SignatureAlgorithm) {
	_, isRSA := key.(*rsa.PublicKey)
	_, isEC := key.(*ecdsa.PublicKey)
	if !isRSA && !isEC {
		return nil, 0
	}
	pick := func(r, e x509.SignatureAlgorithm) x509.SignatureAlgorithm {
		if isRSA {
			return r
		}
		return e
	}
	switch d := s.Digest.Algorithm; {
	case d.Equal(oidSHA256):
		return sha256.New, pick(x509.SHA256WithRSA, x509.ECDSAWithSHA256)
	case d.Equal(oidSHA384):
		return sha512.New384, pick(x509.SHA384WithRSA, x509.ECDSAWithSHA384)
	case d.Equal(oidSHA512):
		return sha512.New, pick(x509.SHA512WithRSA, x509.ECDSAWithSHA512)
	}
	return nil, 0
}

type attributes []attribute

func parseAttributes(b []byte) (attributes, error) {
	var out attributes
	for len(b) > 0 {
		var a attribute
		var err error
		if b, err = asn1.Unmarshal(b, &a); err != nil || len(out) == maxAttributes {
			return nil, errors.New("cms: malformed or too many attributes")
		}
		out = append(out, a)
	}
	return out, nil
}

// value decodes the only value of the only attribute of a type.
func (as attributes) value(oid asn1.ObjectIdentifier, dst any) bool {
	found := false
	for _, a := range as {
		if !a.Type.Equal(oid) {
			continue
		}
		if found {
			return false
		}
		rest, err := asn1.Unmarshal(a.Values.Bytes, dst)
		if err != nil || len(rest) > 0 {
			return false
		}
		found = true
	}
	return found
}
