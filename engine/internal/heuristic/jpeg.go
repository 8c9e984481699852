package heuristic

import (
	"bytes"
	"encoding/binary"
)

const brokenJPEG = "Heuristics.Broken.Media.JPEG."

// emptyComment is the alert for a comment segment whose length does not even
// cover the length field: Microsoft bulletin MS04-028.
const emptyComment = "Heuristics.Exploit.W32.MS04-028"

// Markers (ITU-T T.81, table B.1; those of JPEG 7 and tiling from T.84).
const (
	jpegSOF7  = 0xf7
	jpegDTI   = 0xf1
	jpegDTT   = 0xf2
	jpegEOI   = 0xd9
	jpegSOS   = 0xda
	jpegCOM   = 0xfe
	jpegAPP0  = 0xe0
	jpegAPP1  = 0xe1
	jpegAPP8  = 0xe8
	jpegAPP13 = 0xed
)

// soiMarker is what every file starts with; recognition has seen it.
const soiMarker = "\xff\xd8"

const (
	// markerSearch is within how many bytes a marker must come.
	markerSearch = 16
	// appHeader is the smallest length of JFIF, Exif and SPIFF segments, in bytes.
	appHeader = 16
)

// JPEG walks the segments of a JPEG file up to the first scan and returns the
// alert for the first defect.
func JPEG(b []byte, on Continue) string {
	j := jpeg{b: b, at: min(len(soiMarker), len(b))}
	for p := (pace{ask: on}); p.on(); j.segments++ {
		name, end := j.segment()
		if name != "" || end {
			return name
		}
	}
	return ""
}

// jpeg is the state of one walk.
type jpeg struct {
	b        []byte
	at       int
	previous byte // marker of the segment before
	segments int  // seen so far
	// friendly counts the segments that may stand before a JFIF or SPIFF header:
	// comments, Photoshop, XMP, and Exif.
	friendly          int
	jfif, exif, spiff bool
}

// segment looks at one segment; end tells that the walk is over.
func (j *jpeg) segment() (alert string, end bool) {
	marker, spurious := j.marker()
	if spurious {
		return brokenJPEG + "SpuriousBytesBeforeSegment", true
	}
	rest := j.b[j.at:]
	if len(rest) < 2 {
		return brokenJPEG + "CantReadSegmentSize", true
	}
	size := int(binary.BigEndian.Uint16(rest))
	switch {
	case marker == jpegCOM && size < 2:
		return emptyComment, true
	case size < 2:
		return brokenJPEG + "InvalidSegmentSize", true
	case size > len(rest)+1: // one too many is let pass (observed: clamscan 1.4.6)
		return brokenJPEG + "SegmentDataOutOfFile", true
	}
	defect, end := j.judge(marker, size, rest[2:])
	if defect != "" {
		return brokenJPEG + defect, true
	}
	j.previous = marker
	j.at += min(size, len(rest))
	return "", end
}

// marker reads up to and including the next marker. An end before it is no
// defect of its own: reading the size fails next.
func (j *jpeg) marker() (m byte, spurious bool) {
	after := false
	for range markerSearch {
		if j.at >= len(j.b) {
			return 0, false
		}
		c := j.b[j.at]
		j.at++
		if after && c != 0xff {
			return c, false
		}
		after = c == 0xff
	}
	return 0, true
}

// judge applies the rules of a marker to its segment; body is all that follows
// the size.
func (j *jpeg) judge(marker byte, size int, body []byte) (defect string, end bool) {
	switch marker {
	case jpegAPP0:
		return j.jfifHeader(size, body), false
	case jpegAPP1:
		return j.exifHeader(size, body), false
	case jpegAPP8:
		return j.spiffHeader(size, body), false
	case jpegCOM, jpegAPP13:
		j.friendly++
	case jpegSOF7:
		if j.jfif || j.exif || j.spiff {
			return "AppMarkerBeforeJPG7", true
		}
		return "", true
	case jpegDTT:
		if j.previous != jpegDTI {
			return "DTTMissingDTISegment", true
		}
	case jpegEOI:
		return "NoImages", true
	case jpegSOS:
		return "", true
	}
	return "", false
}

func (j *jpeg) jfifHeader(size int, body []byte) string {
	switch {
	case !bytes.HasPrefix(body, []byte("JFIF\x00")):
		return ""
	case j.jfif:
		return "JFIFdupAppMarker"
	case !j.early():
		return "JFIFmarkerBadPosition"
	case size < appHeader:
		return "JFIFheaderTooShort"
	}
	j.jfif = true
	return ""
}

func (j *jpeg) exifHeader(size int, body []byte) string {
	if bytes.HasPrefix(body, []byte("http://")) { // XMP
		j.friendly++
	}
	switch {
	case !bytes.HasPrefix(body, []byte("Exif\x00\x00")):
		return ""
	case j.exif || j.spiff:
		return "ExifDupAppMarker"
	case size < appHeader:
		return "ExifHeaderTooShort"
	}
	j.exif = true
	j.friendly++
	return ""
}

func (j *jpeg) spiffHeader(size int, body []byte) string {
	switch {
	case !bytes.HasPrefix(body, []byte("SPIFF\x00")):
		return ""
	case j.jfif || j.exif || j.spiff:
		return "SPIFFdupAppMarker"
	case !j.early():
		return "SPIFFmarkerBadPosition"
	case size < appHeader:
		return "SPIFFheaderTooShort"
	}
	j.spiff = true
	return ""
}

// early tells whether a file header may stand here: at the start, behind one
// comment, Photoshop or XMP segment, or behind an Exif header and at most one of those.
func (j *jpeg) early() bool {
	most := 1
	if j.exif {
		most = 2
	}
	return j.friendly == j.segments && j.segments <= most
}
