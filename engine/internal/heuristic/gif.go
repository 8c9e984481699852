package heuristic

const brokenGIF = "Heuristics.Broken.Media.GIF."

// Records of a GIF file (GIF89a specification, sections 18 to 27). Sizes are
// bytes.
const (
	gifSignature  = 6
	gifScreen     = 7
	gifDescriptor = 9
	gifTable      = 0x80 // flag: a colour table follows
	gifExtension  = '!'
	gifImage      = ','
	gifTrailer    = ';'
	gifControl    = 0xf9
	// gifControlSize is the graphic control extension behind its label. ClamAV
	// steps over it whatever its size field says (observed: clamscan 1.4.6).
	gifControlSize = 6
)

// GIF walks the blocks of a GIF file and returns the alert for the first defect.
// What follows the trailer is not looked at.
func GIF(b []byte, on Continue) string {
	g := gif{b: b, at: min(gifSignature, len(b)), pace: pace{ask: on}}
	if d := g.walk(); d != "" {
		return brokenGIF + d
	}
	return ""
}

type gif struct {
	b    []byte
	at   int
	pace pace
}

func (g *gif) walk() string {
	if len(g.b)-g.at < gifScreen {
		return "TruncatedScreenDescriptor"
	}
	if !g.skip(gifScreen + tableSize(g.b[g.at+4])) {
		return "TruncatedGlobalColorTable"
	}
	for images := 0; g.pace.on(); {
		label, ok := g.next()
		switch {
		case !ok && images == 0:
			return "MissingImageData"
		case !ok, label == gifTrailer:
			return ""
		case label == gifExtension:
			if d := g.extension(); d != "" {
				return d
			}
		case label == gifImage:
			if d := g.image(); d != "" {
				return d
			}
			images++
		default:
			return "UnknownBlockLabel"
		}
	}
	return ""
}

// tableSize is the size of the colour table that a flags byte announces.
func tableSize(flags byte) int {
	if flags&gifTable == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func (g *gif) next() (byte, bool) {
	if g.at >= len(g.b) {
		return 0, false
	}
	g.at++
	return g.b[g.at-1], true
}

// skip steps over n bytes, or to the end if there are fewer.
func (g *gif) skip(n int) bool {
	if n > len(g.b)-g.at {
		g.at = len(g.b)
		return false
	}
	g.at += n
	return true
}

func (g *gif) extension() string {
	label, ok := g.next()
	if !ok {
		return "TruncatedExtension"
	}
	if label == gifControl {
		g.skip(gifControlSize)
		return ""
	}
	return g.blocks("TruncatedExtension", "TruncatedExtensionSubBlock")
}

func (g *gif) image() string {
	const cut = "TruncatedImageDataBlock"
	if len(g.b)-g.at < gifDescriptor {
		return "TruncatedImageDescriptor"
	}
	flags := g.b[g.at+gifDescriptor-1]
	if !g.skip(gifDescriptor + tableSize(flags) + 1) { // one byte: the code size
		return cut
	}
	return g.blocks(cut, cut)
}

// blocks steps over data sub-blocks up to the empty one. noSize and noData name
// the defects of an end before a size and inside the data.
func (g *gif) blocks(noSize, noData string) string {
	for g.pace.on() {
		n, ok := g.next()
		switch {
		case !ok:
			return noSize
		case n == 0:
			return ""
		case !g.skip(int(n)):
			return noData
		}
	}
	return ""
}
