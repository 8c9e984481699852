package mime_test

import "testing"

func FuzzUnpack(f *testing.F) {
	f.Add([]byte(sample()))
	f.Add([]byte(mixed + "--B\n" + attach(helloB64) + "--B--\n"))
	f.Add(nestedMultiparts(40))
	f.Add(manyParts(40))
	f.Add([]byte(head + "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n----\n"))
	f.Add([]byte("To: x\n\n\nX-A: b\n\nFrom: y\nContent-Type: (((\n"))
	f.Add([]byte(head + "Content-Transfer-Encoding: x-uue base64 quoted-printable x-yencode x-binhex\n\nbegin 644 x\n#0V%T\n"))
	f.Add([]byte(head + "Content-Type: a/b; name=\"x\\\";;;=\"; name*0*=%41'%zz; boundary*7=q\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkBounds(t, data)
	})
}
