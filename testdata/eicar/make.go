//go:build ignore

// Command make writes the files of this folder: the EICAR test file plain, in
// every container and in combinations of them, and a clean twin of each. Run it
// in this folder: go run make.go
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"

	"github.com/ulikunitz/xz"
)

const reversed = `*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X`

var when = time.Date(2024, 1, 2, 3, 4, 6, 0, time.UTC)

func main() {
	virus := []byte(reversed)
	for i, j := 0, len(virus)-1; i < j; i, j = i+1, j-1 {
		virus[i], virus[j] = virus[j], virus[i]
	}
	clean := []byte("This file is harmless and has the same length as the EICAR file....\n")
	expected := []string{}
	for _, v := range []struct {
		prefix  string
		payload []byte
		verdict string
	}{{"eicar", virus, "FOUND"}, {"clean", clean, "OK"}} {
		for name, data := range files(v.payload) {
			name = v.prefix + name
			must(os.WriteFile(name, data, 0o644))
			expected = append(expected, name+"\t"+v.verdict)
		}
	}
	sort.Strings(expected)
	must(os.WriteFile("EXPECTED.tsv", []byte(strings.Join(expected, "\n")+"\n"), 0o644))
}

// files returns every container around a payload, by file name suffix.
func files(p []byte) map[string][]byte {
	zipped := zipOf("eicar.com", p, zip.Deflate)
	tarred := tarOf("eicar.com", p)
	f := map[string][]byte{
		".com":             p,
		".zip":             zipped,
		"-stored.zip":      zipOf("eicar.com", p, zip.Store),
		"-zip.zip":         zipOf("inner.zip", zipped, zip.Deflate),
		".com.gz":          gz(p),
		".com.bz2":         bz2(p),
		".com.xz":          xzOf(p),
		".tar":             tarred,
		".tar.gz":          gz(tarred),
		".tar.bz2":         bz2(tarred),
		"-tar-zip.tar":     tarOf("inner.zip", zipped),
		"-gz-gz.gz":        gz(gz(p)),
		"-base64.eml":      mail("base64", b64(p)),
		"-qp.eml":          mail("quoted-printable", qp(p)),
		"-7bit.eml":        mail("7bit", string(p)+"\n"),
		"-uuencode.eml":    uumail(p),
		"-zip-base64.eml":  mail("base64", b64(zipped)),
		"-targz.eml":       mail("base64", b64(gz(tarred))),
		"-rfc822.eml":      nested(mail("base64", b64(p))),
		"-alternative.eml": alternative(p),
	}
	f["-mail-zip.zip"] = zipOf("message.eml", f["-base64.eml"], zip.Deflate)
	return f
}

func zipOf(name string, data []byte, method uint16) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	e, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: when})
	must(err)
	_, err = e.Write(data)
	must(err)
	must(w.Close())
	return b.Bytes()
}

func tarOf(name string, data []byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must(w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data)), ModTime: when, Format: tar.FormatUSTAR}))
	_, err := w.Write(data)
	must(err)
	must(w.Close())
	return b.Bytes()
}

func gz(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	must(err)
	must(w.Close())
	return b.Bytes()
}

func xzOf(data []byte) []byte {
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	must(err)
	_, err = w.Write(data)
	must(err)
	must(w.Close())
	return b.Bytes()
}

// bz2 uses the bzip2 program: the standard library only decompresses.
func bz2(data []byte) []byte {
	c := exec.Command("bzip2", "-9c")
	c.Stdin = bytes.NewReader(data)
	out, err := c.Output()
	must(err)
	return out
}

func b64(data []byte) string {
	s := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return b.String() + s + "\n"
}

func qp(data []byte) string {
	var b strings.Builder
	for i, c := range data {
		if i%20 == 19 {
			b.WriteString("=\n")
		}
		if c == '=' || c < 33 || c > 126 {
			fmt.Fprintf(&b, "=%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String() + "\n"
}

const head = "From: alice@example.org\nTo: bob@example.net\nSubject: test\nDate: Tue, 02 Jan 2024 03:04:05 +0000\nMIME-Version: 1.0\n"

func mail(encoding, body string) []byte {
	return []byte(head + "Content-Type: multipart/mixed; boundary=\"sep\"\n\n--sep\nContent-Type: text/plain\n\nHello\n\n--sep\n" +
		"Content-Type: application/octet-stream; name=\"eicar.com\"\nContent-Disposition: attachment; filename=\"eicar.com\"\n" +
		"Content-Transfer-Encoding: " + encoding + "\n\n" + body + "\n--sep--\n")
}

func uumail(data []byte) []byte {
	var b strings.Builder
	b.WriteString(head + "\nSee below.\n\nbegin 644 eicar.com\n")
	for len(data) > 0 {
		n := min(45, len(data))
		b.WriteByte(byte(32 + n))
		for i := 0; i < n; i += 3 {
			var t [3]byte
			copy(t[:], data[i:n])
			for _, v := range []byte{t[0] >> 2, t[0]<<4&0x3f | t[1]>>4, t[1]<<2&0x3f | t[2]>>6, t[2] & 0x3f} {
				if v == 0 {
					v = 64
				}
				b.WriteByte(32 + v)
			}
		}
		b.WriteByte('\n')
		data = data[n:]
	}
	return []byte(b.String() + "`\nend\n")
}

func nested(inner []byte) []byte {
	return []byte(head + "Content-Type: multipart/mixed; boundary=\"outer\"\n\n--outer\nContent-Type: message/rfc822\n\n" + string(inner) + "\n--outer--\n")
}

func alternative(data []byte) []byte {
	return []byte(head + "Content-Type: multipart/mixed; boundary=\"a\"\n\n--a\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nHello\n--b\n" +
		"Content-Type: text/html\n\n<p>Hello</p>\n--b--\n--a\nContent-Type: image/png; name=\"picture.png\"\nContent-Transfer-Encoding: base64\n\n" + b64(data) + "--a--\n")
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
