package inspect

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"io"

	"gclam/engine/internal/exe/pe"
	"gclam/engine/internal/input"
)

const (
	securityDirectory = 4       // of a PE; its address is a file offset
	certificateHeader = 8       // WIN_CERTIFICATE: length u32, revision u16, type u16
	maxCertificates   = 4 << 20 // bytes of a signature that are read
)

// Certificates returns the certificates that the Authenticode signature of a PE
// file carries, none if there is no signature or it cannot be parsed. They are not
// verified. The error is ErrNotPE or of r.
func Certificates(r io.ReaderAt, size int64) ([]*x509.Certificate, error) {
	v := input.ReaderAt(r, size)
	f, err := pe.Parse(v, pe.Options{})
	if err != nil || f.Broken {
		return nil, peError(err)
	}
	dir := f.Header.Directories[securityDirectory]
	if f.Header.NumberOfDirectories <= securityDirectory || dir.Size < certificateHeader {
		return nil, nil
	}
	b, err := v.Window(int64(dir.Address), min(int64(dir.Size), maxCertificates))
	if err != nil || len(b) < certificateHeader {
		return nil, err
	}
	n := min(int64(binary.LittleEndian.Uint32(b)), int64(len(b)))
	if n < certificateHeader {
		return nil, nil
	}
	return signedCertificates(b[certificateHeader:n]), nil
}

// signedCertificates takes the certificates out of a PKCS #7 SignedData (RFC 2315,
// section 9.1).
func signedCertificates(der []byte) []*x509.Certificate {
	var outer struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil
	}
	var signed struct {
		Version      int
		Digests      asn1.RawValue
		Content      asn1.RawValue
		Certificates asn1.RawValue `asn1:"optional,tag:0"`
	}
	if _, err := asn1.Unmarshal(outer.Content.FullBytes, &signed); err != nil {
		if _, err := asn1.Unmarshal(outer.Content.Bytes, &signed); err != nil {
			return nil
		}
	}
	var out []*x509.Certificate
	for rest := signed.Certificates.Bytes; len(rest) > 0; {
		var one asn1.RawValue
		next, err := asn1.Unmarshal(rest, &one)
		if err != nil {
			break
		}
		if c, err := x509.ParseCertificate(one.FullBytes); err == nil {
			out = append(out, c)
		}
		rest = next
	}
	return out
}
