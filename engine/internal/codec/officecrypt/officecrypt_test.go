package officecrypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"testing"
)

var le = binary.LittleEndian

func never() error { return nil }

const content = "PK\x03\x04 a package that was locked with the password everybody knows, then cut into blocks."

var salt = []byte("0123456789abcdef")

// sizedPackage puts the size before a padded content.
func sizedPackage(s string) (head, body []byte) {
	body = append([]byte(s), make([]byte, (16-len(s)%16)%16)...)
	return le.AppendUint64(nil, uint64(len(s))), body
}

func encryptECB(key, b []byte) []byte {
	c, _ := aes.NewCipher(key)
	out := make([]byte, len(b))
	for i := 0; i < len(b); i += 16 {
		c.Encrypt(out[i:], b[i:])
	}
	return out
}

// standardKey makes a key as MS-OFFCRYPTO 2.3.4.7 says.
func standardKey(pw string, n int) []byte {
	h := sha1.Sum(append(bytes.Clone(salt), utf16le(pw)...))
	for i := range uint32(50000) {
		h = sha1.Sum(append(u32(i), h[:]...))
	}
	h = sha1.Sum(append(h[:], 0, 0, 0, 0))
	x := func(c byte) []byte {
		block := bytes.Repeat([]byte{c}, 64)
		for i := range h {
			block[i] ^= h[i]
		}
		s := sha1.Sum(block)
		return s[:]
	}
	return append(x(0x36), x(0x5c)...)[:n]
}

func standardPackage(pw string, keyBytes int) (info, data []byte) {
	key := standardKey(pw, keyBytes)
	header := make([]byte, 34)
	le.PutUint32(header[16:], uint32(keyBytes*8))
	info = bytes.Join([][]byte{{4, 0, 2, 0}, u32(0x24), u32(uint32(len(header))), header, u32(16), salt}, nil)
	input := []byte("verifier of 16 b")
	value := sha1.Sum(input)
	info = append(info, encryptECB(key, input)...)
	info = append(info, u32(20)...)
	info = append(info, encryptECB(key, append(value[:], make([]byte, 12)...))...)
	head, body := sizedPackage(content)
	return info, append(head, encryptECB(key, body)...)
}

func encryptCBC(key, iv, b []byte) []byte {
	c, _ := aes.NewCipher(key)
	out := make([]byte, len(b))
	cipher.NewCBCEncrypter(c, iv).CryptBlocks(out, b)
	return out
}

func agilePackage(pw string, spins int) (info, data []byte) {
	hash := func(parts ...[]byte) []byte {
		s := sha512.Sum512(bytes.Join(parts, nil))
		return s[:]
	}
	h := hash(salt, utf16le(pw))
	for i := range spins {
		h = hash(u32(uint32(i)), h)
	}
	key := bytes.Repeat([]byte{7}, 32)
	input := []byte("verifier of 16 b")
	field := func(block, b []byte) string {
		return base64.StdEncoding.EncodeToString(encryptCBC(hash(h, block)[:32], salt, b))
	}
	info = append([]byte{4, 0, 4, 0, 0x40, 0, 0, 0}, fmt.Sprintf(`<?xml version="1.0"?><encryption><keyData saltSize="16" keyBits="256" hashAlgorithm="SHA512" saltValue="%[1]s"/><keyEncryptors><keyEncryptor><p:encryptedKey spinCount="%d" keyBits="256" hashAlgorithm="SHA512" saltValue="%[1]s" encryptedVerifierHashInput="%[3]s" encryptedVerifierHashValue="%[4]s" encryptedKeyValue="%[5]s"/></keyEncryptor></keyEncryptors></encryption>`,
		base64.StdEncoding.EncodeToString(salt), spins, field(blockInput, input), field(blockValue, hash(input)), field(blockKey, key))...)
	head, body := sizedPackage(string(bytes.Repeat([]byte(content), 100)))
	data = head
	for i := 0; i*segment < len(body); i++ {
		iv := hash(salt, u32(uint32(i)))[:16]
		data = append(data, encryptCBC(key, iv, body[i*segment:min((i+1)*segment, len(body))])...)
	}
	return info, data
}

func TestPackagesOpenWithTheDefaultPassword(t *testing.T) {
	t.Parallel()
	for _, n := range []int{16, 24, 32} {
		info, data := standardPackage(password, n)
		if got, err := Package(info, data, never); err != nil || string(got) != content {
			t.Errorf("standard, %d bytes: %v, %q", n, err, got)
		}
	}
	info, data := agilePackage(password, 1000)
	if got, err := Package(info, data, never); err != nil || string(got) != string(bytes.Repeat([]byte(content), 100)) {
		t.Errorf("agile: %v, %d bytes", err, len(got))
	}
}

