package tnef

import (
	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/input"
)

// MAPI property types and tags (MS-OXTNEF 2.1.3.4, MS-OXCDATA 2.11.1).
const (
	typeMultiple = 0x1000 // flag: several values
	typeObject   = 0x000D
	typeBinary   = 0x0102
	typeString8  = 0x001E
	typeUnicode  = 0x001F

	tagAttachData = 0x3701 // PR_ATTACH_DATA_OBJ, PR_ATTACH_DATA_BIN
	firstNamed    = 0x8000 // from here on a property has a name of its own

	guidSize    = 16
	maxProps    = 4096
	maxValues   = 4096
	maxEmbedded = 64
)

// fixedSize is the padded size of the property types of fixed size.
func fixedSize(typ uint16) int64 {
	switch typ {
	case 0x0002, 0x0003, 0x0004, 0x000A, 0x000B:
		return 4
	case 0x0005, 0x0006, 0x0007, 0x0014, 0x0040:
		return 8
	case 0x0048:
		return guidSize
	}
	return 0
}

// propReader is a cursor over a property stream; ok turns false at the first
// read beyond its end.
type propReader struct {
	v   input.View
	off int64
	ok  bool
	err error
}

func (r *propReader) bytes(n int64) []byte {
	w, err := r.v.Window(r.off, n)
	if err != nil || int64(len(w)) < n {
		r.ok, r.err = false, err
		return nil
	}
	r.off += n
	return w
}

func (r *propReader) u32() uint32 {
	n, ok := bytesx.U32LE(r.bytes(4), 0)
	r.ok = r.ok && ok
	return n
}

// skip moves on by n bytes and the padding to a multiple of four.
func (r *propReader) skip(n int64) {
	n = (n + 3) &^ 3
	if n > r.v.Size()-r.off {
		r.ok = false
		return
	}
	r.off += n
}

// embedded returns the objects that a property stream of an attachment holds,
// with and without the interface identifier in front of them.
func embedded(v input.View) ([]input.View, error) {
	r := &propReader{v: v, ok: true}
	var found []input.View
	count := min(r.u32(), maxProps)
	for range count {
		tag := r.u32()
		typ, id := uint16(tag), uint16(tag>>16)
		if id >= firstNamed && r.ok {
			r.name()
		}
		if !r.ok || len(found) >= maxEmbedded {
			break
		}
		for _, o := range r.values(typ) {
			if id == tagAttachData {
				found = append(found, o)
				if typ == typeObject {
					found = append(found, o.Section(guidSize, o.Size()-guidSize))
				}
			}
		}
	}
	return found, r.err
}

// name skips the name of a named property.
func (r *propReader) name() {
	r.bytes(guidSize)
	if kind := r.u32(); kind == 0 {
		r.u32()
	} else {
		r.skip(int64(r.u32()))
	}
}

// values reads the values of a property and returns those of variable size.
func (r *propReader) values(typ uint16) []input.View {
	base := typ &^ typeMultiple
	if size := fixedSize(base); size > 0 {
		n := int64(1)
		if typ != base {
			n = int64(r.u32())
		}
		if r.ok {
			r.skip(size * n)
		}
		return nil
	}
	switch base {
	case typeObject, typeBinary, typeString8, typeUnicode:
	default:
		r.ok = false
		return nil
	}
	var found []input.View
	for range min(r.u32(), maxValues) {
		n := int64(r.u32())
		if !r.ok {
			break
		}
		if o := r.v.Section(r.off, n); o.Size() > 0 {
			found = append(found, o)
		}
		r.skip(n)
	}
	return found
}
