package officecrypt

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"encoding/binary"
	"math/bits"

	"gclam/engine/internal/bytesx"
)

// Records of a workbook that are treated apart (MS-XLS 2.2.10).
const (
	recFilePass   = 0x002f
	recBoundSheet = 0x0085
	sheetClear    = 4 // bytes of a sheet record that are not encrypted
	recordHeader  = 4
)

// clearRecords lists records that are never encrypted: BOF, FilePass, UsrExcl, FileLock,
// InterfaceHdr, RRDInfo, RRDHead.
var clearRecords = map[uint16]bool{0x0809: true, recFilePass: true, 0x0194: true, 0x0195: true, 0x00e1: true, 0x0196: true, 0x0138: true}

// method decrypts the data of one record in place; at is its offset in the stream.
type method interface {
	decrypt(data []byte, at int64)
}

// Workbook decrypts the records of a Workbook stream.
func Workbook(b []byte, tick Tick) ([]byte, error) {
	var m method
	out := bytes.Clone(b)
	for at, next := int64(0), int64(0); at+recordHeader <= int64(len(out)); {
		if at >= next {
			if err := tick(); err != nil {
				return nil, err
			}
			next = at + tickBytes
		}
		id := binary.LittleEndian.Uint16(out[at:])
		n := int64(binary.LittleEndian.Uint16(out[at+2:]))
		at += recordHeader
		data := bytesx.Clip(out, at, n)
		switch {
		case id == recFilePass && m == nil:
			if m = filePass(data); m == nil {
				return nil, ErrLocked
			}
		case m == nil || clearRecords[id]:
		case id == recBoundSheet:
			m.decrypt(data[min(sheetClear, len(data)):], at+sheetClear)
		default:
			m.decrypt(data, at)
		}
		at += n
	}
	if m == nil {
		return nil, ErrLocked
	}
	return out, nil
}

// filePass reads how a workbook is encrypted (MS-XLS 2.4.117), nil if that is not
// known or the password is another one.
func filePass(d []byte) method {
	const xor, rc = 0, 1
	kind, ok := bytesx.U16LE(d, 0)
	major, _ := bytesx.U16LE(d, 2)
	minor, _ := bytesx.U16LE(d, 4)
	body, ok2 := bytesx.Tail(d, 6)
	switch {
	case ok && kind == xor:
		return newXOR(major) // the field is the key
	case ok && ok2 && kind == rc && major == 1 && minor == 1:
		return newRC4(body)
	case ok && ok2 && kind == rc && major >= 2 && major <= 4 && minor == 2:
		return newCryptoAPI(body)
	}
	return nil
}

// xored is XOR obfuscation, method 1 (MS-OFFCRYPTO 2.3.7.2, 2.3.7.3).
type xored [16]byte

// padding fills the array behind the password.
var padding = [...]byte{0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80, 0x00, 0xbe, 0x0f, 0x00, 0xbf, 0x0f, 0x00}

func newXOR(key uint16) *xored {
	var x xored
	n := copy(x[:], password)
	copy(x[n:], padding[:])
	for i := range x {
		k := byte(key)
		if i%2 != 0 {
			k = byte(key >> 8)
		}
		x[i] = bits.RotateLeft8(x[i]^k, -1)
	}
	return &x
}

func (x *xored) decrypt(data []byte, at int64) {
	start := int(at%16) + len(data)
	for i := range data {
		data[i] = bits.RotateLeft8(data[i]^x[(start+i)%16], -5)
	}
}

// rc4Block is the number of bytes that one RC4 key is used for.
const rc4Block = 1024

// stream decrypts with RC4 and a new key for each block of the stream; the bytes
// of record headers count.
type stream struct {
	key   func(block uint32) []byte
	block int64
	at    int64 // of the next byte of the key stream
	c     *rc4.Cipher
}

func (s *stream) decrypt(data []byte, at int64) {
	for len(data) > 0 {
		if block := at / rc4Block; s.c == nil || block != s.block || at < s.at {
			c, err := rc4.NewCipher(s.key(uint32(block)))
			if err != nil {
				return
			}
			s.c, s.block, s.at = c, block, block*rc4Block
		}
		var skipped [rc4Block]byte
		n := at - s.at
		s.c.XORKeyStream(skipped[:n], skipped[:n])
		n = min(int64(len(data)), (s.block+1)*rc4Block-at)
		s.c.XORKeyStream(data[:n], data[:n])
		at += n
		s.at = at
		data = data[n:]
	}
}

// newRC4 is Office binary document RC4 encryption (MS-OFFCRYPTO 2.3.6).
func newRC4(b []byte) method {
	const size = 48 // salt, verifier, hash of the verifier
	if len(b) < size {
		return nil
	}
	salt, check := b[:16], b[16:size]
	first := md5.Sum(utf16le(password))
	short := md5.Sum(bytes.Repeat(append(bytes.Clone(first[:5]), salt...), 16))
	key := func(block uint32) []byte {
		k := md5.Sum(append(bytes.Clone(short[:5]), u32(block)...))
		return k[:]
	}
	plain := bytes.Clone(check)
	s := &stream{key: key}
	s.decrypt(plain, 0)
	if want := md5.Sum(plain[:16]); !bytes.Equal(want[:], plain[16:]) {
		return nil
	}
	return &stream{key: key}
}

// newCryptoAPI is RC4 with CryptoAPI (MS-OFFCRYPTO 2.3.5).
func newCryptoAPI(b []byte) method {
	const flags, sizeField = 4, 4
	headerSize, ok := bytesx.U32LE(b, flags)
	keyBits, ok2 := bytesx.U32LE(b, flags+sizeField+keyBitsAt)
	verifier, ok3 := bytesx.Tail(b, flags+sizeField+int64(headerSize))
	const inputAt, valueAt, valueEnd = 20, 40, 60
	if keyBits == 0 {
		keyBits = 40
	}
	if !ok || !ok2 || !ok3 || len(verifier) < valueEnd || keyBits < 40 || keyBits > 128 || keyBits%8 != 0 {
		return nil
	}
	h := sha1.Sum(append(bytes.Clone(verifier[4:4+saltSize]), utf16le(password)...))
	key := func(block uint32) []byte {
		k := sha1.Sum(append(bytes.Clone(h[:]), u32(block)...))
		if keyBits == 40 {
			return append(bytes.Clone(k[:5]), make([]byte, 11)...)
		}
		return k[:keyBits/8]
	}
	plain := append(bytes.Clone(verifier[inputAt:inputAt+16]), verifier[valueAt:valueEnd]...)
	s := &stream{key: key}
	s.decrypt(plain, 0)
	if want := sha1.Sum(plain[:16]); !bytes.Equal(want[:], plain[16:]) {
		return nil
	}
	return &stream{key: key}
}
