package sis

import (
	"encoding/binary"
	"unicode/utf16"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
)

// Header of the old generation; it follows the identifiers. Numbers are little
// endian.
const (
	oldHeader   = 56 // what is looked at
	languagesAt = 18
	filesAt     = 20
	optionsAt   = 36
	tableAt     = 52 // offset of the records
	optStored   = 0x08
	maxRecords  = 1 << 16
	maxLanguage = 100
	maxName     = 1 << 10 // bytes
)

// Kinds of records.
const (
	recFile      = 0
	recLanguages = 1 // a file for each language
	recOptions   = 2
	recIf        = 3
	recElseIf    = 4
	recElse      = 5
	recEndIf     = 6
)

// fixed is the part of a file record before the lengths: kind, type, details,
// lengths and offsets of two names.
const fixed = 7 * 4

// table walks the records.
func (u *unpacker) table(h []byte) error {
	le := binary.LittleEndian
	languages := int64(min(max(le.Uint16(h[languagesAt:]), 1), maxLanguage))
	stored := le.Uint16(h[optionsAt:])&optStored != 0
	off := int64(le.Uint32(h[tableAt:]))
	count := int(le.Uint16(h[filesAt:]))
	for n := 0; n < count && off > 0; n++ {
		if err := u.b.Check(u.ctx); err != nil {
			return err
		}
		kind, ok := u.number(off)
		if !ok {
			u.out.Fact(format.Truncated, u.in.Size())
			return nil
		}
		switch kind {
		case recFile, recLanguages:
			copies := languages
			if kind == recFile {
				copies = 1
			}
			if err := u.file(off, copies, stored); err != nil {
				return err
			}
			off = u.behind(off, copies, languages)
			continue
		}
		size := u.control(off, kind, languages)
		if size == 0 {
			u.out.Fact(format.Damaged, off)
			return nil
		}
		off += size
	}
	return nil
}

// control is the size of a record that is not a file, 0 if its kind is unknown.
func (u *unpacker) control(off int64, kind uint32, languages int64) int64 {
	n, _ := u.number(off + 4)
	switch kind {
	case recOptions:
		return 8 + min(int64(n), maxRecords)*8*languages + 16
	case recIf, recElseIf:
		return 8 + int64(n)
	case recElse, recEndIf:
		return 4
	}
	return 0
}

// behind finds where the record behind a file starts: releases differ in whether
// there are unpacked lengths, and a MIME type. The first place that looks like a
// record counts.
func (u *unpacker) behind(off, copies, languages int64) int64 {
	base := off + fixed + 8*copies
	for _, more := range []int64{0, 4 * copies, 8, 4*copies + 8} {
		if u.plausible(base+more, languages) {
			return base + more
		}
	}
	return base + 4*copies + 8
}

// plausible tells whether there may be a record at off.
func (u *unpacker) plausible(off, languages int64) bool {
	kind, ok := u.number(off)
	if !ok || kind > recEndIf {
		return false
	}
	if kind != recFile && kind != recLanguages {
		n, _ := u.number(off + 4)
		return u.control(off, kind, languages) <= u.in.Size()-off && (kind >= recElse || n > 0)
	}
	return u.named(off+12) && u.named(off+20)
}

// named tells whether length and offset of a name may be at off.
func (u *unpacker) named(off int64) bool {
	size, _ := u.number(off)
	at, ok := u.number(off + 4)
	return ok && size > 0 && size <= maxName && at >= oldHeader && int64(at)+int64(size) <= u.in.Size()
}

func (u *unpacker) number(off int64) (uint32, bool) {
	w, err := u.in.Window(off, 4)
	if err != nil || len(w) < 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(w), true
}

// file hands over the copies of a file.
func (u *unpacker) file(off, copies int64, stored bool) error {
	size, _ := u.number(off + 12)
	at, _ := u.number(off + 16)
	name, err := u.in.Window(int64(at), min(int64(size), maxName))
	if err != nil {
		return err
	}
	for i := range copies {
		n, ok := u.number(off + fixed + 4*i)
		at, ok2 := u.number(off + fixed + 4*copies + 4*i)
		if !ok || !ok2 {
			u.out.Fact(format.Truncated, u.in.Size())
			return nil
		}
		if n == 0 {
			continue
		}
		v := u.in.Section(int64(at), int64(n))
		if v.Size() < int64(n) {
			u.out.Fact(format.Truncated, u.in.Size())
		}
		if err := u.copy(decodeName(name), v, stored); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacker) copy(name string, v input.View, stored bool) error {
	if v.Size() == 0 {
		return nil
	}
	m := format.Meta{Name: name, CompressedSize: v.Size(), Size: -1, NoMeta: true}
	if stored {
		return u.out.Child(m, v.Reader())
	}
	return u.inflated(m, v)
}

// decodeName reads a name in UTF-16, or in one byte a character.
func decodeName(b []byte) string {
	var w []uint16
	for i := 0; i+1 < len(b); i += 2 {
		if b[i+1] > 0x7f || b[i] == 0 { // no letters that are in use
			return string(b)
		}
		w = append(w, binary.LittleEndian.Uint16(b[i:]))
	}
	if len(b) < 2 || b[1] != 0 {
		return string(b)
	}
	return string(utf16.Decode(w))
}
