package cab

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/codec/lzx"
	"gclam/engine/internal/codec/quantum"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Compression methods, low byte of a folder's type; the window size in bits of
// Quantum and LZX is in the high byte.
const (
	methodNone    = 0
	methodMSZIP   = 1
	methodQuantum = 2
	methodLZX     = 3
	methodMask    = 0x0f

	frame = 32 << 10 // most output of one block, bytes
)

// blocks walks the data blocks of a folder.
type blocks struct {
	ctx   context.Context
	b     *limit.Budget
	in    input.View
	extra int64
	off   int64
	left  int
}

// next returns the payload of the next block and the size of its output;
// io.EOF ends the folder. A cut block is returned as far as it exists.
func (s *blocks) next() ([]byte, int, error) {
	if s.left == 0 {
		return nil, 0, io.EOF
	}
	s.left--
	if err := s.b.Check(s.ctx); err != nil {
		return nil, 0, err
	}
	h, err := s.in.Window(s.off, dataSize)
	if err != nil {
		return nil, 0, err
	}
	if len(h) < dataSize {
		return nil, 0, io.ErrUnexpectedEOF
	}
	n, size := int64(binary.LittleEndian.Uint16(h[4:])), int(binary.LittleEndian.Uint16(h[6:]))
	p, err := s.in.Window(s.off+dataSize+s.extra, n)
	if err != nil {
		return nil, 0, err
	}
	if len(p) == 0 && n > 0 {
		return nil, 0, io.ErrUnexpectedEOF
	}
	s.off += dataSize + s.extra + n
	return p, size, nil
}

// total is the size of the output of all blocks, from their headers.
func (s blocks) total() int64 {
	sum := int64(0)
	for s.left > 0 {
		h, err := s.in.Window(s.off, dataSize)
		if err != nil || len(h) < dataSize {
			break
		}
		sum += int64(binary.LittleEndian.Uint16(h[6:]))
		s.off += dataSize + s.extra + int64(binary.LittleEndian.Uint16(h[4:]))
		s.left--
	}
	return sum
}

// payload is the payloads of all blocks, one behind the other.
type payload struct {
	blocks
	cur []byte
}

// Read implements io.Reader.
func (p *payload) Read(b []byte) (int, error) {
	for len(p.cur) == 0 {
		c, _, err := p.next()
		if err != nil {
			return 0, err
		}
		p.cur = c
	}
	n := copy(b, p.cur)
	p.cur = p.cur[n:]
	return n, nil
}

// frames is a folder whose blocks are decoded one by one.
type frames struct {
	blocks
	decode func(block, dst []byte) (int, error)
	repair bool // go on behind a bad block
	buf    [frame]byte
	cur    []byte
	err    error
}

// Read implements io.Reader.
func (f *frames) Read(b []byte) (int, error) {
	for len(f.cur) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		p, size, err := f.next()
		if err != nil {
			return 0, err
		}
		dst := f.buf[:min(size, frame)]
		clear(dst)
		n, err := f.decode(p, dst)
		if err != nil && f.repair && f.left > 0 {
			n, err = len(dst), nil // the blocks behind it keep their place
		}
		f.cur = dst[:n]
		f.err = err
	}
	n := copy(b, f.cur)
	f.cur = f.cur[n:]
	return n, nil
}

// mszip decodes MSZIP blocks: "CK" and a deflate stream whose history is the
// output of the block before.
type mszip struct {
	z    *flate.Reader
	hist [frame]byte
	n    int
}

// decode fills dst from a block as far as it goes.
func (m *mszip) decode(block, dst []byte) (n int, err error) {
	defer func() { m.n = copy(m.hist[:], dst) }()
	if len(block) < 2 || block[0] != 'C' || block[1] != 'K' {
		return 0, codec.ErrCorrupt
	}
	src := bytes.NewReader(block[2:])
	if m.z == nil {
		m.z = flate.NewReader(src)
	} else if err := m.z.Reset(src, m.hist[:m.n]); err != nil {
		return 0, err
	}
	n, err = io.ReadFull(m.z, dst)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// open returns the decoded content of a folder.
func open(ctx context.Context, b *limit.Budget, in input.View, h *header, f folder) (io.Reader, error) {
	s := blocks{ctx: ctx, b: b, in: in, extra: h.dataExtra, off: f.data, left: f.blocks}
	bits := int(f.method >> 8 & 0x1f)
	switch f.method & methodMask {
	case methodNone:
		return &payload{blocks: s}, nil
	case methodMSZIP:
		return &frames{blocks: s, decode: (&mszip{}).decode, repair: true}, nil
	case methodQuantum:
		q, err := quantum.New(bits, b)
		if err != nil {
			return nil, err
		}
		return &closing{&frames{blocks: s, decode: q.Frame}, q}, nil
	case methodLZX:
		return lzx.NewReader(&payload{blocks: s}, bits, 0, s.total(), b)
	}
	return nil, codec.ErrUnsupported
}

type closing struct {
	io.Reader
	io.Closer
}
