package pdf

import "bytes"

// sniffSize is how much of an image's decoded data is looked at, in bytes.
const sniffSize = 512

// magics begin files that are no image raster.
var magics = [][]byte{
	[]byte("MZ"), []byte("PK\x03\x04"), []byte("Rar!"), []byte("7z\xbc\xaf"), []byte("%PDF"), []byte("\x7fELF"),
	[]byte("\xd0\xcf\x11\xe0"), []byte("{\\rt"), []byte("\xca\xfe\xba\xbe"), []byte("\xfe\xed\xfa"), []byte("\xce\xfa\xed\xfe"),
	[]byte("\xcf\xfa\xed\xfe"), []byte("FWS"), []byte("CWS"), []byte("ZWS"), []byte("\x1f\x8b"), []byte("BZh"), []byte("\xfd7zXZ"),
	[]byte("MSCF"), []byte("ITSF"), []byte("L\x00\x00\x00\x01\x14\x02"), []byte("GIF8"), []byte("\x89PNG"), []byte("\xff\xd8\xff"),
	[]byte("II*\x00"), []byte("MM\x00*"), []byte("BM"), []byte("RIFF"), []byte("8BPS"), []byte("\x00asm"), []byte("dex\n"),
	[]byte("\xe4R\\{"), []byte("CD001"), []byte("ustar"),
}

// fileLike tells whether b looks like the start of a file or of a text, not like
// pixels.
func fileLike(b []byte) bool {
	for _, m := range magics {
		if bytes.HasPrefix(b, m) {
			return true
		}
	}
	odd := 0
	for _, c := range b {
		if c == 0x7f || c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			odd++
		}
	}
	same := bytes.Count(b, b[:1]) == len(b) // one colour
	return odd == 0 && !same
}
