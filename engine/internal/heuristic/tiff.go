package heuristic

import "encoding/binary"

const brokenTIFF = "Heuristics.Broken.Media.TIFF."

// tiffTypes is the size in bytes of one value of each field type (TIFF 6.0,
// section 2); types that are not listed have no size and are not checked.
var tiffTypes = [...]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}

// TIFF walks the directories of a TIFF file and returns the alert for the first
// defect. Directories must follow each other in the file, so the walk ends.
func TIFF(b []byte, on Continue) string {
	order := binary.ByteOrder(binary.BigEndian)
	if len(b) > 0 && b[0] == 'I' {
		order = binary.LittleEndian
	}
	t := tiff{b: b, order: order, pace: pace{ask: on}}
	if d := t.walk(); d != "" {
		return brokenTIFF + d
	}
	return ""
}

type tiff struct {
	b     []byte
	order binary.ByteOrder
	pace  pace
}

// at returns n bytes at an offset if they exist.
func (t *tiff) at(off, n uint64) ([]byte, bool) {
	if off > uint64(len(t.b)) || n > uint64(len(t.b))-off {
		return nil, false
	}
	return t.b[off : off+n], true
}

func (t *tiff) walk() string {
	first, ok := t.at(4, 4)
	if !ok {
		return "EOFReadingFirstIFDOffset"
	}
	off := uint64(t.order.Uint32(first))
	if off == 0 {
		return "InvalidIFDOffset"
	}
	for t.pace.on() {
		end, d := t.directory(off)
		if d != "" {
			return d
		}
		next, ok := t.at(end, 4)
		if !ok {
			return "EOFReadingChunkCRC"
		}
		if off = uint64(t.order.Uint32(next)); off == 0 {
			return ""
		}
		if off <= end {
			return "OutOfOrderIFDOffset"
		}
	}
	return ""
}

// directory checks the entries of the directory at off and returns where they end.
func (t *tiff) directory(off uint64) (end uint64, defect string) {
	count, ok := t.at(off, 2)
	if !ok {
		return 0, "EOFReadingNumIFDDirectoryEntries"
	}
	off += 2
	for range t.order.Uint16(count) {
		e, ok := t.at(off, 12)
		if !ok {
			return 0, "EOFReadingIFDEntry"
		}
		if !t.valueInFile(e) {
			return 0, "OutOfBoundsAccess"
		}
		if off += 12; !t.pace.on() {
			break
		}
	}
	return off, ""
}

// valueInFile tells whether the value of an entry lies in the file. A value of up
// to four bytes stands in the entry itself.
func (t *tiff) valueInFile(e []byte) bool {
	kind, n := t.order.Uint16(e[2:]), uint64(t.order.Uint32(e[4:]))
	if int(kind) < len(tiffTypes) {
		n *= tiffTypes[kind]
	} else {
		n = 0
	}
	if n <= 4 {
		return true
	}
	_, ok := t.at(uint64(t.order.Uint32(e[8:])), n)
	return ok
}
