package pdf

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"io"
)

// method is how data is encrypted.
type method uint8

const (
	methodNone   method = iota
	methodRC4           // V2
	methodAES           // AESV2: AES-128 with a key for each object
	methodAES256        // AESV3: AES-256 with the file's key
)

// security is the standard security handler (ISO 32000-2, 7.6), opened.
type security struct {
	key      []byte
	streams  method
	strings  method
	embedded method
	named    map[string]method // crypt filters
	metadata bool              // metadata streams are encrypted
}

// Parts of an object's key (algorithm 1).
const (
	numBytes = 3
	genBytes = 2
	saltAES  = "sAlT"
	maxRC4   = 16
)

// objectKey is algorithm 1 (and 1.A for AES-256).
func (s *security) objectKey(m method, num, gen uint32) []byte {
	if m == methodAES256 {
		return s.key
	}
	k := append([]byte(nil), s.key...)
	k = append(k, byte(num), byte(num>>8), byte(num>>16), byte(gen), byte(gen>>8))
	if m == methodAES {
		k = append(k, saltAES...)
	}
	sum := md5.Sum(k)
	return sum[:min(len(s.key)+numBytes+genBytes, maxRC4)]
}

// stream returns what decrypts a stream, or nil if it is not encrypted.
func (s *security) stream(o *object, e extent) func(io.Reader) io.Reader {
	m := s.streams
	switch {
	case o.typ == typeXRef, o.typ == "Metadata" && !s.metadata:
		return nil
	case o.typ == "EmbeddedFile":
		m = s.embedded
	}
	for i, f := range o.filters {
		if f.name == "Crypt" {
			m = s.named[o.parm(i).crypt] // Identity, the default, is not in it
		}
	}
	if m == methodNone {
		return nil
	}
	key := s.objectKey(m, e.num, e.gen)
	if m == methodRC4 {
		return func(r io.Reader) io.Reader {
			c, err := rc4.NewCipher(key)
			if err != nil {
				return r
			}
			return &cipher.StreamReader{S: c, R: r}
		}
	}
	return func(r io.Reader) io.Reader { return newCBC(r, key) }
}

// text decrypts a string of object h.
func (s *security) text(b []byte, h header) []byte {
	if s.strings == methodNone {
		return b
	}
	key := s.objectKey(s.strings, h.num, h.gen)
	if s.strings == methodRC4 {
		return rc4Once(key, b)
	}
	return decryptCBC(key, b)
}

func rc4Once(key, b []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return b
	}
	out := make([]byte, len(b))
	c.XORKeyStream(out, b)
	return out
}

// decryptCBC opens an initial vector followed by blocks; what is left over of a
// block is dropped, and padding is taken off where it is sound.
func decryptCBC(key, b []byte) []byte {
	block, err := aes.NewCipher(key)
	n := len(b) / aes.BlockSize * aes.BlockSize
	if err != nil || n < 2*aes.BlockSize {
		return nil
	}
	out := make([]byte, n-aes.BlockSize)
	cipher.NewCBCDecrypter(block, b[:aes.BlockSize]).CryptBlocks(out, b[aes.BlockSize:n])
	return unpad(out)
}

func unpad(b []byte) []byte {
	if len(b) == 0 {
		return b
	}
	if n := int(b[len(b)-1]); n > 0 && n <= aes.BlockSize && n <= len(b) {
		return b[:len(b)-n]
	}
	return b
}

// cbcChunk is how much is decrypted at a time.
const cbcChunk = 16 << 10

// cbc decrypts AES in CBC mode; the vector comes first.
type cbc struct {
	in    io.Reader
	block cipher.Block
	mode  cipher.BlockMode
	next  []byte // ciphertext that was read ahead, to know the last block
	buf   []byte
	left  []byte
	err   error
}

func newCBC(r io.Reader, key []byte) io.Reader {
	block, err := aes.NewCipher(key)
	if err != nil {
		return r
	}
	return &cbc{in: r, block: block}
}

// Read implements io.Reader.
func (c *cbc) Read(p []byte) (int, error) {
	for len(c.left) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.fill()
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}

// fill decrypts what was read ahead and reads the next part.
func (c *cbc) fill() {
	if c.mode == nil {
		iv := make([]byte, aes.BlockSize)
		if _, c.err = io.ReadFull(c.in, iv); c.err != nil {
			return
		}
		c.mode = cipher.NewCBCDecrypter(c.block, iv)
		c.buf, c.next = make([]byte, cbcChunk), make([]byte, 0, cbcChunk)
		c.ahead()
		return
	}
	n := len(c.next) / aes.BlockSize * aes.BlockSize
	out := c.buf[:n]
	c.mode.CryptBlocks(out, c.next[:n])
	short := len(c.next) < cbcChunk
	if !short {
		c.ahead()
		short = len(c.next) == 0
	}
	if short {
		out, c.err = unpad(out), io.EOF
	}
	c.left = out
}

func (c *cbc) ahead() {
	n, err := io.ReadFull(c.in, c.next[:cbcChunk])
	c.next = c.next[:n]
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		c.err = err
	}
}
