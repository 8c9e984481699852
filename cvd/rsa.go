package cvd

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/big"
)

// publicKey is one of the vendor's RSA keys.
type publicKey struct{ n, e string } // decimal

// The vendor's keys. Observed: they verify every container of 2015 and 2021 that
// was at hand.
var (
	// headerKey signs the MD5 in .cvd headers; 1024 bits, no padding.
	headerKey = publicKey{
		n: "118640995551645342603070001658453189751527774412027743746599405743243142607464144767361060640655844749760788890022283424922762488917565551002467771109669598189410434699034532232228621591089508178591428456220796841621637175567590476666928698770143328137383952820383197532047771780196576957695822641224262693037",
		e: "100001027",
	}
	// cdiffKey signs incremental updates.
	cdiffKey = publicKey{
		n: "14783905874077467090262228516557917570254599638376203532031989214105552847269687489771975792123442185817287694951949800908791527542017115600501303394778618535864845235700041590056318230102449612217458549016089313306591388590790796515819654102320725712300822356348724011232654837503241736177907784198700834440681124727060540035754699658105895050096576226753008596881698828185652424901921668758326578462003247906470982092298106789657211905488986281078346361469524484829559560886227198091995498440676639639830463593211386055065360288422394053998134458623712540683294034953818412458362198117811990006021989844180721010947",
		e: "100002053",
	}
	// infoKey signs the member list inside containers.
	infoKey = publicKey{
		n: "11088894983048545473659556106627194923928941791795047620591658697413581043322715912172496806525381055880964520618400224333320534660299233983755341740679502866829909679955734391392668378361221524205396631090105151641270857277080310734320951653700508941717419168723942507890702904702707587451621691050754307850383399865346487203798464178537392211402786481359824461197231102895415093770394216666324484593935762408468516826633192140826667923494822045805347809932848454845886971706424360558667862775876072059437703365380209101697738577515476935085469455279994113145977994084618328482151013142393373316337519977244732747977",
		e: "100002049",
	}
)

const (
	digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
	// maxSignature bounds the text of a signature; 342 characters hold 2052 bits.
	maxSignature = 350
	pssLength    = 256 // bytes of the encoded message: the reference pads the 2047-bit moduli to it
	pssSalt      = 32
)

var errSignatureText = errors.New("character outside the signature alphabet")

// decodeNumber reads the vendor's base 64: least significant digit first, no
// padding.
func decodeNumber(s string) (*big.Int, error) {
	if s == "" || len(s) > maxSignature {
		return nil, errSignatureText
	}
	n := new(big.Int)
	for i := len(s) - 1; i >= 0; i-- {
		v := bytes.IndexByte([]byte(digits), s[i])
		if v < 0 {
			return nil, errSignatureText
		}
		n.Lsh(n, 6).Or(n, big.NewInt(int64(v)))
	}
	return n, nil
}

// open applies the public key to a signature text and returns size bytes,
// big-endian; ok is false when the text is no signature or the result is longer.
func (k publicKey) open(sig string, size int) (m []byte, ok bool) {
	c, err := decodeNumber(sig)
	if err != nil {
		return nil, false
	}
	n, _ := new(big.Int).SetString(k.n, 10)
	e, _ := new(big.Int).SetString(k.e, 10)
	if c.Cmp(n) >= 0 {
		return nil, false
	}
	r := c.Exp(c, e, n)
	if r.BitLen() > size*8 {
		return nil, false
	}
	return r.FillBytes(make([]byte, size)), true
}

// verifyPlain checks the legacy scheme: the signature is the digest itself,
// without any padding.
func (k publicKey) verifyPlain(digest []byte, sig string) bool {
	m, ok := k.open(sig, len(digest))
	return ok && bytes.Equal(m, digest)
}

// verifyPSS checks the vendor's RSA-PSS: SHA-256, MGF1-SHA-256, 32 bytes of salt
// in an encoded message of 256 bytes (crypto/rsa would derive 256 bytes from the
// modulus as well, but leaves a different number of top bits). Unlike the
// reference it insists on the zero padding.
func (k publicKey) verifyPSS(digest [sha256.Size]byte, sig string) bool {
	m, ok := k.open(sig, pssLength)
	if !ok || m[pssLength-1] != 0xbc {
		return false
	}
	db, h := m[:pssLength-sha256.Size-1], m[pssLength-sha256.Size-1:pssLength-1]
	for i, b := range mgf1(h, len(db)) {
		db[i] ^= b
	}
	db[0] &= 0x7f
	one := len(db) - pssSalt - 1
	for _, b := range db[:one] {
		if b != 0 {
			return false
		}
	}
	return db[one] == 1 && bytes.Equal(h, pssHash(digest, db[one+1:]))
}

func pssHash(digest [sha256.Size]byte, salt []byte) []byte {
	d := sha256.New()
	d.Write(make([]byte, 8))
	d.Write(digest[:])
	d.Write(salt)
	return d.Sum(nil)
}

// mgf1 is the mask generation function of PKCS #1 (RFC 8017, B.2.1) over SHA-256.
func mgf1(seed []byte, n int) []byte {
	var out []byte
	for i := uint32(0); len(out) < n; i++ {
		h := sha256.New()
		h.Write(seed)
		h.Write(binary.BigEndian.AppendUint32(nil, i))
		out = h.Sum(out)
	}
	return out[:n]
}
