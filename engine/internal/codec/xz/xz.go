package xz

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bcj"
	"gclam/engine/internal/codec/lzma"
)

const (
	headerMagic = "\xfd7zXZ\x00"
	headerSize  = 12
	footerSize  = 12
	maxFilters  = 4
	maxVarint   = 9

	filterDelta = 0x03
	filterX86   = 0x04
	filterLZMA2 = 0x21
)

// branchFilters maps filter numbers from 4 on.
var branchFilters = []bcj.Arch{bcj.X86, bcj.PPC, bcj.IA64, bcj.ARM, bcj.ARMT, bcj.SPARC, bcj.ARM64, bcj.RISCV}

// Reader decodes .xz files.
type Reader struct {
	src   *counted
	mem   codec.Memory
	block io.Reader
	lz    io.Closer
	check int  // bytes of check behind each block
	in    bool // inside a stream
	some  bool
	err   error
}

// counted is a byte-exact source.
type counted struct {
	*bufio.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counted) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// skip drops n bytes; it tells whether they were there.
func (c *counted) skip(n int) bool {
	k, _ := c.Discard(n)
	c.n += int64(k)
	return k == n
}

// NewReader returns the decoded content of the .xz file in r.
func NewReader(r io.Reader, mem codec.Memory) *Reader {
	return &Reader{src: &counted{Reader: bufio.NewReader(r)}, mem: mem}
}

// Read implements io.Reader.
func (x *Reader) Read(p []byte) (int, error) {
	for x.err == nil {
		if x.block == nil {
			x.err = x.next()
			continue
		}
		n, err := x.block.Read(p)
		if err == io.EOF {
			x.err = x.endBlock()
			if n == 0 {
				continue
			}
			err = nil
		}
		if err != nil {
			x.err = err
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, x.err
}

// Close releases the memory of the block under way.
func (x *Reader) Close() error {
	if x.lz != nil {
		x.lz.Close()
		x.lz = nil
	}
	return nil
}

// next finds the next block, through indexes, footers and stream headers.
func (x *Reader) next() error {
	if !x.in {
		return x.stream()
	}
	size, err := x.src.ReadByte()
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	if size != 0 {
		return x.header(int(size)*4 + 3)
	}
	x.in = false
	return x.index()
}

// stream reads a stream header. Zero padding may precede it; anything else after
// the first stream is junk that ends the file.
func (x *Reader) stream() error {
	for x.some {
		p, err := x.src.Peek(4)
		if err != nil || string(p) != "\x00\x00\x00\x00" {
			break
		}
		x.src.skip(4)
	}
	h, err := x.src.Peek(headerSize)
	if err != nil || string(h[:6]) != headerMagic {
		switch {
		case x.some:
			return io.EOF
		case err != nil:
			return io.ErrUnexpectedEOF
		}
		return codec.ErrCorrupt
	}
	c := h[7] & 15
	x.check = 0
	if c > 0 {
		x.check = 4 << ((c - 1) / 3)
	}
	x.src.skip(headerSize)
	x.in, x.some = true, true
	return nil
}

// index skips an index: the number of records, two numbers each, padding, CRC,
// and the stream footer.
func (x *Reader) index() error {
	start := x.src.n - 1
	n, err := x.varint()
	if err != nil {
		return err
	}
	for range n {
		for range 2 {
			if _, err := x.varint(); err != nil {
				return err
			}
		}
	}
	pad := int(-(x.src.n - start) & 3)
	if !x.src.skip(pad + 4 + footerSize) {
		return io.EOF // all content has been seen
	}
	return nil
}

func (x *Reader) varint() (uint64, error) {
	v := uint64(0)
	for i := range maxVarint {
		c, err := x.src.ReadByte()
		if err != nil {
			return 0, io.ErrUnexpectedEOF
		}
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return v, nil
		}
	}
	return 0, codec.ErrCorrupt
}

// header reads the rest of a block header, n bytes, and sets the filters up.
func (x *Reader) header(n int) error {
	h := make([]byte, n) // at most 1023
	if _, err := io.ReadFull(x.src, h); err != nil {
		return io.ErrUnexpectedEOF
	}
	f := fields{b: h[1 : n-4]}
	size := int64(lzma.UnknownSize)
	if h[0]&0x40 != 0 {
		f.varint()
	}
	if h[0]&0x80 != 0 {
		if v := f.varint(); v < 1<<62 {
			size = int64(v)
		}
	}
	var ids [maxFilters]uint64
	var props [maxFilters][]byte
	count := int(h[0]&3) + 1
	for i := range count {
		ids[i] = f.varint()
		props[i] = f.take(f.varint())
	}
	if f.bad {
		return codec.ErrCorrupt
	}
	x.src.n = 0
	return x.chain(ids[:count], props[:count], size)
}

// fields reads the variable part of a block header.
type fields struct {
	b   []byte
	bad bool
}

func (f *fields) varint() uint64 {
	v := uint64(0)
	for i := range maxVarint {
		if len(f.b) == 0 {
			break
		}
		c := f.b[0]
		f.b = f.b[1:]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return v
		}
	}
	f.bad = true
	return 0
}

func (f *fields) take(n uint64) []byte {
	if n > uint64(len(f.b)) {
		f.bad = true
		return nil
	}
	p := f.b[:n]
	f.b = f.b[n:]
	return p
}

// chain builds the decoders of a block; the last filter is the first to undo.
func (x *Reader) chain(ids []uint64, props [][]byte, size int64) error {
	last := len(ids) - 1
	if ids[last] != filterLZMA2 || len(props[last]) != 1 {
		return codec.ErrUnsupported
	}
	dict, ok := lzma.DictSize(props[last][0] & 0x3f)
	if !ok {
		return codec.ErrCorrupt
	}
	lz := lzma.NewReader2(x.src, dict, size, x.mem)
	x.lz = lz
	x.block = lz
	for i := last - 1; i >= 0; i-- {
		switch id, p := ids[i], props[i]; {
		case id == filterDelta && len(p) == 1:
			x.block = bcj.NewDelta(x.block, int(p[0])+1)
		case id >= filterX86 && id < filterX86+uint64(len(branchFilters)):
			start := uint32(0)
			if len(p) == 4 {
				start = uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | uint32(p[3])<<24
			}
			r := bcj.NewReader(x.block, branchFilters[id-filterX86], start)
			if r == nil {
				return codec.ErrUnsupported
			}
			x.block = r
		default:
			return codec.ErrUnsupported
		}
	}
	return nil
}

// endBlock skips padding and check of a block.
func (x *Reader) endBlock() error {
	x.Close()
	x.block = nil
	pad := int(-x.src.n & 3)
	if !x.src.skip(pad + x.check) {
		return io.ErrUnexpectedEOF
	}
	return nil
}
