package cpio

import (
	"bytes"
	"context"
	"encoding/binary"
	"strconv"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	maxName    = 513 // bytes of a name that are looked at
	binarySize = 26
	odcSize    = 76
	newcSize   = 110
	typeMask   = 0o170000
	typeFile   = 0o100000
	checkEvery = 256 // members between two looks at the clock
	maxPadding = 64 << 10
)

// header is a member header of any dialect.
type header struct {
	size, nameLen int64
	length        int64 // of the header itself
	align         int64 // of what follows header and name, and of data
	skip          bool  // not a regular file, where that matters
}

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	pos := 0
	for off := int64(0); off < in.Size(); pos++ {
		if pos%checkEvery == 0 {
			if err := b.Check(ctx); err != nil {
				return err
			}
		}
		w, err := in.Window(off, newcSize)
		if err != nil {
			return err
		}
		h, ok := parse(w)
		if !ok {
			next := skipZeros(in, off)
			if next <= off || next >= in.Size() {
				if next != in.Size() {
					out.Fact(format.Damaged, off)
				}
				return nil
			}
			off = next
			continue
		}
		name, err := in.Window(off+h.length, min(h.nameLen, maxName))
		if err != nil {
			return err
		}
		data := align(off+h.length+h.nameLen, h.align)
		if err := member(in, b, out, h, clean(name), data, pos+1); err != nil {
			return err
		}
		off = align(data+h.size, h.align)
	}
	return nil
}

func member(in input.View, b *limit.Budget, out format.Sink, h header, name string, data int64, pos int) error {
	if h.size == 0 {
		return nil
	}
	m := format.Meta{Name: name, CompressedSize: h.size, Size: h.size, Position: pos}
	v := in.Section(data, h.size)
	if v.Size() < h.size {
		out.Fact(format.Truncated, in.Size())
	}
	if v.Size() == 0 || h.skip {
		return out.Child(m, nil)
	}
	return out.Child(m, v.Reader())
}

// align rounds up; binary headers start at even offsets, newc's at multiples of 4.
func align(n, to int64) int64 {
	return (n + to - 1) / to * to
}

// skipZeros returns the first offset behind zero padding: archives may follow
// each other.
func skipZeros(in input.View, off int64) int64 {
	w, err := in.Window(off, maxPadding)
	if err != nil {
		return off
	}
	return off + int64(len(w)-len(bytes.TrimLeft(w, "\x00")))
}

// clean makes a name as container metadata signatures see it.
func clean(name []byte) string {
	name, _, _ = bytes.Cut(name, []byte{0})
	b := bytes.Clone(name)
	for i, c := range b {
		if c == '%' || c == '\\' || c == '\t' || c == '\r' || c == '\n' || c >= 0x80 {
			b[i] = '_'
		}
	}
	return string(b)
}

func parse(w []byte) (header, bool) {
	if len(w) < binarySize {
		return header{}, false
	}
	switch {
	case w[0] == 0xc7 && w[1] == 0x71:
		return parseBinary(w, binary.LittleEndian), true
	case w[0] == 0x71 && w[1] == 0xc7:
		return parseBinary(w, binary.BigEndian), true
	case bytes.HasPrefix(w, []byte("070707")):
		return parseODC(w)
	case bytes.HasPrefix(w, []byte("070701")), bytes.HasPrefix(w, []byte("070702")):
		return parseNewc(w)
	}
	return header{}, false
}

// parseBinary reads the old format: 13 words, long values high word first.
func parseBinary(w []byte, o binary.ByteOrder) header {
	return header{
		size:    int64(o.Uint16(w[22:]))<<16 | int64(o.Uint16(w[24:])),
		nameLen: int64(o.Uint16(w[20:])),
		length:  binarySize, align: 2,
		skip: o.Uint16(w[6:])&typeMask != typeFile,
	}
}

func parseODC(w []byte) (header, bool) {
	if len(w) < odcSize {
		return header{}, false
	}
	name, err1 := strconv.ParseUint(string(w[59:65]), 8, 32)
	size, err2 := strconv.ParseUint(string(w[65:76]), 8, 63)
	return header{size: int64(size), nameLen: int64(name), length: odcSize, align: 1}, err1 == nil && err2 == nil
}

func parseNewc(w []byte) (header, bool) {
	if len(w) < newcSize {
		return header{}, false
	}
	size, err1 := strconv.ParseUint(string(w[54:62]), 16, 32)
	name, err2 := strconv.ParseUint(string(w[94:102]), 16, 32)
	return header{size: int64(size), nameLen: int64(name), length: newcSize, align: 4}, err1 == nil && err2 == nil
}
