package cvd

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// signLevel is the least functionality level written on lines; the vendor's own
// begin there.
const signLevel = 230

// SignDetached makes the contents of a .sign file for a private feed: one line
// over all of content, by the key of the first certificate; the others are its
// intermediates. The certificate must be good for e-mail protection, or Trust
// will not accept it.
func SignDetached(content io.Reader, key crypto.Signer, certs []*x509.Certificate, now time.Time) ([]byte, error) {
	if len(certs) == 0 {
		return nil, errors.New("cvd: no certificate to sign with")
	}
	h := sha256.New()
	if _, err := io.Copy(h, content); err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	der, err := signCMS(h.Sum(nil), key, certs, now)
	if err != nil {
		return nil, fmt.Errorf("cvd: %w", err)
	}
	return fmt.Appendf(nil, "%s\n%d::%s:%s\n", signMagic, signLevel, signKind, base64.StdEncoding.EncodeToString(der)), nil
}

func signCMS(digest []byte, key crypto.Signer, certs []*x509.Certificate, now time.Time) ([]byte, error) {
	set, err := signedAttributes(digest, now)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(set)
	sig, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	alg := pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}
	switch key.Public().(type) {
	case *rsa.PublicKey:
	case *ecdsa.PublicKey:
		alg = pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA256}
	default:
		return nil, errors.New("neither an RSA nor an ECDSA key")
	}
	digestAlg := pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}
	algs, err := asn1.MarshalWithParams([]pkix.AlgorithmIdentifier{digestAlg}, "set")
	if err != nil {
		return nil, err
	}
	var raw []byte
	for _, c := range certs {
		raw = append(raw, c.Raw...)
	}
	attrs := slices.Clone(set)
	attrs[0] = 0xa0 // implicit [0] instead of SET OF
	inner, err := asn1.Marshal(signedData{
		Version:      1,
		DigestAlgs:   asn1.RawValue{FullBytes: algs},
		Encapsulated: encapsulated{Type: oidData},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: raw},
		Signers: []signerInfo{{
			Version:    1,
			ID:         issuerAndSerial{asn1.RawValue{FullBytes: certs[0].RawIssuer}, certs[0].SerialNumber},
			Digest:     digestAlg,
			Attributes: asn1.RawValue{FullBytes: attrs},
			Algorithm:  alg,
			Signature:  sig,
		}},
	})
	if err != nil {
		return nil, err
	}
	// The content is tagged here: asn1 does not add explicit tags to raw values.
	content := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}
	return asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{oidSignedData, content})
}

// signedAttributes encodes content type, signing time and digest as the SET OF
// that is signed, in DER's order.
func signedAttributes(digest []byte, now time.Time) ([]byte, error) {
	var parts [][]byte
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value any
	}{{oidContentType, oidData}, {oidSigningTime, now.UTC()}, {oidMessageDigest, digest}} {
		v, err := asn1.Marshal(a.value)
		if err != nil {
			return nil, err
		}
		p, err := asn1.Marshal(attribute{a.oid, asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true, Bytes: v}})
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, bytes.Compare)
	return asn1.Marshal(asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true, Bytes: slices.Concat(parts...)})
}
