package sevenzip

import "gclam/engine/internal/bytesx"

// Property numbers of the header.
const (
	idEnd           = 0x00
	idHeader        = 0x01
	idArchiveProps  = 0x02
	idAdditional    = 0x03
	idMainStreams   = 0x04
	idFiles         = 0x05
	idPackInfo      = 0x06
	idUnpackInfo    = 0x07
	idSubStreams    = 0x08
	idSize          = 0x09
	idCRC           = 0x0a
	idFolder        = 0x0b
	idUnpackSize    = 0x0c
	idNumUnpack     = 0x0d
	idEmptyStream   = 0x0e
	idEmptyFile     = 0x0f
	idNames         = 0x11
	idAttributes    = 0x15
	idEncodedHeader = 0x17
)

const (
	maxCoders  = 32 // per folder
	maxStreams = 32 // per coder, and packed per folder
	attrDir    = 0x10
)

// cursor reads the header. After the first failure everything it returns is
// zero and bad is set.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n uint64) []byte {
	if c.bad || n > uint64(len(c.b)) {
		c.bad = true
		return nil
	}
	p := c.b[:n:n]
	c.b = c.b[n:]
	return p
}

func (c *cursor) byte() byte {
	if p := c.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (c *cursor) u32() uint32 {
	v, _ := bytesx.U32LE(c.take(4), 0)
	return v
}

// number reads a variable-length integer: the leading ones of the first byte
// count the bytes that follow.
func (c *cursor) number() uint64 {
	first := c.byte()
	v := uint64(0)
	mask := byte(0x80)
	for i := range 8 {
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(c.byte()) << (8 * i)
		mask >>= 1
	}
	return v
}

// count reads a number of things that take at least one bit each from here on.
func (c *cursor) count() int {
	n := c.number()
	if c.bad || n > 8*uint64(len(c.b))+8 {
		c.bad = true
		return 0
	}
	return int(n)
}

// size reads a number that is a length or an offset.
func (c *cursor) size() int64 {
	n := c.number()
	if n >= 1<<62 {
		c.bad = true
		return 0
	}
	return int64(n)
}

// bits reads n flags, highest bit first.
func (c *cursor) bits(n int) []bool {
	p := c.take(uint64(n+7) / 8)
	if c.bad {
		return nil
	}
	v := make([]bool, n)
	for i := range v {
		v[i] = p[i/8]>>(7-i%8)&1 != 0
	}
	return v
}

// optionalBits reads a flag that says "all", or n flags.
func (c *cursor) optionalBits(n int) []bool {
	if c.byte() == 0 {
		return c.bits(n)
	}
	if n > 8*len(c.b)+8 {
		c.bad = true
		return nil
	}
	v := make([]bool, n)
	for i := range v {
		v[i] = true
	}
	return v
}

// digests reads n optional CRCs.
func (c *cursor) digests(n int) []digest {
	defined := c.optionalBits(n)
	d := make([]digest, len(defined))
	for i, ok := range defined {
		if ok {
			d[i] = digest{c.u32(), true}
		}
	}
	return d
}

type digest struct {
	crc uint32
	ok  bool
}

type coder struct {
	id      uint64
	in, out int
	props   []byte
}

type bind struct{ in, out int }

// folder is a set of coders that turn packed streams into one output.
type folder struct {
	coders  []coder
	binds   []bind
	packed  []int   // in streams that read packed streams
	sizes   []int64 // of all out streams
	crc     digest
	streams int // files in the output
}

func (f *folder) outs() int {
	n := 0
	for _, c := range f.coders {
		n += c.out
	}
	return n
}

// mainOut is the out stream that no in stream reads, or -1.
func (f *folder) mainOut() int {
	for i := range f.outs() {
		if !f.boundOut(i) {
			return i
		}
	}
	return -1
}

func (f *folder) boundOut(i int) bool {
	for _, b := range f.binds {
		if b.out == i {
			return true
		}
	}
	return false
}

func (f *folder) size() int64 {
	if i := f.mainOut(); i >= 0 && i < len(f.sizes) {
		return f.sizes[i]
	}
	return 0
}

// streams describes packed data and how to decode them.
type streams struct {
	packPos  int64
	packed   []int64 // sizes
	folders  []folder
	sizes    []int64 // of all files with data, in order
	digests  []digest
	hasSizes bool
}

func (c *cursor) streamsInfo() streams {
	var s streams
	for !c.bad {
		switch c.number() {
		case idEnd:
			if !s.hasSizes {
				c.defaultSubStreams(&s)
			}
			return s
		case idPackInfo:
			c.packInfo(&s)
		case idUnpackInfo:
			c.unpackInfo(&s)
		case idSubStreams:
			c.subStreams(&s)
		default:
			c.bad = true
		}
	}
	return s
}

func (c *cursor) packInfo(s *streams) {
	s.packPos = c.size()
	n := c.count()
	for !c.bad {
		switch c.number() {
		case idEnd:
			return
		case idSize:
			for i := 0; i < n && !c.bad; i++ {
				s.packed = append(s.packed, c.size())
			}
		case idCRC:
			c.digests(n)
		default:
			c.bad = true
		}
	}
}

func (c *cursor) unpackInfo(s *streams) {
	if c.number() != idFolder {
		c.bad = true
		return
	}
	n := c.count()
	if c.byte() != 0 { // external: not used by anybody
		c.bad = true
		return
	}
	for i := 0; i < n && !c.bad; i++ {
		s.folders = append(s.folders, c.folder())
	}
	if c.number() != idUnpackSize {
		c.bad = true
		return
	}
	for i := range s.folders {
		f := &s.folders[i]
		for k := f.outs(); k > 0 && !c.bad; k-- {
			f.sizes = append(f.sizes, c.size())
		}
	}
	for !c.bad {
		switch c.number() {
		case idEnd:
			return
		case idCRC:
			for i, d := range c.digests(len(s.folders)) {
				s.folders[i].crc = d
			}
		default:
			c.bad = true
		}
	}
}

func (c *cursor) folder() folder {
	var f folder
	n := c.number()
	if n == 0 || n > maxCoders {
		c.bad = true
		return f
	}
	ins, outs := 0, 0
	for i := uint64(0); i < n && !c.bad; i++ {
		k := c.coder()
		ins += k.in
		outs += k.out
		f.coders = append(f.coders, k)
	}
	if outs == 0 || ins > maxStreams || outs > maxStreams || ins < outs-1 {
		c.bad = true
		return f
	}
	for range outs - 1 {
		b := bind{int(c.number() & 0xff), int(c.number() & 0xff)}
		if b.in >= ins || b.out >= outs {
			c.bad = true
		}
		f.binds = append(f.binds, b)
	}
	c.packedStreams(&f, ins)
	return f
}

func (c *cursor) coder() coder {
	flags := c.byte()
	var k coder
	for _, b := range c.take(uint64(flags & 15)) {
		k.id = k.id<<8 | uint64(b)
	}
	k.in, k.out = 1, 1
	if flags&0x10 != 0 {
		in, out := c.number(), c.number()
		if in > maxStreams || out != 1 {
			c.bad = true
			return k
		}
		k.in, k.out = int(in), int(out)
	}
	if flags&0x20 != 0 {
		k.props = c.take(c.number())
	}
	if flags&0x80 != 0 {
		c.bad = true
	}
	return k
}

// packedStreams notes which in streams read packed data.
func (c *cursor) packedStreams(f *folder, ins int) {
	n := ins - len(f.binds)
	if n == 1 {
		bound := map[int]bool{}
		for _, b := range f.binds {
			bound[b.in] = true
		}
		for i := range ins {
			if !bound[i] {
				f.packed = append(f.packed, i)
				return
			}
		}
		c.bad = true
		return
	}
	for range n {
		f.packed = append(f.packed, int(c.number()&0xff))
	}
}
