package zip

import (
	"bufio"
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/deflate64"
	"gclam/engine/internal/codec/implode"
	"gclam/engine/internal/codec/lzma"
	"gclam/engine/internal/codec/ppmdi"
	"gclam/engine/internal/codec/reduce"
	"gclam/engine/internal/codec/shrink"
	"gclam/engine/internal/codec/xz"
	"gclam/engine/internal/codec/zstd"
)

// rare returns the decoders of the methods that few archives use.
func (u *unpacker) rare(e *entry, src io.Reader) (io.Reader, error) {
	switch m := e.method; {
	case m == methodDeflate64:
		return deflate64.NewReader(src, u.b), nil
	case m == methodImploded:
		return implode.NewReader(src, e.flags, e.known(), u.b), nil
	case m == methodShrunk:
		return shrink.NewReader(src), nil
	case m >= methodReduced1 && m <= methodReduced4:
		return reduce.NewReader(src, int(m-methodReduced1)+1, e.known(), u.b), nil
	case m == methodLZMA:
		return u.lzma(e, src)
	case m == methodXZ:
		return xz.NewReader(src, u.b), nil
	case m == methodPPMd:
		return ppmdi.NewReader(src, e.known(), u.b)
	case m == methodZstd || m == methodZstdOld:
		return zstd.NewReader(src, u.b)
	}
	return nil, codec.ErrUnsupported
}

// known is the declared size, or -1 when it says nothing.
func (e *entry) known() int64 {
	if e.usize <= 0 || e.usize >= unknown32 {
		return -1
	}
	return e.usize
}

// lzma reads the header in front of an LZMA stream: version, length of the
// properties, properties (APPNOTE.TXT section 5.8). A flag says that the stream
// has an end mark; without it the size is needed.
func (u *unpacker) lzma(e *entry, src io.Reader) (io.Reader, error) {
	br := bufio.NewReader(src)
	var h [4]byte
	if _, err := io.ReadFull(br, h[:]); err != nil {
		return nil, codec.ErrCorrupt
	}
	if binary.LittleEndian.Uint16(h[2:]) != lzma.PropsSize {
		return nil, codec.ErrCorrupt
	}
	var props [lzma.PropsSize]byte
	if _, err := io.ReadFull(br, props[:]); err != nil {
		return nil, codec.ErrCorrupt
	}
	size := e.known()
	if e.flags&flagEndMark != 0 {
		size = lzma.UnknownSize
	}
	return lzma.NewReader(br, props[:], size, u.b)
}
