package heuristic

import "encoding/binary"

const brokenPNG = "Heuristics.Broken.Media.PNG."

// pngSignature is the size of the signature in bytes (PNG specification, 5.2).
const pngSignature = 8

// PNG walks the chunks of a PNG file up to IEND and returns the alert for the
// first defect. Checksums are not verified, as in ClamAV.
func PNG(b []byte, on Continue) string {
	b = b[min(pngSignature, len(b)):]
	for p := (pace{ask: on}); len(b) >= 4 && p.on(); {
		n := int64(binary.BigEndian.Uint32(b))
		b = b[4:]
		switch {
		case n > 1<<31-1:
			return brokenPNG + "InvalidChunkLength"
		case len(b) < 4:
			return brokenPNG + "EOFReadingChunkType"
		case int64(len(b)-4) < n:
			return brokenPNG + "EOFReadingChunk"
		case int64(len(b)-4)-n < 4:
			return brokenPNG + "EOFReadingChunkCRC"
		case string(b[:4]) == "IEND":
			return ""
		}
		b = b[n+8:]
	}
	return ""
}
