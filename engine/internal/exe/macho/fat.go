package macho

import (
	"encoding/binary"
	"errors"

	"gclam/engine/internal/input"
)

// ErrNotUniversal tells that the object is not a universal binary.
var ErrNotUniversal = errors.New("macho: no universal header")

// Limits of universal binaries. The magic is that of Java class files, where
// the second word is the version: counts of 39 and more (low 16 bits) are Java.
const (
	magicFat      = 0xcafebabe
	fatHeader     = 8
	fatEntry      = 20
	maxSlices     = 32
	javaVersion   = 39
	fatOffsetAt   = 8
	fatSizeAt     = 12
	cpuTypeAt     = 0
	fatCountShort = 0xffff
)

// Slice is one architecture of a universal binary: a window of the file.
type Slice struct {
	CPU          uint32
	Offset, Size int64
}

// Slices lists the architectures of a universal binary that lie inside the
// file; the first one that does not ends the list, as in ClamAV. broken tells
// that the header itself is implausible.
func Slices(in input.View) (list []Slice, broken bool, err error) {
	b, err := in.Window(0, fatHeader+maxSlices*fatEntry)
	if err != nil {
		return nil, false, err
	}
	if len(b) < fatHeader {
		return nil, false, ErrNotUniversal
	}
	var order binary.ByteOrder = binary.BigEndian
	switch {
	case binary.BigEndian.Uint32(b) == magicFat:
	case binary.LittleEndian.Uint32(b) == magicFat:
		order = binary.LittleEndian
	default:
		return nil, false, ErrNotUniversal
	}
	n := order.Uint32(b[4:])
	if n&fatCountShort >= javaVersion {
		return nil, false, ErrNotUniversal
	}
	if n < 1 || n > maxSlices {
		return nil, true, nil
	}
	for i := range int64(n) {
		at := fatHeader + i*fatEntry
		if at+fatEntry > int64(len(b)) {
			return list, true, nil
		}
		s := Slice{
			CPU:    order.Uint32(b[at+cpuTypeAt:]),
			Offset: int64(order.Uint32(b[at+fatOffsetAt:])),
			Size:   int64(order.Uint32(b[at+fatSizeAt:])),
		}
		if s.Offset >= in.Size() {
			break
		}
		s.Size = min(s.Size, in.Size()-s.Offset)
		list = append(list, s)
	}
	return list, false, nil
}
