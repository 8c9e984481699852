package sis

import (
	"encoding/binary"

	"gclam/engine/internal/format"
)

// Kinds of fields of the new generation that hold others or data.
const (
	kindArray      = 2
	kindCompressed = 3
	kindContents   = 12
	kindData       = 30
	kindDataUnit   = 31
	kindFileData   = 32
)

const (
	maxDepth  = 16
	maxFields = 1 << 20
	algStored = 0
	algZlib   = 1
	algSize   = 12 // algorithm and unpacked size before the data
)

// span is a row of fields. Elements of an array all have the kind that the array
// names.
type span struct {
	off, end int64
	kind     uint32 // of the elements, 0 if each names its own
}

// fields walks the tree of fields, depth first.
func (u *unpacker) fields() error {
	stack := []span{{off: uidSize, end: u.in.Size()}}
	for n := 0; len(stack) > 0 && n < maxFields; n++ {
		if err := u.b.Check(u.ctx); err != nil {
			return err
		}
		top := &stack[len(stack)-1]
		kind, body, ok := u.field(top)
		if !ok {
			stack = stack[:len(stack)-1]
			continue
		}
		switch kind {
		case kindArray:
			elements, ok := u.number(body.off)
			if ok && elements != 0 && len(stack) < maxDepth {
				stack = append(stack, span{body.off + 4, body.end, elements})
			}
		case kindContents, kindData, kindDataUnit, kindFileData:
			if len(stack) < maxDepth {
				stack = append(stack, body)
			}
		case kindCompressed:
			if err := u.compressed(body); err != nil {
				return err
			}
		}
	}
	return nil
}

// field reads the header of the next field of a span and moves behind it.
func (u *unpacker) field(s *span) (kind uint32, body span, ok bool) {
	kind, off := s.kind, s.off
	if kind == 0 {
		if kind, ok = u.number(off); !ok {
			return 0, body, false
		}
		off += 4
	}
	low, ok := u.number(off)
	if !ok || off >= s.end {
		return 0, body, false
	}
	off += 4
	size := int64(low)
	if low>>31 != 0 { // 63 bits
		high, ok := u.number(off)
		if !ok {
			return 0, body, false
		}
		off += 4
		size = int64(low&0x7fffffff) | int64(high)<<31
	}
	if size > s.end-off {
		u.out.Fact(format.Truncated, u.in.Size())
		size = s.end - off
	}
	if size < 0 {
		return 0, body, false
	}
	s.off = off + (size+3)&^3
	return kind, span{off: off, end: off + size}, true
}

// compressed hands over the data of a field.
func (u *unpacker) compressed(body span) error {
	w, err := u.in.Window(body.off, algSize)
	if err != nil || len(w) < algSize {
		return err
	}
	off := body.off + algSize
	v := u.in.Section(off, body.end-off)
	if v.Size() == 0 {
		return nil
	}
	size := int64(min(binary.LittleEndian.Uint64(w[4:]), 1<<62))
	m := format.Meta{CompressedSize: v.Size(), Size: size, NoMeta: true}
	switch binary.LittleEndian.Uint32(w) {
	case algStored:
		return u.out.Child(m, v.Reader())
	case algZlib:
		return u.inflated(m, v)
	}
	u.out.Fact(format.Unsupported, body.off)
	return u.out.Child(m, v.Reader())
}
