package pdf_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/pdf"
)

// The samples were written by qpdf.
func TestEncryptedFilesAreOpenedWithTheEmptyPassword(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rc4-40.pdf", "rc4-128.pdf", "aes-128.pdf", "aes-256.pdf", "qpdf-objstm.pdf"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := formattest.Run(pdf.Unpack, formattest.Hex(t, name))
			if !slices.ContainsFunc(r.Children, func(c formattest.Child) bool {
				return bytes.HasPrefix(c.Data, []byte("harmless test payload")) && len(c.Data) == 1216
			}) {
				t.Errorf("content not found: facts %v, children %q", r.Facts, datas(r))
			}
			if r.Has(format.Encrypted) {
				t.Error("reported as encrypted, though it was opened")
			}
		})
	}
}

func TestEncryptedFilesWithAPasswordAreReported(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rc4-128-pw.pdf", "aes-256-pw.pdf"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := formattest.Run(pdf.Unpack, formattest.Hex(t, name))
			if !r.Has(format.Encrypted) || len(r.Children) == 0 {
				t.Errorf("facts %v, %d children; want encrypted, and the data as it is", r.Facts, len(r.Children))
			}
		})
	}
}

// revision5 writes a file with the handler of Adobe's level 3, which qpdf does
// not write any more.
func revision5(plain string) string {
	key := bytes.Repeat([]byte{7}, 32)
	valid, salt := []byte("validval"), []byte("saltsalt")
	check := sha256.Sum256(valid)
	wrapKey := sha256.Sum256(salt)
	block, _ := aes.NewCipher(wrapKey[:])
	wrapped := make([]byte, 32)
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(wrapped, key)
	u := append(append(check[:], valid...), salt...)
	dict := fmt.Sprintf("<</Filter/Standard/V 5/R 5/Length 256/P -4/U<%x>/UE<%x>/O<00>/CF<</StdCF<</CFM/AESV3>>>>/StmF/StdCF/StrF/StdCF>>", u, wrapped)
	s := "%PDF-1.7\n" + object(1, stream("", encrypt(key, plain))) + object(2, fmt.Sprintf("<</JS<%x>>>", encrypt(key, "app.beep()"))) +
		object(4, fmt.Sprintf("<</S/Launch/F<%x>>>", encrypt(key, "cmd.exe"))) +
		object(3, stream("/Filter/Crypt/DecodeParms<</Name/Identity>>", "in clear"))
	return s + "trailer<</Encrypt " + dict + ">>"
}

func encrypt(key []byte, s string) string {
	block, _ := aes.NewCipher(key)
	n := 16 - len(s)%16
	b := append([]byte(s), bytes.Repeat([]byte{byte(n)}, n)...)
	iv := []byte("0123456789abcdef")
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(b, b)
	return string(iv) + string(b)
}

func TestRevision5AndStringsAndIdentity(t *testing.T) {
	t.Parallel()
	r := run(revision5(content))
	for _, want := range []string{content, "app.beep()", "in clear", "\n<</S/Launch/F(cmd.exe)>>\n"} {
		if !has(r, want) {
			t.Errorf("want %q among %q (facts %v)", want, datas(r), r.Facts)
		}
	}
}

func TestEncryptionIsFoundWithoutATrailer(t *testing.T) {
	t.Parallel()
	b := bytes.Replace(formattest.Hex(t, "rc4-128.pdf"), []byte("trailer"), []byte("traiter"), 1)
	r := formattest.Run(pdf.Unpack, b)
	if len(r.Children) == 0 || !bytes.HasPrefix(r.Children[0].Data, []byte("harmless test payload")) {
		t.Errorf("content not found: children %q", datas(r))
	}
}

func TestALaterObjectOfTheSameNumberDoesNotHideEncryption(t *testing.T) {
	t.Parallel()
	b := append(formattest.Hex(t, "rc4-128.pdf"), strings.Repeat("\n4 0 obj<</Filter/Standard/V 2/R 3/O(x)/U(y)>>endobj\n", 50)...)
	r := formattest.Run(pdf.Unpack, b)
	if len(r.Children) == 0 || !bytes.HasPrefix(r.Children[0].Data, []byte("harmless test payload")) {
		t.Errorf("content not found: children %q", datas(r))
	}
}

func TestUnreadableEncryptionIsReported(t *testing.T) {
	t.Parallel()
	r := run(file(stream("", content)) + "trailer<</Encrypt 1 0 R>>")
	if !r.Has(format.Encrypted) || !has(r, content) {
		t.Errorf("facts %v, children %q", r.Facts, datas(r))
	}
}

func TestDecoyEncryptionDictionariesDoNotHideTheLast(t *testing.T) {
	t.Parallel()
	s := "%PDF-1.7\n"
	for range 500 {
		s += "trailer<</Encrypt<</Filter/Standard/V 2/R 3/O(x)/U(y)>>>>\n"
	}
	if r := run(s + revision5(content)); !has(r, content) {
		t.Errorf("children %q", datas(r))
	}
}
