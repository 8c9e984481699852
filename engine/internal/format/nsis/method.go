package nsis

import (
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bcj"
	"gclam/engine/internal/codec/bzip2"
	"gclam/engine/internal/codec/deflate64"
	"gclam/engine/internal/codec/lzma"
	"gclam/engine/internal/input"
)

// method is a way of packing.
type method uint8

const (
	deflate method = iota
	bz
	lzmaPlain
	lzmaFilter // preceded by a byte that tells whether the x86 filter was used
	stored
)

// bzip2Mark starts a block; the byte behind it is the top of a number below
// 900,000.
const (
	bzip2Mark   = 0x31
	maxOriginHi = 14
)

// detect tells from the start of the data how it is packed and whether as one
// stream. Members packed one by one start with the length of the script, whose
// top bit is set when it is packed. size is that of the data.
func detect(b []byte, script, size int64) (m method, solid bool) {
	if m, ok := isLZMA(b); ok {
		return m, true
	}
	if len(b) > lengthSize {
		n := binary.LittleEndian.Uint32(b)
		switch {
		case n&packedBit != 0 && b[lengthSize-1] == packedBit>>24 && int64(n&^packedBit) < size:
			return signature(b[lengthSize:]), false
		case int64(n) == script:
			return stored, false
		}
	}
	return signature(b), true
}

// signature tells how a stream is packed.
func signature(b []byte) method {
	if m, ok := isLZMA(b); ok {
		return m
	}
	if len(b) > 1 && b[0] == bzip2Mark && b[1] < maxOriginHi {
		return bz
	}
	return deflate
}

// isLZMA recognises the usual properties with a dictionary of whole 64 KiB, and
// the first byte of the stream, which is always zero.
func isLZMA(b []byte) (method, bool) {
	m := lzmaPlain
	if len(b) > 0 && b[0] <= 1 {
		m, b = lzmaFilter, b[1:]
	}
	const props = 0x5d
	if len(b) < lzma.PropsSize+1 || b[0] != props || b[1] != 0 || b[2] != 0 || b[lzma.PropsSize] != 0 {
		return 0, false
	}
	return m, true
}

// open returns the content of a packed stream, nil if its start is damaged. end
// gives back what it holds. A member whose start says another method than that
// of the archive is believed.
func (u *unpacker) open(m method, v input.View) (r io.Reader, end func()) {
	end = func() {}
	head, err := v.Window(0, 16)
	if err != nil {
		return nil, end
	}
	if own, ok := isLZMA(head); ok && m != stored {
		m = own
	}
	src := codec.Source(u.ctx, u.b, v.Reader())
	switch m {
	case stored:
		return src, end
	case bz:
		z := bzip2.NewReader(src, u.b)
		return z, func() { _ = z.Close() }
	case lzmaPlain, lzmaFilter:
		return u.openLZMA(m, src)
	}
	z := deflate64.NewNSISReader(src, u.b)
	return z, func() { _ = z.Close() }
}

func (u *unpacker) openLZMA(m method, src io.Reader) (io.Reader, func()) {
	var head [1 + lzma.PropsSize]byte
	skip := 1
	if m == lzmaFilter {
		skip = 0
	}
	if _, err := io.ReadFull(src, head[skip:]); err != nil {
		return nil, func() {}
	}
	z, err := lzma.NewReader(src, head[1:], lzma.UnknownSize, u.b)
	if err != nil {
		return nil, func() {}
	}
	end := func() { _ = z.Close() }
	if head[0] == 1 {
		return bcj.NewReader(z, bcj.X86, 0), end
	}
	return z, end
}
