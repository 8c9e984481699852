package sevenzip

import (
	"compress/bzip2"
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bcj"
	"gclam/engine/internal/codec/deflate64"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/codec/lzma"
	"gclam/engine/internal/codec/ppmd"
	"gclam/engine/internal/codec/zstd"
)

// Method numbers, Methods.txt of the LZMA SDK.
const (
	methodCopy      = 0x00
	methodDelta     = 0x03
	methodBCJNew    = 0x04 // to 0x0b: x86, PPC, IA64, ARM, ARMT, SPARC, ARM64, RISCV
	methodRISCV     = 0x0b
	methodLZMA2     = 0x21
	methodLZMA      = 0x030101
	methodBCJ       = 0x03030103
	methodBCJ2      = 0x0303011b
	methodPPC       = 0x03030205
	methodIA64      = 0x03030401
	methodARM       = 0x03030501
	methodARMT      = 0x03030701
	methodSPARC     = 0x03030805
	methodPPMd      = 0x030401
	methodDeflate   = 0x040108
	methodDeflate64 = 0x040109
	methodBzip2     = 0x040202
	methodZstd      = 0x04f71101
	methodAES       = 0x06f10701
)

func branch(id uint64) (bcj.Arch, bool) {
	switch id {
	case methodBCJ:
		return bcj.X86, true
	case methodPPC:
		return bcj.PPC, true
	case methodIA64:
		return bcj.IA64, true
	case methodARM:
		return bcj.ARM, true
	case methodARMT:
		return bcj.ARMT, true
	case methodSPARC:
		return bcj.SPARC, true
	}
	if id >= methodBCJNew && id <= methodRISCV {
		return bcj.X86 + bcj.Arch(id-methodBCJNew), true
	}
	return 0, false
}

// pipeline is the decoder of one folder.
type pipeline struct {
	f       *folder
	packed  []io.Reader
	mem     codec.Memory
	used    [maxStreams]bool // out streams already connected
	closers []io.Closer
}

// open connects the coders and returns the output.
func (p *pipeline) open() (io.Reader, error) {
	main := p.f.mainOut()
	if main < 0 {
		return nil, codec.ErrCorrupt
	}
	r, err := p.out(main)
	if err != nil {
		return nil, err
	}
	return io.LimitReader(r, p.f.size()), nil
}

func (p *pipeline) close() {
	for _, c := range p.closers {
		c.Close()
	}
}

// out returns the reader of an out stream. Each is used once, which also ends
// cycles.
func (p *pipeline) out(i int) (io.Reader, error) {
	if i >= maxStreams || p.used[i] || i >= len(p.f.sizes) {
		return nil, codec.ErrCorrupt
	}
	p.used[i] = true
	in, k := 0, i // every coder has one out stream
	for _, c := range p.f.coders[:k] {
		in += c.in
	}
	c := &p.f.coders[k]
	src := make([]io.Reader, c.in)
	for j := range src {
		r, err := p.in(in + j)
		if err != nil {
			return nil, err
		}
		src[j] = r
	}
	r, err := p.decoder(c, src, p.f.sizes[i])
	if err != nil {
		return nil, err
	}
	if cl, ok := r.(io.Closer); ok {
		p.closers = append(p.closers, cl)
	}
	return r, nil
}

// in returns what an in stream reads: the output of a coder or packed data.
func (p *pipeline) in(i int) (io.Reader, error) {
	for _, b := range p.f.binds {
		if b.in == i {
			return p.out(b.out)
		}
	}
	for k, s := range p.f.packed {
		if s == i && k < len(p.packed) {
			return p.packed[k], nil
		}
	}
	return nil, codec.ErrCorrupt
}

func (p *pipeline) decoder(c *coder, src []io.Reader, size int64) (io.Reader, error) {
	if c.id == methodBCJ2 {
		if len(src) != 4 {
			return nil, codec.ErrCorrupt
		}
		return bcj.NewBCJ2(src[0], src[1], src[2], src[3]), nil
	}
	if len(src) != 1 {
		return nil, codec.ErrUnsupported
	}
	in := src[0]
	if a, ok := branch(c.id); ok {
		start := uint32(0)
		if len(c.props) == 4 {
			start = binary.LittleEndian.Uint32(c.props)
		}
		if r := bcj.NewReader(in, a, start); r != nil {
			return r, nil
		}
		return nil, codec.ErrUnsupported
	}
	switch c.id {
	case methodCopy:
		return in, nil
	case methodDelta:
		if len(c.props) != 1 {
			return nil, codec.ErrCorrupt
		}
		return bcj.NewDelta(in, int(c.props[0])+1), nil
	case methodLZMA:
		return lzma.NewReader(in, c.props, size, p.mem)
	case methodLZMA2:
		if len(c.props) != 1 {
			return nil, codec.ErrCorrupt
		}
		dict, ok := lzma.DictSize(c.props[0])
		if !ok {
			return nil, codec.ErrCorrupt
		}
		return lzma.NewReader2(in, dict, size, p.mem), nil
	case methodPPMd:
		return ppmd.NewReader(in, c.props, size, p.mem)
	case methodDeflate:
		return flate.NewReader(in), nil
	case methodDeflate64:
		return deflate64.NewReader(in, p.mem), nil
	case methodBzip2:
		return bzip2.NewReader(in), nil
	case methodZstd:
		return zstd.NewReader(in, p.mem)
	}
	return nil, codec.ErrUnsupported
}

func (f *folder) encrypted() bool {
	for _, c := range f.coders {
		if c.id == methodAES {
			return true
		}
	}
	return false
}
