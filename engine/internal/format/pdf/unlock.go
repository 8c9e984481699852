package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// passwordPad fills passwords up to 32 bytes (ISO 32000-1, algorithm 2).
const passwordPad = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// Sizes of the entries (ISO 32000-2, table 21).
const (
	hashSize  = 32 // of U and O up to revision 4; behind it come two salts of 8
	saltSize  = 8
	longEntry = hashSize + 2*saltSize // U and O from revision 5 on

	minKey     = 5
	maxKey     = 16
	rounds     = 50 // MD5 over the key, from revision 3 on
	rc4Rounds  = 20
	hashRounds = 64 // of algorithm 2.B at least
	hashRepeat = 64
)

// unlock opens the encryption of e with an empty user or owner password.
func (e *encryption) unlock(ids [][]byte) *security {
	if e.version >= 5 {
		if key := e.key256(); key != nil {
			return e.handler(key)
		}
		return nil
	}
	for _, id := range ids {
		for _, n := range e.keySizes() {
			for _, password := range []string{passwordPad, string(e.ownerPassword(n))} {
				key := e.fileKey(password, id, n)
				if e.opens(key, id) {
					return e.handler(key)
				}
			}
		}
	}
	return nil
}

// keySizes are the key sizes to try, the declared one first: files lie.
func (e *encryption) keySizes() []int {
	n := int(e.length)
	if n >= 40 {
		n /= 8
	}
	if e.version == 4 || n > maxKey {
		n = maxKey
	}
	if e.version <= 1 || n < minKey {
		n = minKey
	}
	if n == minKey {
		return []int{minKey, maxKey}
	}
	if n == maxKey {
		return []int{maxKey, minKey}
	}
	return []int{n, maxKey, minKey}
}

// fileKey is algorithm 2.
func (e *encryption) fileKey(password string, id []byte, n int) []byte {
	h := md5.New()
	h.Write([]byte(password))
	h.Write(e.o[:min(len(e.o), hashSize)])
	h.Write(binary.LittleEndian.AppendUint32(nil, wrap32(e.p)))
	h.Write(id)
	if e.revision >= 4 && e.clearMetadata {
		h.Write([]byte{0xff, 0xff, 0xff, 0xff})
	}
	key := h.Sum(nil)[:n]
	if e.revision >= 3 {
		for range rounds {
			sum := md5.Sum(key)
			key = sum[:n]
		}
	}
	return key
}

// ownerPassword is the user password that an empty owner password gives
// (algorithm 7).
func (e *encryption) ownerPassword(n int) []byte {
	sum := md5.Sum([]byte(passwordPad))
	if e.revision >= 3 {
		for range rounds {
			sum = md5.Sum(sum[:])
		}
	}
	out := e.o[:min(len(e.o), hashSize)]
	if e.revision < 3 {
		return rc4Once(sum[:n], out)
	}
	for i := rc4Rounds - 1; i >= 0; i-- {
		out = rc4Once(xorKey(sum[:n], byte(i)), out)
	}
	return out
}

func xorKey(key []byte, x byte) []byte {
	out := make([]byte, len(key))
	for i := range key {
		out[i] = key[i] ^ x
	}
	return out
}

// opens is algorithm 6: it checks a key against U.
func (e *encryption) opens(key, id []byte) bool {
	if e.revision < 3 {
		return len(e.u) >= hashSize && bytes.Equal(rc4Once(key, []byte(passwordPad)), e.u[:hashSize])
	}
	sum := md5.Sum(append([]byte(passwordPad), id...))
	u := sum[:]
	for i := range rc4Rounds {
		u = rc4Once(xorKey(key, byte(i)), u)
	}
	return len(e.u) >= len(u) && bytes.Equal(u, e.u[:len(u)])
}

// key256 is algorithm 2.A with an empty password.
func (e *encryption) key256() []byte {
	if len(e.u) < longEntry {
		return nil
	}
	u := e.u[:longEntry]
	if key := e.key256Of(u, e.ue, nil); key != nil {
		return key
	}
	if len(e.o) < longEntry {
		return nil
	}
	return e.key256Of(e.o[:longEntry], e.oe, u)
}

func (e *encryption) key256Of(entry, wrapped, user []byte) []byte {
	if len(wrapped) < hashSize {
		return nil
	}
	valid, salt := entry[hashSize:hashSize+saltSize], entry[hashSize+saltSize:]
	if !bytes.Equal(e.hash(valid, user), entry[:hashSize]) {
		return nil
	}
	block, err := aes.NewCipher(e.hash(salt, user))
	if err != nil {
		return nil
	}
	key := make([]byte, hashSize)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(key, wrapped[:hashSize])
	return key
}

// hash is algorithm 2.B for the empty password; revision 5 takes its first step
// only.
func (e *encryption) hash(salt, user []byte) []byte {
	first := sha256.Sum256(append(append([]byte(nil), salt...), user...))
	k := first[:]
	if e.revision < 6 {
		return k
	}
	for i := 0; ; i++ {
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		data := bytes.Repeat(append(append([]byte(nil), k...), user...), hashRepeat)
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(data, data)
		mod := 0
		for _, c := range data[:16] {
			mod += int(c)
		}
		switch mod % 3 {
		case 0:
			s := sha256.Sum256(data)
			k = s[:]
		case 1:
			s := sha512.Sum384(data)
			k = s[:]
		default:
			s := sha512.Sum512(data)
			k = s[:]
		}
		if i >= hashRounds-1 && int(data[len(data)-1]) <= i+1-32 {
			return k[:hashSize]
		}
	}
}
