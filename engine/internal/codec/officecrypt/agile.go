package officecrypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"strconv"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec/base64"
	"gclam/engine/internal/codec/xmltoken"
)

// Agile encryption (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.15).
const segment = 4096 // bytes of a package that have one initialization vector

// Block keys, which tell the keys of different fields apart.
var (
	blockInput = []byte{0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79}
	blockValue = []byte{0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e}
	blockKey   = []byte{0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6}
)

var hashes = map[string]func() hash.Hash{
	"SHA1": sha1.New, "SHA-1": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384, "SHA512": sha512.New, "MD5": md5.New,
}

// parameters are the attributes of a keyData or encryptedKey element.
type parameters struct {
	new                     func() hash.Hash
	salt, input, value, key []byte
	keySize, spins          int
}

func agile(doc, data []byte, tick Tick) ([]byte, error) {
	var content, lock parameters
	for s := xmltoken.New(doc); ; {
		t, ok := s.Next()
		if !ok {
			break
		}
		switch {
		case t.Kind != xmltoken.Start:
		case t.Name == "keyData" && content.new == nil:
			content = parse(t)
		case t.Name == "encryptedKey" && lock.new == nil:
			lock = parse(t)
		}
	}
	if content.new == nil || lock.new == nil || lock.spins < 0 || lock.spins > maxSpins {
		return nil, ErrLocked
	}
	h, err := lock.spin(tick)
	if err != nil {
		return nil, err
	}
	input, value := lock.field(h, blockInput, lock.input), lock.field(h, blockValue, lock.value)
	want := sum(lock.new, input)
	if len(input) == 0 || len(value) < len(want) || !bytes.Equal(want, value[:len(want)]) {
		return nil, ErrLocked
	}
	key := lock.field(h, blockKey, lock.key)
	if len(key) < content.keySize {
		return nil, ErrLocked
	}
	return content.decrypt(key[:content.keySize], data, tick)
}

func parse(t xmltoken.Token) parameters {
	p := parameters{
		salt: blob(t, "saltValue"), input: blob(t, "encryptedVerifierHashInput"),
		value: blob(t, "encryptedVerifierHashValue"), key: blob(t, "encryptedKeyValue"),
	}
	name, _ := t.Attr("hashAlgorithm")
	bits, _ := t.Attr("keyBits")
	spins, _ := t.Attr("spinCount")
	n, err := strconv.Atoi(bits)
	p.spins, _ = strconv.Atoi(spins)
	if p.keySize = n / 8; err == nil && (n == 128 || n == 192 || n == 256) {
		p.new = hashes[name]
	}
	return p
}

func blob(t xmltoken.Token, attr string) []byte {
	v, _ := t.Attr(attr)
	return base64.Append(nil, []byte(v))
}

func sum(h func() hash.Hash, parts ...[]byte) []byte {
	w := h()
	for _, p := range parts {
		w.Write(p)
	}
	return w.Sum(nil)
}

// spin makes the hash from which all keys come.
func (p *parameters) spin(tick Tick) ([]byte, error) {
	h := sum(p.new, p.salt, utf16le(password))
	w := p.new()
	for i := range p.spins {
		if i%tickSpins == 0 {
			if err := tick(); err != nil {
				return nil, err
			}
		}
		w.Reset()
		w.Write(u32(uint32(i)))
		w.Write(h)
		h = w.Sum(h[:0])
	}
	return h, nil
}

// field decrypts a field of the key.
func (p *parameters) field(h, block, b []byte) []byte {
	key := fit(sum(p.new, h, block), p.keySize)
	out := make([]byte, len(b)/aes.BlockSize*aes.BlockSize)
	if c, err := aes.NewCipher(key); err == nil && len(out) > 0 {
		cipher.NewCBCDecrypter(c, fit(p.salt, aes.BlockSize)).CryptBlocks(out, b[:len(out)])
	}
	return out
}

// fit cuts b to n bytes or fills it up.
func fit(b []byte, n int) []byte {
	out := bytes.Repeat([]byte{0x36}, n)
	copy(out, b)
	return out
}

// decrypt decrypts the package.
func (p *parameters) decrypt(key, data []byte, tick Tick) ([]byte, error) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrLocked
	}
	body, _ := bytesx.Tail(data, 8)
	out := make([]byte, len(body)/aes.BlockSize*aes.BlockSize)
	for i := 0; i*segment < len(out); i++ {
		if i%(tickBytes/segment) == 0 {
			if err := tick(); err != nil {
				return out[:i*segment], err
			}
		}
		iv := fit(sum(p.new, p.salt, u32(uint32(i))), aes.BlockSize)
		end := min((i+1)*segment, len(out))
		cipher.NewCBCDecrypter(c, iv).CryptBlocks(out[i*segment:end], body[i*segment:end])
	}
	return sized(data, out), nil
}
