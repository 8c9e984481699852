package hfsplus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/lzfse"
	"gclam/engine/internal/codec/zlib"
	"gclam/engine/internal/format"
	"gclam/engine/internal/limit"
)

// The attribute of a compressed file: magic, method, size, data of the file.
// Its numbers are little endian.
const (
	attrInline     = 0x10
	attrDataAt     = 16
	attrName       = "com.apple.decmpfs"
	packedMagic    = "fpmc"
	packedSize     = 16
	maxPackedFiles = 1 << 20
	blockOut       = 64 << 10 // bytes of a file in one block
)

// Methods: each algorithm has one for data in the attribute and one for blocks in
// the resource fork.
const (
	methodStored           = 1
	methodInline           = 3
	methodBlocks           = 4
	methodLZVNInline       = 7
	methodLZVNBlocks       = 8
	methodRawInline        = 9
	methodRawBlocks        = 10
	methodLZFSEInline      = 11
	methodLZFSEBlocks      = 12
	storedMark        byte = 0x0f // zlib, low nibble of the first byte: not compressed
	storedLZVN        byte = 0x06 // LZVN, first byte
	storedLZFSE       byte = 0xff // LZFSE, first byte
)

// packed is the content of the attribute.
type packed struct {
	method uint32
	size   uint64
	data   []byte
}

// loadCompressed collects the attributes of compressed files.
func (u *unpacker) loadCompressed(f fork) error {
	t, err := u.openTree(f)
	if err != nil || t == nil {
		return err
	}
	u.packed = map[uint32]packed{}
	name := make([]byte, 0, 2*len(attrName))
	for i := range len(attrName) {
		name = append(name, 0, attrName[i])
	}
	return u.leaves(t, func(key, data []byte) error {
		// Key: pad, file, first block, length of the name, name.
		const keyName = 12
		if len(key) < keyName || !bytes.Equal(key[keyName:], name) || len(u.packed) >= maxPackedFiles {
			return nil
		}
		if kind, ok := bytesx.U32BE(data, 0); !ok || kind != attrInline {
			return nil
		}
		size, _ := bytesx.U32BE(data, 12)
		a := bytesx.Clip(data, attrDataAt, int64(size))
		if len(a) < packedSize || !bytes.HasPrefix(a, []byte(packedMagic)) {
			return nil
		}
		le := binary.LittleEndian
		u.packed[binary.BigEndian.Uint32(key[2:])] = packed{le.Uint32(a[4:]), le.Uint64(a[8:]), bytes.Clone(a[packedSize:])}
		return nil
	})
}

// unpackFile hands over the content of a compressed file.
func (u *unpacker) unpackFile(name string, p packed, res fork) error {
	var r io.Reader
	switch p.method {
	case methodStored, methodRawInline:
		data := p.data
		if p.method == methodRawInline && len(data) > 0 {
			data = data[1:] // a mark
		}
		r = bytes.NewReader(data)
	case methodInline, methodLZVNInline, methodLZFSEInline:
		r = u.block(p.method, p.data)
	case methodBlocks, methodRawBlocks:
		r = u.blocks(res)
	case methodLZVNBlocks, methodLZFSEBlocks:
		r = u.offsets(p.method, res)
	default:
		u.out.Fact(format.Unsupported, 0)
		return nil
	}
	g := codec.Guard(u.ctx, u.b, r)
	m := format.Meta{Name: name, CompressedSize: int64(len(p.data)), Size: int64(min(p.size, 1<<62)), NoMeta: true}
	if err := u.out.Child(m, codec.Cut(u.b, g)); err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case err != nil:
		u.out.Fact(format.Damaged, 0)
	}
	return nil
}

// block returns the content of one block, packed or not.
func (u *unpacker) block(method uint32, b []byte) io.Reader {
	if len(b) == 0 {
		return bytes.NewReader(nil)
	}
	src := codec.Source(u.ctx, u.b, bytes.NewReader(b))
	// The windows of the last two are small and serve one block: they are not charged.
	switch method {
	case methodLZVNInline, methodLZVNBlocks:
		if b[0] != storedLZVN {
			return lzfse.NewLZVNReader(src, nil)
		}
	case methodLZFSEInline, methodLZFSEBlocks:
		if b[0] != storedLZFSE {
			return lzfse.NewReader(src, nil)
		}
	default:
		if b[0]&storedMark != storedMark {
			return zlib.NewReader(src)
		}
	}
	return bytes.NewReader(b[1:])
}

// blocks returns the content of the blocks in a resource fork: a header with the
// offset of the data, there its length, then the number of blocks and for each
// one offset and size, which count from behind the length.
func (u *unpacker) blocks(res fork) io.Reader {
	h, err := u.vol.window(res, 0, 4)
	if err != nil || len(h) < 4 {
		return bytes.NewReader(nil)
	}
	base := int64(binary.BigEndian.Uint32(h)) + 4
	n, err := u.vol.window(res, base, 4)
	if err != nil || len(n) < 4 {
		return bytes.NewReader(nil)
	}
	return &blockReader{
		u: u, res: res, method: methodBlocks, base: base, lines: base + 4, step: 8,
		left: int64(binary.LittleEndian.Uint32(n)), input: 2*int64(min(res.size, 1<<40)) + blockOut,
	}
}

// offsets returns the content of the blocks in a resource fork that is nothing
// but a table of where each block ends, which starts with its own end, and blocks.
func (u *unpacker) offsets(method uint32, res fork) io.Reader {
	h, err := u.vol.window(res, 0, 4)
	if err != nil || len(h) < 4 {
		return bytes.NewReader(nil)
	}
	return &blockReader{
		u: u, res: res, method: method, step: 4,
		left: int64(binary.LittleEndian.Uint32(h))/4 - 1, input: 2*int64(min(res.size, 1<<40)) + blockOut,
	}
}

// blockReader reads block after block.
type blockReader struct {
	u      *unpacker
	res    fork
	method uint32
	base   int64 // what offsets count from
	lines  int64 // of the table
	step   int64 // from one line to the next
	i      int64
	left   int64
	// input is how many packed bytes may still be read: blocks do not overlap.
	input int64
	cur   io.Reader
}

// Read implements io.Reader.
func (r *blockReader) Read(p []byte) (int, error) {
	for {
		if r.cur == nil {
			if r.left <= 0 {
				return 0, io.EOF
			}
			if err := r.next(); err != nil {
				return 0, err
			}
		}
		n, err := r.cur.Read(p)
		if err != nil {
			r.cur = nil // what is missing of a damaged block does not matter
			if errors.Is(err, limit.ErrStop) {
				return n, err
			}
		}
		if n > 0 {
			return n, nil
		}
	}
}

func (r *blockReader) next() error {
	if err := r.u.b.Check(r.u.ctx); err != nil {
		return err
	}
	const line = 8
	e, err := r.u.vol.window(r.res, r.lines+r.i*r.step, line)
	if err != nil {
		return err
	}
	if len(e) < line {
		return io.ErrUnexpectedEOF
	}
	r.i++
	r.left--
	off, size := int64(binary.LittleEndian.Uint32(e)), int64(binary.LittleEndian.Uint32(e[4:]))
	if r.step < line { // the second number is an end
		size = max(size-off, 0)
	}
	if r.input -= size; r.input < 0 {
		return codec.ErrCorrupt
	}
	b, err := r.u.vol.window(r.res, r.base+off, min(size, 2*blockOut))
	if err != nil {
		return err
	}
	r.cur = io.LimitReader(r.u.block(r.method, b), blockOut)
	return nil
}
