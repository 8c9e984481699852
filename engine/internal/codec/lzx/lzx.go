package lzx

import (
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/huffman"
	"gclam/engine/internal/codec/window"
)

const (
	// Frame is the unit in which compressed data are aligned, bytes of output.
	Frame = 32 << 10
	// MinBits and MaxBits bound the window size, as a power of two.
	MinBits = 15
	MaxBits = 21

	blockVerbatim     = 1
	blockAligned      = 2
	blockUncompressed = 3

	chars        = 256
	lengthCodes  = 249
	preCodes     = 20
	alignedCodes = 8
	primaryLens  = 7
	minMatch     = 2
	maxSlots     = 50
	maxExtra     = 17
)

// slots is the number of position slots by window bits, from MinBits on.
var slots = [...]int{30, 32, 34, 36, 38, 42, 50}

type decoder struct {
	in       *bitio.MSB
	slots    int
	reset    int64 // output bytes after which the state is reset, 0 for never
	frameEnd int64
	size     int64 // total output, negative when unknown

	started   bool
	intelSize int32
	r         [3]int
	block     int
	left      int  // output bytes left in the block
	hold      byte // second byte of a word of an uncompressed block
	held      bool
	mainLen   [chars + maxSlots*8]uint8
	lenLen    [lengthCodes]uint8
	main      huffman.Table
	length    huffman.Table
	aligned   huffman.Table
}

// NewReader returns the output of the LZX stream in r. bits is the window size
// as a power of two; reset is the number of frames after which the state is
// reset, 0 for never (cabinets); size is the length of the output, -1 if
// unknown.
func NewReader(r io.Reader, bits, reset int, size int64, mem codec.Memory) (*Reader, error) {
	if bits < MinBits || bits > MaxBits || reset < 0 || reset > 1<<20 {
		return nil, codec.ErrCorrupt
	}
	d := &decoder{
		in: bitio.NewMSB16(r), slots: slots[bits-MinBits],
		reset: int64(reset) * Frame, frameEnd: Frame, size: size,
	}
	w := window.New(1<<bits, window.NoFill, mem)
	return &Reader{d: d, r: window.NewReader(d, w)}, nil
}

// Step implements window.Stepper.
func (d *decoder) Step(w *window.Window) error {
	for w.Room() > 0 {
		if d.size >= 0 && w.Total() >= d.size {
			return io.EOF
		}
		if err := d.boundaries(w.Total()); err != nil {
			return err
		}
		if d.left == 0 {
			if err := d.header(); err != nil {
				return err
			}
			continue
		}
		if err := d.symbol(w); err != nil {
			return err
		}
	}
	return nil
}

// boundaries aligns the input at the end of frames and resets the state where
// that is due.
func (d *decoder) boundaries(pos int64) error {
	for pos >= d.frameEnd {
		d.frameEnd += Frame
		if d.block != blockUncompressed || d.left == 0 {
			d.in.Align(16)
		}
		if d.reset > 0 && (d.frameEnd-Frame)%d.reset == 0 {
			d.started = false
		}
	}
	if d.started {
		return nil
	}
	d.started = true
	d.r = [3]int{1, 1, 1}
	d.left, d.held, d.block = 0, false, 0
	d.mainLen = [chars + maxSlots*8]uint8{}
	d.lenLen = [lengthCodes]uint8{}
	if d.in.Bits(1) == 1 {
		hi := d.in.Bits(16)
		d.intelSize = int32(hi<<16 | d.in.Bits(16))
	}
	if d.in.Over() {
		return d.in.Err()
	}
	return nil
}

// header reads a block header and its trees.
func (d *decoder) header() error {
	d.block = int(d.in.Bits(3))
	hi := d.in.Bits(16)
	d.left = int(hi<<8 | d.in.Bits(8))
	if d.in.Over() {
		return d.in.Err()
	}
	switch d.block {
	case blockAligned:
		var l [alignedCodes]uint8
		for i := range l {
			l[i] = uint8(d.in.Bits(3))
		}
		if err := d.aligned.Build(l[:]); err != nil {
			return err
		}
		return d.trees()
	case blockVerbatim:
		return d.trees()
	case blockUncompressed:
		return d.rawHeader()
	}
	return codec.ErrCorrupt
}

func (d *decoder) trees() error {
	n := chars + d.slots*8
	if err := d.lengths(d.mainLen[:chars]); err != nil {
		return err
	}
	if err := d.lengths(d.mainLen[chars:n]); err != nil {
		return err
	}
	if err := d.main.Build(d.mainLen[:n]); err != nil {
		return err
	}
	if err := d.lengths(d.lenLen[:]); err != nil {
		return err
	}
	return d.length.Build(d.lenLen[:])
}

// lengths updates code lengths, coded as differences from those before.
func (d *decoder) lengths(l []uint8) error {
	var pre [preCodes]uint8
	for i := range pre {
		pre[i] = uint8(d.in.Bits(4))
	}
	var t huffman.Table
	if err := t.Build(pre[:]); err != nil {
		return err
	}
	for i := 0; i < len(l); {
		s, err := d.decode(&t)
		if err != nil {
			return err
		}
		n, v := 1, uint8(0)
		switch s {
		case 17:
			n = int(d.in.Bits(4)) + 4
		case 18:
			n = int(d.in.Bits(5)) + 20
		case 19:
			n = int(d.in.Bits(1)) + 4
			if s, err = d.decode(&t); err != nil || s > 16 {
				return codec.ErrCorrupt
			}
			v = uint8((int(l[i]) - s + 17) % 17)
		default:
			v = uint8((int(l[i]) - s + 17) % 17)
		}
		if d.in.Over() {
			return d.in.Err()
		}
		for ; n > 0 && i < len(l); n-- {
			l[i] = v
			i++
		}
	}
	return nil
}

