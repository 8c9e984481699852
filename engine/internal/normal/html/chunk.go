package html

// maxChunk is the number of bytes, NULs not counted, that are looked at
// together. A piece ends after its last white space, unless white space follows
// it anyway or it has none; white space at its start is lost. Observed: sigtool
// 1.4.6.
const maxChunk = 8191

// chunker cuts the page into the pieces that ClamAV sees.
type chunker struct {
	buf [maxChunk + 1]byte // the piece and the byte after it
	n   int
}

// add takes one byte of the page and returns a piece when one is complete. The
// piece is valid until the next call.
func (k *chunker) add(c byte) (piece []byte, hard, ok bool) {
	k.buf[k.n] = c
	k.n++
	if k.n <= maxChunk {
		return nil, false, false
	}
	cut := maxChunk
	if !isSpace(c) {
		cut = lastSpace(k.buf[:maxChunk])
	}
	if cut == 0 {
		cut, hard = maxChunk, true
	}
	return k.buf[:cut], hard, true
}

// drop removes a piece that was dealt with.
func (k *chunker) drop(piece []byte) {
	k.n = copy(k.buf[:], k.buf[len(piece):k.n])
}

// rest returns what is left at the end of the page.
func (k *chunker) rest() []byte { return k.buf[:k.n] }

// lastSpace returns the index after the last white space in b, not looking at
// its first byte; 0 when there is none.
func lastSpace(b []byte) int {
	for i := len(b) - 1; i > 0; i-- {
		if isSpace(b[i]) {
			return i + 1
		}
	}
	return 0
}
