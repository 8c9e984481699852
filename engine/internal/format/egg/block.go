package egg

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/codec/lzma"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
)

// Compression methods of a block.
const (
	methodStored  = 0
	methodDeflate = 1
	methodBzip2   = 2
	methodAZO     = 3
	methodLZMA    = 4
)

const maxBlocks = 1 << 16

type block struct {
	method byte
	size   int64
	data   input.View
}

// blocks reads the block headers of one member.
func (u *unpacker) blocks() (list []block, packed int64, err error) {
	for len(list) < maxBlocks {
		if err := u.b.Check(u.ctx); err != nil {
			return nil, 0, err
		}
		m, err := u.mark()
		if err != nil || m != markBlock {
			return list, packed, err
		}
		h, err := u.in.Window(u.off, blockSize)
		if err != nil || len(h) < blockSize {
			return list, packed, err
		}
		size := int64(binary.LittleEndian.Uint32(h[6:]))
		n := int64(binary.LittleEndian.Uint32(h[10:]))
		u.off += blockSize
		if err := u.extras(func(extra) error { return nil }); err != nil {
			return nil, 0, err
		}
		v := u.in.Section(u.off, n)
		if v.Size() < n {
			u.out.Fact(format.Truncated, u.in.Size())
		}
		if v.Size() > 0 {
			list = append(list, block{h[4], size, v})
		}
		u.off += n
		packed += n
	}
	return list, packed, nil
}

// joined is the content of blocks, one behind the other.
type joined struct {
	u      *unpacker
	blocks []block
	r      io.Reader
}

// Read implements io.Reader.
func (j *joined) Read(p []byte) (int, error) {
	for {
		if j.r == nil {
			if len(j.blocks) == 0 {
				return 0, io.EOF
			}
			r, err := j.open(j.blocks[0])
			if err != nil {
				return 0, err
			}
			j.r, j.blocks = r, j.blocks[1:]
		}
		n, err := j.r.Read(p)
		if err == io.EOF {
			j.close()
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (j *joined) close() {
	if c, ok := j.r.(io.Closer); ok {
		c.Close()
	}
	j.r = nil
}

func (j *joined) open(b block) (io.Reader, error) {
	src := codec.Source(j.u.ctx, j.u.b, b.data.Reader())
	switch b.method {
	case methodStored:
		return src, nil
	case methodDeflate:
		return flate.NewReader(src), nil
	case methodBzip2:
		return bzip2.NewReader(src), nil
	case methodLZMA:
		// Four bytes (version and length of the properties, as in ZIP), the
		// properties, the stream.
		br := bufio.NewReader(src)
		var h [4 + lzma.PropsSize]byte
		if _, err := io.ReadFull(br, h[:]); err != nil {
			return nil, codec.ErrCorrupt
		}
		return lzma.NewReader(br, h[4:], b.size, j.u.b)
	}
	return nil, codec.ErrUnsupported
}