func (d *decoder) decode(t *huffman.Table) (int, error) {
	s, n, ok := t.Lookup(uint16(d.in.Peek(16)))
	if !ok {
		return 0, codec.ErrCorrupt
	}
	d.in.Skip(n)
	return s, nil
}

// rawHeader starts an uncompressed block: alignment (a whole word if there is
// nothing to align), the three last distances, bytes.
func (d *decoder) rawHeader() error {
	n := d.in.Buffered() % 16
	if n == 0 {
		n = 16
	}
	d.in.Bits(n)
	for i := range d.r {
		lo := bits16(d.in.Bits(16))
		d.r[i] = int(lo | bits16(d.in.Bits(16))<<16)
	}
	d.held = false
	if d.in.Over() {
		return d.in.Err()
	}
	return nil
}

func bits16(v uint32) uint32 { return v & 0xffff }

// raw copies a byte of an uncompressed block. The bit reader holds them as
// words: the low byte of a word comes first, and a block of odd length ends with
// a byte of padding.
func (d *decoder) raw(w *window.Window) error {
	if d.held {
		d.held = false
		w.Literal(d.hold)
		d.left--
		return nil
	}
	word := d.in.Bits(16)
	if d.in.Over() {
		return d.in.Err()
	}
	w.Literal(byte(word))
	d.left--
	d.hold, d.held = byte(word>>8), d.left > 0
	return nil
}

// symbol decodes one literal or match.
func (d *decoder) symbol(w *window.Window) error {
	if d.block == blockUncompressed {
		return d.raw(w)
	}
	s, err := d.decode(&d.main)
	if err != nil {
		return err
	}
	if s < chars {
		if d.in.Over() {
			return d.in.Err()
		}
		w.Literal(byte(s))
		d.left--
		return nil
	}
	s -= chars
	n := s & primaryLens
	if n == primaryLens {
		k, err := d.decode(&d.length)
		if err != nil {
			return err
		}
		n += k
	}
	n += minMatch
	dist, err := d.distance(s >> 3)
	if err != nil {
		return err
	}
	if d.in.Over() {
		return d.in.Err()
	}
	if n > d.left {
		return codec.ErrCorrupt
	}
	d.left -= n
	return w.Match(dist, n)
}

func (d *decoder) distance(slot int) (int, error) {
	switch slot {
	case 0:
		return d.r[0], nil
	case 1:
		d.r[0], d.r[1] = d.r[1], d.r[0]
		return d.r[0], nil
	case 2:
		d.r[0], d.r[2] = d.r[2], d.r[0]
		return d.r[0], nil
	}
	base, extra := slotBase(slot)
	v := base - 2
	switch {
	case d.block == blockAligned && extra >= 3:
		v += int(d.in.Bits(extra-3)) << 3
		a, err := d.decode(&d.aligned)
		if err != nil {
			return 0, err
		}
		v += a
	default:
		v += int(d.in.Bits(extra))
	}
	d.r[2], d.r[1], d.r[0] = d.r[1], d.r[0], v
	return v, nil
}

// slotBase returns the first distance of a position slot and its extra bits.
func slotBase(slot int) (int, uint) {
	if slot < 4 {
		return slot, 0
	}
	extra := uint(min(slot/2-1, maxExtra))
	if extra < maxExtra {
		return (2 + slot&1) << extra, extra
	}
	return (slot - 34) << maxExtra, extra
}

// Reader is the output of a stream, x86 calls translated back.
type Reader struct {
	d     *decoder
	r     *window.Reader
	buf   [Frame]byte
	pos   int
	end   int
	frame int64 // output offset of buf
	err   error
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if r.pos == r.end {
		if r.err != nil {
			return 0, r.err
		}
		r.frame += int64(r.end)
		r.pos = 0
		r.end, r.err = io.ReadFull(r.r, r.buf[:])
		if r.err == io.ErrUnexpectedEOF && r.d.size >= 0 && r.frame+int64(r.end) >= r.d.size {
			r.err = io.EOF // a short last frame
		}
		if r.d.intelSize != 0 && r.frame < Frame*Frame {
			translate(r.buf[:r.end], int32(r.frame), r.d.intelSize)
		}
		if r.end == 0 {
			return 0, r.err
		}
	}
	n := copy(p, r.buf[r.pos:r.end])
	r.pos += n
	return n, nil
}

// Close gives the window's memory back.
func (r *Reader) Close() error { return r.r.Close() }

// translate turns the absolute targets of x86 calls back into relative ones.
func translate(b []byte, pos, size int32) {
	le := binary.LittleEndian
	for i := 0; i+10 < len(b); i++ {
		if b[i] != 0xe8 {
			continue
		}
		cur := pos + int32(i)
		abs := int32(le.Uint32(b[i+1:]))
		if abs >= -cur && abs < size {
			if abs >= 0 {
				abs -= cur
			} else {
				abs += size
			}
			le.PutUint32(b[i+1:], uint32(abs))
		}
		i += 4
	}
}
