package udf

import (
	"io"

	"gclam/engine/internal/input"
)

// Offsets in file entries, ECMA-167 4/14.9 and 4/14.17.
const (
	icbTypeAt  = tagSize + 11
	icbFlagsAt = tagSize + 18
	sizeAt     = 56
	fileADs    = 168 // lengths of extended attributes and of allocation descriptors
	fileBody   = 176
	extADs     = 208
	extBody    = 216
)

// Types of files, 4/14.6.6.
const (
	typeOldTable = 0
	typeDir      = 4
	typeTable    = 248
)

// Forms of allocation descriptors, the low bits of the flags.
const (
	formShort    = 0
	formLong     = 1
	formExtended = 2
	formEmbedded = 3
	shortSize    = 8
	longSize     = 16
	extendedSize = 20
)

// Kinds of extents, the top bits of their length.
const (
	extRecorded = 0
	extContinue = 3 // of the descriptors, not of the file
	extMaskSize = 1<<30 - 1
)

const (
	maxExtents   = 1 << 16 // of one file
	maxContinued = 64      // pieces of its descriptors
)

// run is an extent of a file. A hole has no data.
type run struct {
	extent
	hole bool
}

// file is a file entry.
type file struct {
	typ     byte
	size    int64
	extents []run
	inline  []byte
	below   int64 // where addresses count from, in blocks; -1 for the start of part
	part    uint16
	raw     []byte // allocation descriptors
	form    byte
}

// long is a long allocation descriptor.
type long struct {
	address
	size uint32
}

func parseLong(b []byte) long {
	return long{address{le.Uint32(b[4:]), le.Uint16(b[8:])}, le.Uint32(b)}
}

// entryAt reads the file entry at a byte offset, of a file whose addresses count
// from block base.
func (u *unpacker) entryAt(off, base int64) (*file, error) {
	w, err := u.in.Window(off, u.block)
	if err != nil {
		return nil, err
	}
	f := parseEntry(w)
	if f == nil {
		return nil, nil
	}
	f.below = base
	u.allocate(f)
	return f, nil
}

// entry reads the file entry of an address.
func (u *unpacker) entry(a address) (*file, error) {
	w, err := u.window(a, u.block)
	if err != nil {
		return nil, err
	}
	f := parseEntry(w)
	if f == nil {
		return nil, nil
	}
	f.below, f.part = -1, a.part
	u.allocate(f)
	return f, nil
}

func parseEntry(w []byte) *file {
	ads, body := fileADs, int64(fileBody)
	switch tag(w) {
	case tagFile:
	case tagFileExt:
		ads, body = extADs, extBody
	default:
		return nil
	}
	if int64(len(w)) < body {
		return nil
	}
	f := &file{typ: w[icbTypeAt], size: int64(min(le.Uint64(w[sizeAt:]), 1<<62)), form: w[icbFlagsAt] & 7}
	body += int64(le.Uint32(w[ads:]))
	size := int64(le.Uint32(w[ads+4:]))
	if body > int64(len(w)) {
		return f
	}
	f.raw = w[body:min(body+size, int64(len(w)))]
	return f
}

// allocate turns allocation descriptors into extents, through all pieces.
func (u *unpacker) allocate(f *file) {
	if f.form == formEmbedded {
		f.inline = f.raw
		return
	}
	step := map[byte]int{formShort: shortSize, formLong: longSize, formExtended: extendedSize}[f.form]
	if step == 0 {
		return
	}
	b := f.raw
	for n := 0; n < maxContinued; {
		if len(b) < step || len(f.extents) >= maxExtents {
			return
		}
		size, at := u.descriptor(f, b)
		b = b[step:]
		switch kind, size := size>>30, int64(size&extMaskSize); {
		case size == 0:
			return
		case kind == extContinue:
			n++
			b = u.continued(at)
		default:
			f.extents = append(f.extents, run{extent{at, size}, kind != extRecorded || at < 0})
		}
	}
}

// descriptor reads one allocation descriptor: length with kind, and place.
func (u *unpacker) descriptor(f *file, b []byte) (uint32, int64) {
	a := address{le.Uint32(b[4:]), f.part}
	switch f.form {
	case formLong:
		a.part = le.Uint16(b[8:])
	case formExtended:
		a = address{le.Uint32(b[12:]), le.Uint16(b[16:])}
	}
	if f.below >= 0 {
		return le.Uint32(b), (f.below + int64(a.block)) * u.block
	}
	return le.Uint32(b), u.place(a)
}

// continued returns the next piece of allocation descriptors.
func (u *unpacker) continued(at int64) []byte {
	const head = tagSize + 8
	w, err := u.in.Window(at, u.block)
	if err != nil || tag(w) != tagAllocExtent || len(w) < head {
		return nil
	}
	return w[head:min(int64(len(w)), head+int64(le.Uint32(w[head-4:])))]
}

// open returns the content of a file and how many bytes of it exist. Holes are
// left out.
func (u *unpacker) open(f *file) (io.Reader, int64) {
	if f.form == formEmbedded {
		v := input.Bytes(f.inline).Section(0, f.size)
		return v.Reader(), v.Size()
	}
	var readers []io.Reader
	var have int64
	left := f.size
	for _, e := range f.extents {
		if left <= 0 {
			break
		}
		size := min(e.size, left)
		left -= size
		if e.hole {
			continue
		}
		v := u.in.Section(e.off, size)
		if v.Size() == 0 {
			continue
		}
		have += v.Size()
		readers = append(readers, v.Reader())
	}
	switch len(readers) {
	case 0:
		return nil, 0
	case 1:
		return readers[0], have
	}
	return io.MultiReader(readers...), have
}
