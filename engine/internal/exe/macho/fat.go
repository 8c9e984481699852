package macho

import (
	"encoding/binary"
	"errors"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/input"
)

// ErrNotUniversal tells that the object is not a universal binary.
var ErrNotUniversal = errors.New("macho: no universal header")

// The universal header (Mach-O file format reference, fat_header and fat_arch;
// always big-endian). Its magic is that of Java class files, where the second
// word is the version: clamscan 1.4.6 was observed to take counts of 32 and more
// for Java.
const (
	magicFat   = 0xcafebabe
	fatHeader  = 8
	fatEntry   = 20
	maxSlices  = 31
	cpuTypeAt  = 0
	fatOffset  = 8
	fatSize    = 12
	fatCountAt = 4
)

// Slice is one architecture of a universal binary: a window of the file.
type Slice struct {
	CPU          uint32
	Offset, Size int64
}

// Slices lists the architectures of a universal binary; those that begin outside
// the file are left out. A size that is 0 or too large means the rest of the
// file. broken tells that the header is cut, which ClamAV alerts on with
// AlertBrokenExecutables; the slices found before are returned all the same.
func Slices(in input.View) (list []Slice, broken bool, err error) {
	b, err := in.Window(0, fatHeader+maxSlices*fatEntry)
	if err != nil {
		return nil, false, err
	}
	if len(b) < fatHeader || binary.BigEndian.Uint32(b) != magicFat {
		return nil, false, ErrNotUniversal
	}
	n := binary.BigEndian.Uint32(b[fatCountAt:])
	if n > maxSlices {
		return nil, false, ErrNotUniversal
	}
	for i := range int64(n) {
		entry, ok := bytesx.Slice(b, fatHeader+i*fatEntry, fatEntry)
		if !ok {
			return list, true, nil
		}
		s := Slice{
			CPU:    binary.BigEndian.Uint32(entry[cpuTypeAt:]),
			Offset: int64(binary.BigEndian.Uint32(entry[fatOffset:])),
			Size:   int64(binary.BigEndian.Uint32(entry[fatSize:])),
		}
		rest := in.Size() - s.Offset
		if rest <= 0 {
			continue
		}
		if s.Size == 0 || s.Size > rest {
			s.Size = rest
		}
		list = append(list, s)
	}
	return list, false, nil
}
