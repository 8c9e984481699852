package heuristic

import (
	"encoding/binary"
	"strings"
	"testing"
)

// seg is a JPEG segment with a right length.
func seg(marker byte, body string) string {
	return string([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}) + body
}

const soi = "\xff\xd8"

var (
	jfif  = seg(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
	exif  = seg(0xe1, "Exif\x00\x00II*\x00\x08\x00\x00\x00")
	spiff = seg(0xe8, "SPIFF\x00"+strings.Repeat("\x00", 24))
	xmp   = seg(0xe1, "http://ns.adobe.com/xap/1.0/\x00")
	note  = seg(0xfe, "hello")
	scan  = seg(0xda, "\x01\x01\x00\x00\x3f\x00") + "data\xff\xd9"
)

func TestJPEGDefectsHaveTheNamesOfClamAV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"a plain picture", soi + jfif + scan, ""},
		{"Exif behind JFIF", soi + jfif + exif + scan, ""},
		{"JFIF behind Exif", soi + exif + jfif + scan, ""},
		{"JFIF behind a comment", soi + note + jfif + scan, ""},
		{"JFIF behind Exif and a comment", soi + exif + note + jfif + scan, ""},
		{"JFIF behind XMP", soi + xmp + jfif + scan, ""},
		{"JFIF behind two comments", soi + note + note + jfif + scan, "JFIFmarkerBadPosition"},
		{"JFIF behind a table", soi + seg(0xdb, "x") + jfif + scan, "JFIFmarkerBadPosition"},
		{"JFIF twice", soi + jfif + jfif + scan, "JFIFdupAppMarker"},
		{"Exif twice", soi + exif + exif + scan, "ExifDupAppMarker"},
		{"SPIFF behind JFIF", soi + jfif + spiff + scan, "SPIFFdupAppMarker"},
		{"SPIFF behind a table", soi + seg(0xdb, "x") + spiff + scan, "SPIFFmarkerBadPosition"},
		{"a short JFIF header", soi + seg(0xe0, "JFIF\x00\x01") + scan, "JFIFheaderTooShort"},
		{"a short Exif header", soi + seg(0xe1, "Exif\x00\x00") + scan, "ExifHeaderTooShort"},
		{"a short SPIFF header", soi + seg(0xe8, "SPIFF\x00") + scan, "SPIFFheaderTooShort"},
		{"14 bytes before a marker", soi + jfif + strings.Repeat("\x00", 14) + scan, ""},
		{"15 bytes before a marker", soi + jfif + strings.Repeat("\x00", 15) + scan, "SpuriousBytesBeforeSegment"},
		{"an end before a marker", soi + jfif, "CantReadSegmentSize"},
		{"a length that covers nothing", soi + "\xff\xdb\x00\x01abc", "InvalidSegmentSize"},
		{"a segment one byte short", soi + "\xff\xdb\x00\x06abc", "CantReadSegmentSize"},
		{"a segment two bytes short", soi + "\xff\xdb\x00\x07abc", "SegmentDataOutOfFile"},
		{"an end without a scan", soi + jfif + seg(0xd9, "") + scan, "NoImages"},
		{"a tile without directory", soi + jfif + seg(0xf2, "abc") + scan, "DTTMissingDTISegment"},
		{"a tile with directory", soi + jfif + seg(0xf1, "abc") + seg(0xf2, "abc") + scan, ""},
		{"JPEG 7 behind JFIF", soi + jfif + seg(0xf7, "abc"), "AppMarkerBeforeJPG7"},
		{"JPEG 7 alone", soi + seg(0xf7, "abc"), ""},
	} {
		if c.want != "" {
			c.want = brokenJPEG + c.want
		}
		if got := JPEG([]byte(c.in), nil); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAnEmptyJPEGCommentIsTheExploit(t *testing.T) {
	t.Parallel()
	for _, size := range []string{"\x00\x00", "\x00\x01"} {
		if got := JPEG([]byte(soi+jfif+"\xff\xfe"+size+"xxxx"), nil); got != emptyComment {
			t.Errorf("size %x: %q", size, got)
		}
	}
	if got := JPEG([]byte(soi+jfif+"\xff\xfe\x00\x02"+scan), nil); got != "" {
		t.Errorf("an empty comment of right length: %q", got)
	}
}

func gifOf(blocks string) string { return "GIF89a\x02\x00\x02\x00\x00\x00\x00" + blocks }

const gifOneImage = ",\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02\x02\x84\x51\x00"

func TestGIFDefectsHaveTheNamesOfClamAV(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"one picture", gifOf(gifOneImage + ";"), ""},
		{"data behind the trailer", gifOf(gifOneImage + ";hello"), ""},
		{"no trailer", gifOf(gifOneImage), ""},
		{"a trailer and no picture", gifOf(";"), ""},
		{"neither", gifOf(""), "MissingImageData"},
		{"a cut screen", "GIF89a\x02\x00\x02", "TruncatedScreenDescriptor"},
		{"a cut colour table", "GIF89a\x02\x00\x02\x00\x80\x00\x00abc", "TruncatedGlobalColorTable"},
		{"a cut extension", gifOf("!\xfe"), "TruncatedExtension"},
		{"a cut extension block", gifOf("!\xfe\x05hel"), "TruncatedExtensionSubBlock"},
		{"a cut control extension", gifOf(gifOneImage + "!\xf9\x04"), ""},
		{"a cut picture", gifOf(gifOneImage[:6]), "TruncatedImageDescriptor"},
		{"cut picture data", gifOf(gifOneImage[:13]), "TruncatedImageDataBlock"},
		{"a foreign block", gifOf(gifOneImage + "x"), "UnknownBlockLabel"},
	} {
		if c.want != "" {
			c.want = brokenGIF + c.want
		}
		if got := GIF([]byte(c.in), nil); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPNGDefectsHaveTheNamesOfClamAV(t *testing.T) {
	t.Parallel()
	const sig, end = "\x89PNG\r\n\x1a\n", "\x00\x00\x00\x00IEND\xae\x42\x60\x82"
	for _, c := range []struct{ name, in, want string }{
		{"a file without chunks", sig, ""},
		{"a picture", sig + "\x00\x00\x00\x01tEXtaCRC!" + end, ""},
		{"data behind the end", sig + end + "\xff\xff\xff\xff", ""},
		{"a negative length", sig + "\x80\x00\x00\x00tEXt", "InvalidChunkLength"},
		{"a cut type", sig + "\x00\x00\x00\x01tEX", "EOFReadingChunkType"},
		{"cut data", sig + "\x00\x00\x00\x02tEXta", "EOFReadingChunk"},
		{"a cut checksum", sig + "\x00\x00\x00\x01tEXtaCRC", "EOFReadingChunkCRC"},
	} {
		if c.want != "" {
			c.want = brokenPNG + c.want
		}
		if got := PNG([]byte(c.in), nil); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// tiffOf is a big-endian TIFF with one directory at 8.
func tiffOf(next uint32, entries ...[4]uint32) string {
	b := []byte("MM\x00*\x00\x00\x00\x08")
	b = binary.BigEndian.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		b = binary.BigEndian.AppendUint16(b, uint16(e[0]))
		b = binary.BigEndian.AppendUint16(b, uint16(e[1]))
		b = binary.BigEndian.AppendUint32(b, e[2])
		b = binary.BigEndian.AppendUint32(b, e[3])
	}
	return string(binary.BigEndian.AppendUint32(b, next))
}

func TestTIFFDefectsHaveTheNamesOfClamAV(t *testing.T) {
	t.Parallel()
	tail := strings.Repeat("\x00", 50)
	for _, c := range []struct{ name, in, want string }{
		{"a picture", tiffOf(0, [4]uint32{256, 3, 1, 8}) + tail, ""},
		{"a cut header", "II*\x00\x08\x00", "EOFReadingFirstIFDOffset"},
		{"no directory", "II*\x00\x00\x00\x00\x00", "InvalidIFDOffset"},
		{"a directory outside", "II*\x00\xff\xff\x00\x00", "EOFReadingNumIFDDirectoryEntries"},
		{"a cut entry", tiffOf(0, [4]uint32{256, 3, 1, 8})[:20], "EOFReadingIFDEntry"},
		{"a cut chain", tiffOf(0, [4]uint32{256, 3, 1, 8})[:24], "EOFReadingChunkCRC"},
		{"a value outside", tiffOf(0, [4]uint32{256, 4, 2, 70}) + tail, "OutOfBoundsAccess"},
		{"a value at the end", tiffOf(0, [4]uint32{256, 4, 2, 68}) + tail, ""},
		{"a size of 2^32", tiffOf(0, [4]uint32{256, 4, 1 << 30, 8}) + tail, "OutOfBoundsAccess"},
		{"an unknown type", tiffOf(0, [4]uint32{256, 99, 1 << 30, 8}) + tail, ""},
		{"a loop", tiffOf(8, [4]uint32{256, 3, 1, 8}) + tail, "OutOfOrderIFDOffset"},
		{"a second directory", tiffOf(40, [4]uint32{256, 3, 1, 8}) + tail, ""},
	} {
		if c.want != "" {
			c.want = brokenTIFF + c.want
		}
		if got := TIFF([]byte(c.in), nil); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func riffOf(id string, body string) string {
	return string(binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))) + body
}

func TestAnAnimatedCursorWithAWrongHeaderIsTheExploit(t *testing.T) {
	t.Parallel()
	bad, good := riffOf("anih", strings.Repeat("\x00", 100)), riffOf("anih", strings.Repeat("\x00", 36))
	list := riffOf("LIST", "INFO")
	for _, c := range []struct {
		name, in string
		want     bool
	}{
		{"a right header", riffOf("RIFF", "ACON"+good), false},
		{"a wrong header", riffOf("RIFF", "ACON"+bad), true},
		{"a wrong one behind a right one", riffOf("RIFF", "ACON"+good+bad), true},
		{"inside a list", riffOf("RIFF", "ACON"+riffOf("LIST", "INFO"+bad)), true},
		{"behind an odd chunk", riffOf("RIFF", "ACON"+riffOf("rate", "abc")+"\x00"+bad), true},
		{"in a sound", riffOf("RIFF", "WAVE"+bad), false},
		{"behind 999 lists", riffOf("RIFF", "ACON"+strings.Repeat(list, 999)+bad), true},
		{"behind 1000 lists", riffOf("RIFF", "ACON"+strings.Repeat(list, 1000)+bad), false},
		{"in the other byte order", "RIFX\x00\x00\x00\x20ACONanih\x00\x00\x00\x24", false},
		{"behind a chunk of 4 GiB", riffOf("RIFF", "ACONrate\xff\xff\xff\xff"+bad), false},
	} {
		if got := RIFF([]byte(c.in), nil) == animatedCursor; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWorkEndsWhenTheCallerSaysSo(t *testing.T) {
	t.Parallel()
	stop := func() bool { return false }
	if got := GIF([]byte(gifOf(strings.Repeat("!\xfe\x00", 1<<16)+"x")), stop); got != "" {
		t.Errorf("GIF went on to %q", got)
	}
	if got := RIFF([]byte(riffOf("RIFF", "ACON"+strings.Repeat("rate\x00\x00\x00\x00", 1<<16)+"anih\x00\x00\x00\x00")), stop); got != "" {
		t.Errorf("RIFF went on to %q", got)
	}
	if got := Text([]byte("4111111111111111"), Structured{Cards: 1}, stop); got != nil {
		t.Errorf("Text went on to %q", got)
	}
}
