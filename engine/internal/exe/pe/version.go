package pe

import "bytes"

// Sizes and caps of the version resource (Windows VS_VERSIONINFO: every block
// is length, value length, type, UTF-16 key, padding, value, children).
const (
	blockHeaderSize   = 6
	maxVersionSize    = 1 << 16 // block lengths are 16-bit
	maxVersionStrings = 1 << 14
)

// versionInfo records where the keys of the strings of all version resources
// are in the file.
func (p *parser) versionInfo() {
	seen := map[int64]bool{}
	for _, r := range p.resources(resourceTypeVersion) {
		off, ok := p.facts.RawOffset(r.rva, p.in.Size())
		if !ok || seen[off] {
			continue
		}
		seen[off] = true
		b := p.window(off, min(int64(r.size), maxVersionSize))
		p.versionBlock(b, off)
	}
}

// versionBlock walks VS_VERSION_INFO / StringFileInfo / StringTable / String.
func (p *parser) versionBlock(b []byte, base int64) {
	root, ok := readBlock(b, 0, len(b))
	if !ok || !root.is("VS_VERSION_INFO") {
		return
	}
	for info := range blocks(b, align4(root.value+root.valueLength), root.end) {
		if !info.is("StringFileInfo") {
			continue
		}
		for table := range blocks(b, info.value, info.end) {
			for s := range blocks(b, table.value, table.end) {
				if len(p.facts.VersionInfo) >= maxVersionStrings {
					return
				}
				p.facts.VersionInfo = append(p.facts.VersionInfo, base+int64(s.start+blockHeaderSize))
			}
		}
	}
}

// block is one node of a version resource; offsets are relative to the resource.
type block struct {
	start, end         int
	key                []byte // UTF-16LE without the final NUL
	value, valueLength int
}

// is tells whether the key is the given ASCII text.
func (k block) is(text string) bool {
	if len(k.key) != 2*len(text) {
		return false
	}
	for i := range len(text) {
		if k.key[2*i] != text[i] || k.key[2*i+1] != 0 {
			return false
		}
	}
	return true
}

// readBlock reads the block at start that must end by limit.
func readBlock(b []byte, start, limit int) (block, bool) {
	limit = min(limit, len(b))
	if start < 0 || limit-start < blockHeaderSize {
		return block{}, false
	}
	length := int(u16(b, int64(start)))
	if length < blockHeaderSize || length > limit-start {
		return block{}, false
	}
	k := block{start: start, end: start + length, valueLength: int(u16(b, int64(start)+2))}
	at := start + blockHeaderSize
	n := keyLength(b[at:k.end])
	if n < 0 {
		return block{}, false
	}
	k.key = b[at : at+n]
	k.value = align4(at + n + 2)
	return k, true
}

// keyLength returns the length in bytes of the UTF-16 text before its NUL, or -1.
func keyLength(b []byte) int {
	for i := 0; i+1 < len(b); i += 2 {
		if bytes.Equal(b[i:i+2], []byte{0, 0}) {
			return i
		}
	}
	return -1
}

// blocks iterates over the sibling blocks in [from, to).
func blocks(b []byte, from, to int) func(func(block) bool) {
	return func(yield func(block) bool) {
		for from < to {
			k, ok := readBlock(b, from, to)
			if !ok || !yield(k) {
				return
			}
			from = align4(k.end)
		}
	}
}

// align4 rounds up to the 32-bit boundaries that separate blocks.
func align4(n int) int { return (n + 3) &^ 3 }
