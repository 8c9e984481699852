package lha

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/input"
)

const (
	levelOff     = 20
	minHeader    = 22
	maxExtHeads  = 256
	maxExtSize   = 4096 // bytes of one extended header that are looked at
	extName      = 0x01
	extDirectory = 0x02
)

// entry is a parsed header of any level.
type entry struct {
	method       string
	csize, osize int64
	crc          uint16
	hasCRC       bool
	dir, name    []byte
	data         int64 // offset of the data
}

func (e *entry) path() string {
	d := bytes.ReplaceAll(e.dir, []byte{0xff}, []byte{'/'})
	if len(d) > 0 && d[len(d)-1] != '/' {
		d = append(d, '/')
	}
	return string(d) + string(e.name)
}

// parse reads the header at off; ok is false at the end or at damage.
func parse(in input.View, off int64) (e entry, ok bool, err error) {
	w, err := in.Window(off, 32+256)
	if err != nil || len(w) < minHeader || w[0] == 0 || w[2] != '-' || w[6] != '-' {
		return e, false, err
	}
	le := binary.LittleEndian
	e = entry{method: string(w[2:7]), csize: int64(le.Uint32(w[7:])), osize: int64(le.Uint32(w[11:]))}
	switch w[levelOff] {
	case 0, 1:
		return parseOld(in, off, w, e)
	case 2:
		if len(w) < 26 {
			return e, false, nil
		}
		e.crc, e.hasCRC = le.Uint16(w[21:]), true
		e.data = off + int64(le.Uint16(w))
		_, ok, err = extended(in, off+24, 2, &e)
		return e, ok, err
	case 3:
		if len(w) < 32 {
			return e, false, nil
		}
		e.crc, e.hasCRC = le.Uint16(w[21:]), true
		e.data = off + int64(le.Uint32(w[24:]))
		_, ok, err = extended(in, off+28, 4, &e)
		return e, ok, err
	}
	return e, false, nil
}

// parseOld reads levels 0 and 1: the name is in the header.
func parseOld(in input.View, off int64, w []byte, e entry) (entry, bool, error) {
	size, n := int(w[0])+2, int(w[21])
	if 22+n > len(w) || 22+n > size {
		return e, false, nil
	}
	e.name = bytes.ReplaceAll(w[22:22+n], []byte{'\\'}, []byte{'/'})
	if 24+n <= len(w) && 24+n <= size {
		e.crc, e.hasCRC = binary.LittleEndian.Uint16(w[22+n:]), true
	}
	e.data = off + int64(size)
	if w[levelOff] == 0 {
		return e, true, nil
	}
	// Level 1: the last two bytes announce extended headers, whose length counts
	// as compressed size.
	n64, ok, err := extended(in, e.data-2, 2, &e)
	e.data += n64
	e.csize = max(e.csize-n64, 0)
	return e, ok, err
}

// extended reads the chain of extended headers whose first size field, width
// bytes wide, is at off. It returns the length of all of them.
func extended(in input.View, off, width int64, e *entry) (total int64, ok bool, err error) {
	for range maxExtHeads {
		w, err := in.Window(off, width)
		if err != nil || int64(len(w)) < width {
			return total, false, err
		}
		n := int64(binary.LittleEndian.Uint16(w))
		if width == 4 {
			n = int64(binary.LittleEndian.Uint32(w))
		}
		if n == 0 {
			return total, true, nil
		}
		if n < width+1 {
			return total, false, nil
		}
		x, err := in.Window(off+width, min(n-width, maxExtSize))
		if err != nil || len(x) == 0 {
			return total, false, err
		}
		switch x[0] {
		case extName:
			e.name = bytes.Clone(x[1:])
		case extDirectory:
			e.dir = bytes.Clone(x[1:])
		}
		total += n
		off += n
	}
	return total, false, nil
}
