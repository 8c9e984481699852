package officecrypt

import (
	"bytes"
	"crypto/aes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"unicode/utf16"

	"gclam/engine/internal/bytesx"
)

// password is what Excel tries before it asks.
const password = "VelvetSweatshop"

// ErrLocked means another password, or a method that is not known.
var ErrLocked = errors.New("officecrypt: not opened by the default password")

// Tick is called at least once per 64 KiB or 4096 hashes of work; its error ends it.
type Tick func() error

// Caps and intervals.
const (
	maxSpins  = 1 << 20 // hashes to make a key; Office writes 50,000 and 100,000
	tickBytes = 64 << 10
	tickSpins = 4096
)

// Package decrypts an encrypted package.
func Package(info, data []byte, tick Tick) ([]byte, error) {
	major, ok1 := bytesx.U16LE(info, 0)
	minor, ok2 := bytesx.U16LE(info, 2)
	if !ok1 || !ok2 {
		return nil, ErrLocked
	}
	const versionSize = 8
	rest, _ := bytesx.Tail(info, versionSize)
	switch {
	case major == 4 && minor == 4:
		return agile(rest, data, tick)
	case minor == 2 && major >= 2 && major <= 4:
		return standard(rest, data, tick)
	}
	return nil, ErrLocked
}

// utf16le returns the password as it is hashed.
func utf16le(s string) []byte {
	var out []byte
	for _, c := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, c)
	}
	return out
}

func u32(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

// Standard encryption (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9).
const (
	standardSpins = 50000
	saltSize      = 16
	keyBitsAt     = 16 // in the header, which has its size before it
)

func standard(b, data []byte, tick Tick) ([]byte, error) {
	headerSize, ok := bytesx.U32LE(b, 0)
	bits, ok2 := bytesx.U32LE(b, 4+keyBitsAt)
	verifier, ok3 := bytesx.Tail(b, 4+int64(headerSize))
	const inputAt, valueAt, verifierSize = 20, 40, 72
	if !ok || !ok2 || !ok3 || len(verifier) < verifierSize || bits != 128 && bits != 192 && bits != 256 {
		return nil, ErrLocked
	}
	salt := verifier[4 : 4+saltSize]
	h := sha1.Sum(append(bytes.Clone(salt), utf16le(password)...))
	for i := range uint32(standardSpins) {
		if i%tickSpins == 0 {
			if err := tick(); err != nil {
				return nil, err
			}
		}
		h = sha1.Sum(append(u32(i), h[:]...))
	}
	h = sha1.Sum(append(h[:], 0, 0, 0, 0))
	key := append(padded(h[:], 0x36), padded(h[:], 0x5c)...)[:bits/8]
	input, err := ecb(key, verifier[inputAt:inputAt+16], tick)
	if err != nil {
		return nil, err
	}
	value, err := ecb(key, verifier[valueAt:valueAt+32], tick)
	if err != nil {
		return nil, err
	}
	if want := sha1.Sum(input); !bytes.Equal(want[:], value[:len(want)]) {
		return nil, ErrLocked
	}
	body, _ := bytesx.Tail(data, 8)
	out, err := ecb(key, body, tick)
	return sized(data, out), err
}

// padded hashes a block of one byte repeated, with h laid over it.
func padded(h []byte, c byte) []byte {
	block := bytes.Repeat([]byte{c}, 64)
	for i := range h {
		block[i] ^= h[i]
	}
	s := sha1.Sum(block)
	return s[:]
}

// ecb decrypts whole blocks, each by itself.
func ecb(key, b []byte, tick Tick) ([]byte, error) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrLocked
	}
	out := make([]byte, len(b)/aes.BlockSize*aes.BlockSize)
	for i := 0; i < len(out); i += aes.BlockSize {
		if i%tickBytes == 0 {
			if err := tick(); err != nil {
				return out[:i], err
			}
		}
		c.Decrypt(out[i:], b[i:])
	}
	return out, nil
}

// sized cuts the content to the size at the start of the package.
func sized(data, out []byte) []byte {
	n, ok := bytesx.U64LE(data, 0)
	if ok && n < uint64(len(out)) {
		return out[:n]
	}
	return out
}
