package db

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// FormatVersion must change when an old reader could misread a new file.
//
//	1: first version
const FormatVersion = 1

// magic opens every image; the last byte is a line feed so that text-mode
// transfers damage it visibly.
const magic = "GCLAMDB\n"

// The header is magic (8), format version (4), number of sections (4), file
// size (8), CRC-32C of the table of contents (4), reserved (4).
const (
	headerSize = 32
	tocEntry   = 24 // id (4), CRC-32C (4), offset (8), size (8)
	alignment  = 64
	maxSection = 256
)

// sectionID names a section; the numbers are part of the format.
type sectionID uint32

const (
	secMeta    sectionID = 1  // JSON: Meta
	secStrings sectionID = 2  // bytes of names, families and texts
	secFamily  sectionID = 3  // name families: offset u32, length u16, form u16
	secProgram sectionID = 4  // pattern programs
	secBody    sectionID = 5  // body signatures, bodySize bytes each
	secLogical sectionID = 6  // logical signatures, logicalSize bytes each
	secSub     sectionID = 7  // subsignatures, subSize bytes each
	secExpr    sectionID = 8  // logical expressions
	secAnchor  sectionID = 9  // what a literal found in a buffer stands for
	secLists   sectionID = 10 // JSON: Lists (rare record kinds)
	secBlobs   sectionID = 11 // sources of bytecode and YARA, regular expressions
	secPattern sectionID = 12 // pattern index: program offset u32, length u32
	secTable   sectionID = 32 // + target: literal tables
	secAlways  sectionID = 64 // + target: logical signatures without a necessary literal
	secHash    sectionID = 96 // + use*4 + kind: hash signatures
)

// ErrImage is wrapped by every error about the bytes of an image.
var ErrImage = errors.New("db: not a usable database image")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// image is the parsed table of contents over the raw bytes.
type image struct {
	raw      []byte
	sections map[sectionID][]byte
}

// parseImage checks the header and the checksum of every section.
func parseImage(raw []byte) (*image, error) {
	if len(raw) < headerSize || string(raw[:8]) != magic {
		return nil, fmt.Errorf("%w: no magic", ErrImage)
	}
	le := binary.LittleEndian
	if v := le.Uint32(raw[8:]); v != FormatVersion {
		return nil, fmt.Errorf("%w: format version %d, want %d", ErrImage, v, FormatVersion)
	}
	n := le.Uint32(raw[12:])
	if n > maxSection || int(headerSize+n*tocEntry) > len(raw) {
		return nil, fmt.Errorf("%w: table of contents of %d entries", ErrImage, n)
	}
	if size := le.Uint64(raw[16:]); size != uint64(len(raw)) {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrImage, len(raw), size)
	}
	toc := raw[headerSize : headerSize+n*tocEntry]
	if crc32.Checksum(toc, castagnoli) != le.Uint32(raw[24:]) {
		return nil, fmt.Errorf("%w: table of contents damaged", ErrImage)
	}
	im := &image{raw: raw, sections: make(map[sectionID][]byte, n)}
	for ; len(toc) >= tocEntry; toc = toc[tocEntry:] {
		id, off, size := sectionID(le.Uint32(toc)), le.Uint64(toc[8:]), le.Uint64(toc[16:])
		if off > uint64(len(raw)) || size > uint64(len(raw))-off {
			return nil, fmt.Errorf("%w: section %d outside of the file", ErrImage, id)
		}
		s := raw[off : off+size : off+size]
		if crc32.Checksum(s, castagnoli) != le.Uint32(toc[4:]) {
			return nil, fmt.Errorf("%w: section %d damaged", ErrImage, id)
		}
		im.sections[id] = s
	}
	return im, nil
}

// assemble lays sections out behind header and table of contents.
func assemble(order []sectionID, sections map[sectionID][]byte) []byte {
	le := binary.LittleEndian
	off := align(headerSize + len(order)*tocEntry)
	total := off
	for _, id := range order {
		total = align(total + len(sections[id]))
	}
	out := make([]byte, total)
	copy(out, magic)
	le.PutUint32(out[8:], FormatVersion)
	le.PutUint32(out[12:], uint32(len(order)))
	le.PutUint64(out[16:], uint64(total))
	toc := out[headerSize : headerSize+len(order)*tocEntry]
	for i, id := range order {
		s := sections[id]
		copy(out[off:], s)
		e := toc[i*tocEntry:]
		le.PutUint32(e, uint32(id))
		le.PutUint32(e[4:], crc32.Checksum(s, castagnoli))
		le.PutUint64(e[8:], uint64(off))
		le.PutUint64(e[16:], uint64(len(s)))
		off = align(off + len(s))
	}
	le.PutUint32(out[24:], crc32.Checksum(toc, castagnoli))
	return out
}

func align(n int) int { return (n + alignment - 1) &^ (alignment - 1) }
