package iso9660

import (
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"

	"gclam/engine/internal/input"
)

// Descriptor types and offsets, ECMA-119 section 8.
const (
	descTerminator = 255
	descSecondary  = 2
	escapesAt      = 88
	blockSizeAt    = 128
	rootAt         = 156
)

// Directory records, ECMA-119 section 9.1.
const (
	minRecord   = 34
	flagDir     = 0x02
	flagMulti   = 0x80 // the file goes on in the next record
	nameAt      = 33
	maxNameSize = 222
)

// extent is a run of bytes by its address in blocks and its length in bytes.
type extent struct{ start, size int64 }

// record is one directory record.
type record struct {
	extent
	flags       byte
	interleaved bool
	name        []byte
}

// tree is a directory tree as a volume descriptor gives it.
type tree struct {
	block  int64
	root   extent
	joliet bool
}

func isJoliet(d []byte) bool {
	if d[0] != descSecondary || d[escapesAt] != '%' || d[escapesAt+1] != '/' {
		return false
	}
	return strings.IndexByte("@CE", d[escapesAt+2]) >= 0
}

func parseDescriptor(d []byte) (tree, bool) {
	if len(d) < sectorSize {
		return tree{}, false
	}
	t := tree{block: int64(binary.LittleEndian.Uint16(d[blockSizeAt:])), joliet: isJoliet(d)}
	if t.block == 0 { // only one of the two byte orders is needed
		t.block = int64(binary.BigEndian.Uint16(d[blockSizeAt+2:]))
	}
	r, ok := parseRecord(d[rootAt:])
	if !ok || t.block != 512 && t.block != 1024 && t.block != 2048 {
		return tree{}, false
	}
	t.root = r.extent
	return t, true
}

// parseRecord reads the record at the start of b.
func parseRecord(b []byte) (record, bool) {
	if len(b) < minRecord || int(b[0]) < minRecord || int(b[0]) > len(b) {
		return record{}, false
	}
	b = b[:b[0]]
	le := binary.LittleEndian
	r := record{
		extent: extent{int64(le.Uint32(b[2:])) + int64(b[1]), int64(le.Uint32(b[10:]))},
		flags:  b[25], interleaved: b[26] != 0 || b[27] != 0,
	}
	n := int(b[32])
	if nameAt+n > len(b) {
		n = len(b) - nameAt
	}
	r.name = b[nameAt : nameAt+n]
	return r, true
}

// isRoot tells whether b starts with the record of a root directory for itself.
func isRoot(b []byte, root extent) bool {
	r, ok := parseRecord(b)
	return ok && len(r.name) == 1 && r.name[0] == 0 && r.flags&flagDir != 0 && r.start == root.start
}

// decodeName gives a name without its version; Joliet names become UTF-8.
func decodeName(name []byte, joliet bool) string {
	var s string
	if joliet {
		u := make([]uint16, len(name)/2)
		for i := range u {
			u[i] = binary.BigEndian.Uint16(name[2*i:])
		}
		s = string(utf16.Decode(u))
	} else {
		s = string(name)
	}
	s, _, _ = strings.Cut(s, ";")
	return s
}

// image maps the logical bytes of a volume to the object.
type image struct {
	in     input.View
	base   int64 // of the first sector's user data
	sector int64 // distance of sectors
	block  int64
}

// place returns where logical byte off lies and how many bytes follow it in a row.
func (m *image) place(off int64) (at, run int64) {
	if m.sector == sectorSize {
		return m.base + off, 1 << 62
	}
	in := off % sectorSize
	return m.base + off/sectorSize*m.sector + in, sectorSize - in
}

// window returns up to n bytes, which must not cross a sector.
func (m *image) window(off, n int64) []byte {
	at, run := m.place(off)
	w, err := m.in.Window(at, min(n, run))
	if err != nil {
		return nil
	}
	return w
}

// reader returns the bytes of an extent and how many of them exist.
func (m *image) reader(e extent) (io.Reader, int64) {
	at, _ := m.place(e.start * m.block)
	if m.sector == sectorSize {
		v := m.in.Section(at, e.size)
		return v.Reader(), v.Size()
	}
	if at < 0 || at >= m.in.Size() {
		return nil, 0
	}
	last, _ := m.place(e.start*m.block + max(e.size-1, 0))
	have := e.size
	if last >= m.in.Size() {
		have = max((m.in.Size()-at)/m.sector*sectorSize, 0)
	}
	return &sectors{m: m, off: e.start * m.block, left: e.size}, have
}

// sectors reads user data sector by sector.
type sectors struct {
	m         *image
	off, left int64
}

// Read implements io.Reader.
func (s *sectors) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	at, run := s.m.place(s.off)
	w, err := s.m.in.Window(at, min(run, s.left, int64(len(p))))
	if err != nil {
		return 0, err
	}
	if len(w) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, w)
	s.off += int64(n)
	s.left -= int64(n)
	return n, nil
}