func TestOtherPackagesStayLocked(t *testing.T) {
	t.Parallel()
	other, data := standardPackage("another one", 16)
	agileOther, agileData := agilePackage("another one", 10)
	slow, slowData := agilePackage(password, 10)
	slow = bytes.Replace(slow, []byte(`spinCount="10"`), []byte(`spinCount="99999999"`), 1)
	for _, c := range []struct {
		name       string
		info, data []byte
	}{
		{"standard, other password", other, data},
		{"agile, other password", agileOther, agileData},
		{"more hashes than allowed", slow, slowData},
		{"nothing", nil, nil},
		{"cut", other[:60], data},
		{"unknown version", []byte{9, 0, 9, 0, 0, 0, 0, 0}, data},
	} {
		if _, err := Package(c.info, c.data, never); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTickEndsTheWork(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	info, data := standardPackage(password, 16)
	if _, err := Package(info, data, func() error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func record(id uint16, data []byte) []byte {
	out := le.AppendUint16(nil, id)
	return append(le.AppendUint16(out, uint16(len(data))), data...)
}

// workbook is in clear; the record of the password is put in second.
func workbook(pass []byte) []byte {
	long := bytes.Repeat([]byte("formulas and numbers "), 150)
	return bytes.Join([][]byte{record(0x809, make([]byte, 16)), record(recFilePass, pass), record(recBoundSheet, []byte("\x01\x02\x03\x04\x00\x01\x06\x00Macro1")), record(0x6, long), record(0xa, nil)}, nil)
}

// encrypt applies f to the data of all records behind the password.
func encrypt(b []byte, f func(data []byte, at int)) []byte {
	b = bytes.Clone(b)
	for at, locked := 0, false; at+4 <= len(b); {
		id, n := le.Uint16(b[at:]), int(le.Uint16(b[at+2:]))
		at += 4
		switch {
		case id == recFilePass:
			locked = true
		case locked && id == recBoundSheet:
			f(b[at+4:at+n], at+4)
		case locked:
			f(b[at:at+n], at)
		}
		at += n
	}
	return b
}

func TestWorkbooksOpenWithTheDefaultPassword(t *testing.T) {
	t.Parallel()
	// Excel writes this key for the default password (MS-OFFCRYPTO 2.3.7.2).
	const key = 0xb359
	x := newXOR(key)
	xorFile := workbook([]byte{0, 0, key & 0xff, key >> 8, 0x0a, 0x9a})
	rc := func(key func(block int) []byte) func([]byte, int) {
		return func(data []byte, at int) {
			for i := range data {
				block := (at + i) / 1024
				c, _ := rc4.NewCipher(key(block))
				stream := make([]byte, 1024)
				c.XORKeyStream(stream, stream)
				data[i] ^= stream[(at+i)%1024]
			}
		}
	}
	h := md5.Sum(utf16le(password))
	h = md5.Sum(bytes.Repeat(append(bytes.Clone(h[:5]), salt...), 16))
	rcKey := func(block int) []byte {
		k := md5.Sum(append(bytes.Clone(h[:5]), u32(uint32(block))...))
		return k[:]
	}
	input := []byte("verifier of 16 b")
	value := md5.Sum(input)
	check := append(bytes.Clone(input), value[:]...)
	rc(rcKey)(check, 0)
	rcFile := workbook(append(append([]byte{1, 0, 1, 0, 1, 0}, salt...), check...))

	api := sha1.Sum(append(bytes.Clone(salt), utf16le(password)...))
	apiKey := func(block int) []byte {
		k := sha1.Sum(append(bytes.Clone(api[:]), u32(uint32(block))...))
		return k[:16]
	}
	apiValue := sha1.Sum(input)
	apiCheck := append(bytes.Clone(input), apiValue[:]...)
	rc(apiKey)(apiCheck, 0)
	header := make([]byte, 32)
	le.PutUint32(header[16:], 128)
	apiFile := workbook(bytes.Join([][]byte{{1, 0, 4, 0, 2, 0}, u32(4), u32(32), header, u32(16), salt, apiCheck[:16], u32(20), apiCheck[16:]}, nil))

	for _, c := range []struct {
		name string
		file []byte
		lock func([]byte, int)
	}{
		{"XOR", xorFile, func(data []byte, at int) {
			for i := range data {
				data[i] = bits.RotateLeft8(data[i], 5) ^ x[(at+len(data)+i)%16]
			}
		}},
		{"RC4", rcFile, rc(rcKey)},
		{"RC4 CryptoAPI", apiFile, rc(apiKey)},
	} {
		locked := encrypt(c.file, c.lock)
		if bytes.Equal(locked, c.file) {
			t.Fatalf("%s: not encrypted", c.name)
		}
		if got, err := Workbook(locked, never); err != nil || !bytes.Equal(got, c.file) {
			t.Errorf("%s: %v, %d bytes", c.name, err, len(got))
		}
		if _, err := Workbook(locked[:60], never); err == nil && c.name != "XOR" {
			t.Errorf("%s: cut in the password's record, but opened", c.name)
		}
	}
	if _, err := Workbook(workbook(nil)[:20], never); !errors.Is(err, ErrLocked) {
		t.Errorf("without a password: %v", err)
	}
}

func FuzzPackage(f *testing.F) {
	info, data := standardPackage(password, 16)
	f.Add(info, data)
	info, data = agilePackage(password, 10)
	f.Add(info, data)
	f.Fuzz(func(t *testing.T, info, data []byte) {
		n := 0
		out, _ := Package(info, data, func() error {
			if n++; n > 100 {
				return ErrLocked
			}
			return nil
		})
		if len(out) > len(data) {
			t.Errorf("%d bytes from %d", len(out), len(data))
		}
	})
}

func FuzzWorkbook(f *testing.F) {
	f.Add(workbook([]byte{0, 0, 0x59, 0xb3, 0x0a, 0x9a}))
	f.Add(workbook(append([]byte{1, 0, 1, 0, 1, 0}, make([]byte, 48)...)))
	f.Add(workbook(append([]byte{1, 0, 4, 0, 2, 0}, make([]byte, 100)...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out, err := Workbook(b, never); err == nil && len(out) != len(b) {
			t.Error("size changed")
		}
	})
}
