package zip

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"hash/crc32"
	"io"

	"gclam/engine/internal/input"
)

// headerBytes is the length of the traditional encryption header.
const headerBytes = 12

// AES parameters, WinZip "AES Encryption Information" (AE-1, AE-2).
const (
	aesRounds = 1000
	aesVerify = 2
	aesMAC    = 10
)

// open returns a reader of the decrypted data and the method they are
// compressed with, or nil when the password does not fit.
func open(e *entry, data input.View, pw []byte) (io.Reader, uint16, error) {
	if e.method == methodAES {
		return openAES(e, data, pw)
	}
	w, err := data.Window(0, headerBytes)
	if err != nil || len(w) < headerBytes {
		return nil, 0, err
	}
	c := newCipher(pw)
	h := bytes.Clone(w)
	c.decrypt(h)
	if !fits(e, h) {
		return nil, 0, nil
	}
	return &cryptReader{r: data.Section(headerBytes, data.Size()-headerBytes).Reader(), c: c}, e.method, nil
}

// fits compares the last check byte with the high byte of the CRC, or of the
// time when the CRC was not known yet. Old writers fill the byte before it, too,
// but not all of them, so it decides nothing; see trial.
func fits(e *entry, h []byte) bool {
	want := byte(e.crc >> 24)
	if e.flags&flagDescriptor != 0 {
		want = byte(e.mtime >> 8)
	}
	return h[11] == want
}

// traditional is the PKWARE stream cipher, APPNOTE.TXT section 6.1.
type traditional struct{ k0, k1, k2 uint32 }

func newCipher(pw []byte) *traditional {
	c := &traditional{0x12345678, 0x23456789, 0x34567890}
	for _, b := range pw {
		c.update(b)
	}
	return c
}

func crcStep(crc uint32, b byte) uint32 {
	return crc32.IEEETable[byte(crc)^b] ^ crc>>8
}

func (c *traditional) update(b byte) {
	c.k0 = crcStep(c.k0, b)
	c.k1 = (c.k1+c.k0&0xff)*134775813 + 1
	c.k2 = crcStep(c.k2, byte(c.k1>>24))
}

func (c *traditional) decrypt(p []byte) {
	for i := range p {
		t := c.k2 | 2
		p[i] ^= byte((t & 0xffff) * (t&0xffff ^ 1) >> 8)
		c.update(p[i])
	}
}

type cryptReader struct {
	r io.Reader
	c *traditional
}

func (r *cryptReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.c.decrypt(p[:n])
	return n, err
}

func openAES(e *entry, data input.View, pw []byte) (io.Reader, uint16, error) {
	x := extra(e.extra, extraAES)
	if len(x) < 7 || x[4] < 1 || x[4] > 3 {
		return nil, 0, nil
	}
	method := binary.LittleEndian.Uint16(x[5:])
	salt := 4 + 4*int(x[4])
	key := 8 + 8*int(x[4])
	w, err := data.Window(0, int64(salt+aesVerify))
	if err != nil || len(w) < salt+aesVerify || method == methodAES {
		return nil, 0, err
	}
	k, err := pbkdf2.Key(sha1.New, string(pw), w[:salt], aesRounds, 2*key+aesVerify)
	if err != nil || !bytes.Equal(k[2*key:], w[salt:]) {
		return nil, 0, nil
	}
	blk, err := aes.NewCipher(k[:key])
	if err != nil {
		return nil, 0, nil
	}
	skip := int64(salt + aesVerify)
	r := data.Section(skip, data.Size()-skip-aesMAC).Reader()
	return &ctrReader{r: r, blk: blk, used: aes.BlockSize}, method, nil
}

// ctrReader is AES in counter mode with WinZip's little-endian counter, which
// starts at 1.
type ctrReader struct {
	r     io.Reader
	blk   cipher.Block
	ctr   uint64
	pad   [aes.BlockSize]byte
	used  int
	block [aes.BlockSize]byte
}

func (r *ctrReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i := range p[:n] {
		if r.used == aes.BlockSize {
			r.ctr++
			binary.LittleEndian.PutUint64(r.block[:], r.ctr)
			r.blk.Encrypt(r.pad[:], r.block[:])
			r.used = 0
		}
		p[i] ^= r.pad[r.used]
		r.used++
	}
	return n, err
}
