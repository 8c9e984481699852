package pe

// The layout of a version resource (Windows VS_VERSIONINFO): every block is
// length, value length, type (16 bits each), a UTF-16 key, padding to 32 bits,
// value, children. ClamAV reads it as fixed records and gives up at the first
// one that does not fit; the positions recorded depend on that, so the walk below
// follows what clamscan 1.4.6 was observed to do.
const (
	blockHeaderSize    = 6
	rootSize           = 92 // header, "VS_VERSION_INFO" and VS_FIXEDFILEINFO
	fixedInfoAt        = 40
	fixedInfoSize      = 52
	fixedInfoSignature = 0xfeef04bd
	stringFileInfoSize = 36 // header and "StringFileInfo"
	stringTableSize    = 24 // header and eight hexadecimal digits
	minStringSize      = 16 // strings must be longer
	maxVersionSize     = 1 << 16
	maxVersionStrings  = 1 << 14
)

// versionInfo records where the keys of the strings of all version resources
// are in the file.
func (p *parser) versionInfo() {
	for _, r := range p.resources(resourceTypeVersion) {
		off, ok := p.facts.RawOffset(r.rva, p.in.Size())
		if !ok {
			continue
		}
		if int64(r.size) > p.in.Size()-off {
			continue
		}
		p.versionBlock(p.window(off, min(int64(r.size), maxVersionSize)), off)
	}
}

// versionBlock walks one VS_VERSION_INFO, which starts at base in the file.
func (p *parser) versionBlock(b []byte, base int64) {
	length := int64(u16(b, 0))
	if length < rootSize || length > int64(len(b)) || u16(b, 2) != fixedInfoSize ||
		!hasKey(b, 0, "VS_VERSION_INFO") || u32(b, fixedInfoAt) != fixedInfoSignature {
		return
	}
	w := versionWalk{p: p, b: b[:length], base: base}
	w.children(rootSize)
}

// versionWalk is a walk over one resource; b ends at the length of its root.
type versionWalk struct {
	p    *parser
	b    []byte
	base int64
}

// children walks the blocks below the root up to the first StringFileInfo,
// which ClamAV takes for the only one. Only VarFileInfo may come before it.
func (w *versionWalk) children(at int64) {
	for at+blockHeaderSize < int64(len(w.b)) {
		length := int64(u16(w.b, at))
		end := at + length
		if length <= blockHeaderSize || end > int64(len(w.b)) {
			return
		}
		if hasKey(w.b, at, "StringFileInfo") {
			w.tables(at+stringFileInfoSize, end)
			return
		}
		if !hasKey(w.b, at, "VarFileInfo") {
			return
		}
		at += align4(length)
	}
}

// tables walks the StringTables in [at, end).
func (w *versionWalk) tables(at, end int64) {
	for at+stringTableSize < end {
		length := int64(u16(w.b, at))
		if length <= stringTableSize || at+length > end || !w.strings(at+stringTableSize, at+length) {
			return
		}
		at += align4(length)
	}
}

// strings records the strings in [at, end); false ends the whole walk.
func (w *versionWalk) strings(at, end int64) bool {
	for at+blockHeaderSize < end {
		length := int64(u16(w.b, at))
		size := align4(length)
		if length <= minStringSize || at+size > end {
			return false
		}
		if w.hasValue(at, at+length) {
			if len(w.p.facts.VersionInfo) >= maxVersionStrings {
				return false
			}
			w.p.facts.VersionInfo = append(w.p.facts.VersionInfo, w.base+at+blockHeaderSize)
		}
		at += size
	}
	return true
}

// hasValue tells whether the string block in [at, end) has a terminated key and
// something behind it.
func (w *versionWalk) hasValue(at, end int64) bool {
	for i := at + blockHeaderSize; i+2 <= end; i += 2 {
		if u16(w.b, i) == 0 {
			return align4(i+2) < end
		}
	}
	return false
}

// hasKey tells whether the block at an offset has the given ASCII key.
func hasKey(b []byte, at int64, key string) bool {
	at += blockHeaderSize
	for i := range len(key) {
		if u16(b, at+2*int64(i)) != uint16(key[i]) {
			return false
		}
	}
	return at+2*int64(len(key))+2 <= int64(len(b)) && u16(b, at+2*int64(len(key))) == 0
}

// align4 rounds up to the 32-bit boundaries that separate blocks.
func align4(n int64) int64 { return (n + 3) &^ 3 }
