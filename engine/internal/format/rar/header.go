package rar

import (
	"bytes"
	"context"
	"encoding/binary"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

var (
	magic4 = []byte("Rar!\x1a\x07\x00")
	magic5 = []byte("Rar!\x1a\x07\x01\x00")
)

const (
	maxBlocks = 1 << 18
	maxHead   = 64 << 10 // bytes of a block header that are looked at

	// RAR 1.5-4 blocks.
	head4Main    = 0x73
	head4File    = 0x74
	head4Sub     = 0x7a
	head4End     = 0x7b
	flag4Long    = 0x8000 // data follow
	flag4Crypt   = 0x0080 // main: headers are encrypted
	flag4Secret  = 0x0004 // file: encrypted
	flag4Solid   = 0x0010 // file: needs the one before
	flag4Large   = 0x0100 // file: 64-bit sizes
	flag4Before  = 0x0001 // continued from the volume before
	mask4Dir     = 0x00e0
	method4Store = 0x30

	// RAR 5 blocks.
	head5Main    = 1
	head5File    = 2
	head5Service = 3
	head5Crypt   = 4
	head5End     = 5
	flag5Extra   = 0x0001
	flag5Data    = 0x0002
	flag5Before  = 0x0008
	file5Dir     = 0x0001
	file5Time    = 0x0002
	file5CRC     = 0x0004
	solid5       = 0x0040 // in the method
	extra5Crypt  = 1
)

// entry is a member as its header describes it.
type entry struct {
	name         string
	csize, usize int64
	crc          uint32
	dir          bool
	encrypted    bool
	stored       bool
	continued    bool
	solid        bool
	dict         int64 // declared dictionary, bytes
	head, data   int64 // offsets of header and data
}

// index is what a walk over the block headers found.
type index struct {
	files     []entry
	start     int64  // offset behind the archive header
	comment   *entry // stored archive comment
	encrypted bool   // headers are
	damaged   bool
}

// walk reads the block headers.
func walk(ctx context.Context, in input.View, b *limit.Budget) (index, error) {
	w, err := in.Window(0, int64(len(magic5)))
	if err != nil {
		return index{}, err
	}
	next, off := block4, int64(len(magic4))
	if bytes.Equal(w, magic5) {
		next, off = block5, int64(len(magic5))
	}
	var x index
	for i := 0; i < maxBlocks && off < in.Size(); i++ {
		if i%256 == 0 {
			if err := b.Check(ctx); err != nil {
				return x, err
			}
		}
		h, err := in.Window(off, maxHead)
		if err != nil {
			return x, err
		}
		n := next(&x, h, off)
		if n <= 0 {
			break
		}
		off += n
	}
	return x, nil
}

// block4 handles one block of the old format; it returns the block's length, 0
// at the end.
func block4(x *index, h []byte, off int64) int64 {
	if len(h) < 7 {
		x.damaged = true
		return 0
	}
	le := binary.LittleEndian
	kind, flags, size := h[2], le.Uint16(h[3:]), int64(le.Uint16(h[5:]))
	if size < 7 || int64(len(h)) < size || kind < 0x72 || kind > head4End {
		x.damaged = true
		return 0
	}
	h = h[:size]
	data := int64(0)
	if flags&flag4Long != 0 || kind == head4File {
		v, _ := bytesx.U32LE(h, 7)
		data = int64(v)
	}
	switch kind {
	case head4Main:
		x.encrypted = flags&flag4Crypt != 0
		if x.encrypted {
			return 0
		}
		x.start = off + size
	case head4End:
		return 0
	case head4File, head4Sub:
		e, ok := file4(h, flags)
		if !ok {
			x.damaged = true
			return size + data
		}
		e.head, e.data = off, off+size
		e.solid = flags&flag4Solid != 0
		e.dict = 64 << 10 << (flags >> 5 & 7)
		data = e.csize
		if kind == head4File {
			x.files = append(x.files, e)
		} else if e.name == "CMT" && e.stored && !e.encrypted {
			x.comment = &e
		}
	}
	return size + data
}

func file4(h []byte, flags uint16) (entry, bool) {
	if len(h) < 32 {
		return entry{}, false
	}
	le := binary.LittleEndian
	e := entry{
		csize: int64(le.Uint32(h[7:])), usize: int64(le.Uint32(h[11:])), crc: le.Uint32(h[16:]),
		stored: h[25] == method4Store, encrypted: flags&flag4Secret != 0,
		dir: flags&mask4Dir == mask4Dir, continued: flags&flag4Before != 0,
	}
	n, p := int64(le.Uint16(h[26:])), int64(32)
	if flags&flag4Large != 0 {
		hi, ok := bytesx.U32LE(h, 32)
		hu, ok2 := bytesx.U32LE(h, 36)
		if !ok || !ok2 || hi >= 1<<29 || hu >= 1<<29 {
			return e, false
		}
		e.csize |= int64(hi) << 32
		e.usize |= int64(hu) << 32
		p = 40
	}
	name := bytesx.Clip(h, p, n)
	name, _, _ = bytes.Cut(name, []byte{0}) // a packed Unicode form may follow
	e.name = string(bytes.ReplaceAll(name, []byte{'\\'}, []byte{'/'}))
	return e, true
}

// vints reads the variable-length integers of RAR 5.
type vints struct {
	b   []byte
	bad bool
}

func (v *vints) next() uint64 {
	n := uint64(0)
	for i := range 10 {
		if i >= len(v.b) {
			break
		}
		n |= uint64(v.b[i]&0x7f) << (7 * i)
		if v.b[i] < 0x80 {
			v.b = v.b[i+1:]
			return n
		}
	}
	v.bad = true
	return 0
}

func (v *vints) take(n uint64) []byte {
	if n > uint64(len(v.b)) {
		v.bad = true
		return nil
	}
	p := v.b[:n]
	v.b = v.b[n:]
	return p
}

// block5 is block4 for RAR 5.
func block5(x *index, h []byte, off int64) int64 {
	if len(h) < 7 {
		x.damaged = true
		return 0
	}
	v := vints{b: h[4:]}
	size := v.next()
	head := uint64(len(h)-len(v.b)) + size
	if v.bad || size > uint64(len(v.b)) {
		x.damaged = true
		return 0
	}
	v.b = v.b[:size]
	kind, flags := v.next(), v.next()
	extra, data := uint64(0), uint64(0)
	if flags&flag5Extra != 0 {
		extra = v.next()
	}
	if flags&flag5Data != 0 {
		data = v.next()
	}
	if v.bad || data >= 1<<60 || extra > uint64(len(v.b)) {
		x.damaged = true
		return 0
	}
	switch kind {
	case head5Crypt:
		x.encrypted = true
		return 0
	case head5End:
		return 0
	case head5Main:
		x.start = off + int64(head+data)
	case head5File, head5Service:
		e, ok := file5(v, extra)
		if !ok {
			x.damaged = true
			break
		}
		e.csize, e.head, e.data = int64(data), off, off+int64(head)
		e.continued = flags&flag5Before != 0
		if kind == head5File {
			x.files = append(x.files, e)
		} else if e.name == "CMT" && e.stored && !e.encrypted {
			x.comment = &e
		}
	}
	return int64(head + data)
}

func file5(v vints, extra uint64) (entry, bool) {
	ext := vints{b: v.b[uint64(len(v.b))-extra:]}
	v.b = v.b[:uint64(len(v.b))-extra]
	flags := v.next()
	e := entry{dir: flags&file5Dir != 0, usize: int64(v.next() & (1<<60 - 1))}
	v.next() // attributes
	if flags&file5Time != 0 {
		v.take(4)
	}
	if flags&file5CRC != 0 {
		e.crc, _ = bytesx.U32LE(v.take(4), 0)
	}
	method := v.next()
	e.stored, e.solid = method>>7&7 == 0, method&solid5 != 0
	e.dict = 128 << 10 << (method >> 10 & 15)
	v.next() // host
	e.name = string(v.take(v.next()))
	for len(ext.b) > 0 && !ext.bad {
		r := vints{b: ext.take(ext.next())}
		if r.next() == extra5Crypt && !r.bad {
			e.encrypted = true
		}
	}
	return e, !v.bad
}
