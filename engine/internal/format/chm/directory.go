package chm

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/input"
)

const (
	headerSize  = 0x60
	headerSize2 = 0x58 // version 2
	listHeader  = 0x14 // of a directory chunk
	maxChunk    = 1 << 20
	maxEntries  = 1 << 18

	dataSpace   = "::DataSpace/Storage/MSCompressed/"
	contentName = dataSpace + "Content"
	controlName = dataSpace + "ControlData"
	tableName   = dataSpace + "Transform/{7FC28940-9D31-11D0-9B27-00A0C91E9C7C}/InstanceData/ResetTable"
)

// entry is a directory entry.
type entry struct {
	name         string
	section      uint64 // 0 uncompressed, 1 LZX
	offset, size int64
	pos          int
}

// layout is where directory and content are.
type layout struct {
	chunks    int64 // offset of the first directory chunk
	chunkSize int64
	count     int64
	content   int64
}

func parseHeader(in input.View) (layout, bool, error) {
	h, err := in.Window(0, headerSize)
	if err != nil || len(h) < headerSize2 || !bytes.HasPrefix(h, []byte("ITSF")) {
		return layout{}, false, err
	}
	le := binary.LittleEndian
	dir, size := le.Uint64(h[0x48:]), le.Uint64(h[0x50:])
	if dir > uint64(in.Size()) || size > uint64(in.Size()) {
		return layout{}, false, nil
	}
	l := layout{content: int64(dir + size)}
	if le.Uint32(h[4:]) >= 3 && len(h) >= headerSize {
		if c := le.Uint64(h[0x58:]); c <= uint64(in.Size()) {
			l.content = int64(c)
		}
	}
	d, err := in.Window(int64(dir), 0x54)
	if err != nil || len(d) < 0x30 || !bytes.HasPrefix(d, []byte("ITSP")) {
		return layout{}, false, err
	}
	l.chunks = int64(dir) + int64(le.Uint32(d[8:]))
	l.chunkSize = int64(le.Uint32(d[0x10:]))
	l.count = int64(le.Uint32(d[0x2c:]))
	ok := l.chunkSize > listHeader && l.chunkSize <= maxChunk
	return l, ok, nil
}

// encint reads a number in groups of seven bits, highest first.
func encint(b []byte) (uint64, []byte, bool) {
	v := uint64(0)
	for i, c := range b {
		if i == 9 {
			break
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, b[i+1:], true
		}
	}
	return 0, nil, false
}

// entries reads the entries of one directory chunk.
func entries(chunk []byte, list []entry) []entry {
	if len(chunk) < listHeader || !bytes.HasPrefix(chunk, []byte("PMGL")) {
		return list
	}
	free := int64(binary.LittleEndian.Uint32(chunk[4:]))
	if free > int64(len(chunk))-listHeader {
		free = 0
	}
	b := chunk[listHeader : int64(len(chunk))-free]
	for len(b) > 0 && len(list) < maxEntries {
		n, rest, ok := encint(b)
		if !ok || n > uint64(len(rest)) {
			return list
		}
		e := entry{name: string(rest[:n])}
		var off, size uint64
		var ok1, ok2, ok3 bool
		e.section, b, ok1 = encint(rest[n:])
		off, b, ok2 = encint(b)
		size, b, ok3 = encint(b)
		if !ok1 || !ok2 || !ok3 {
			return list
		}
		e.offset, e.size = int64(off&(1<<60-1)), int64(size&(1<<60-1))
		list = append(list, e)
	}
	return list
}
