package lzma

import (
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

// Control bytes of LZMA2 chunks.
const (
	endOfStream  = 0x00
	copyReset    = 0x01 // stored, dictionary reset
	copyNoReset  = 0x02
	lzmaChunk    = 0x80 // bits 5-6: what is reset, bits 0-4: size bits 16-20
	maxLCLPLzma2 = 4
)

type lzma2 struct {
	decoder
	stored   int  // bytes left of a stored chunk
	inChunk  bool // an LZMA chunk is under way
	needDict bool
	hasProps bool
}

// NewReader2 returns the output of a raw LZMA2 stream and takes exactly the
// stream's bytes from r, most of them singly or in blocks of 8 KiB. dict is the dictionary
// size in bytes, as declared; size is the output's length where known, or
// UnknownSize, and only serves to keep the dictionary small.
func NewReader2(r io.Reader, dict, size int64, mem codec.Memory) *window.Reader {
	d := &lzma2{needDict: true}
	d.rc.source = &source{r: r, left: -1, exact: true}
	if size >= 0 {
		dict = min(dict, size)
	}
	return window.NewReader(d, window.New(dict, window.NoFill, mem))
}

// DictSize decodes the dictionary size byte of LZMA2, false if it is invalid.
func DictSize(b byte) (int64, bool) {
	if b > 40 {
		return 0, false
	}
	if b == 40 {
		return 1<<32 - 1, true
	}
	return int64(2|b&1) << (b/2 + 11), true
}

// Step implements window.Stepper.
func (d *lzma2) Step(w *window.Window) error {
	for w.Room() > 0 {
		var err error
		switch {
		case d.stored > 0:
			d.copyStored(w)
		case d.inChunk:
			if err = d.run(w); err == nil && d.left == 0 {
				d.endChunk()
			}
		default:
			err = d.header()
		}
		if err != nil {
			return err
		}
		if d.rc.err != nil {
			return d.rc.err
		}
	}
	return nil
}

func (d *lzma2) copyStored(w *window.Window) {
	for w.Room() > 0 && d.stored > 0 {
		b := d.rc.next()
		if d.rc.err != nil {
			return
		}
		w.Literal(b)
		d.stored--
	}
	if d.stored == 0 {
		d.rc.left = -1
	}
}

// endChunk skips what the range decoder did not need of a chunk.
func (d *lzma2) endChunk() {
	for d.rc.left > 0 && d.rc.err == nil {
		d.rc.next()
	}
	d.rc.left = -1
	d.inChunk = false
}

func (d *lzma2) u16() int {
	hi := d.rc.next()
	return int(hi)<<8 | int(d.rc.next())
}

// header reads a chunk header.
func (d *lzma2) header() error {
	c := d.rc.next()
	switch {
	case d.rc.err != nil:
		return d.rc.err
	case c == endOfStream:
		return io.EOF
	case c == copyReset || c == copyNoReset:
		if d.needDict && c != copyReset {
			return codec.ErrCorrupt
		}
		d.needDict = false
		d.stored = d.u16() + 1
		d.rc.left = int64(d.stored)
		return nil
	case c < lzmaChunk:
		return codec.ErrCorrupt
	}
	size := int64(c&0x1f)<<16 + int64(d.u16()) + 1
	packed := int64(d.u16()) + 1
	if err := d.resets(c >> 5 & 3); err != nil {
		return err
	}
	d.rc.left = packed
	if !d.rc.init() && d.rc.err == nil {
		return codec.ErrCorrupt
	}
	d.left, d.inChunk = size, true
	return nil
}

// resets does what bits 5 and 6 of the control byte ask for: 0 nothing, 1 the
// state, 2 new properties too, 3 the dictionary too.
func (d *lzma2) resets(what byte) error {
	if d.needDict && what != 3 {
		return codec.ErrCorrupt
	}
	d.needDict = false
	if what >= 2 {
		if !d.props(d.rc.next(), maxLCLPLzma2) {
			return codec.ErrCorrupt
		}
		d.hasProps = true
	}
	if !d.hasProps {
		return codec.ErrCorrupt
	}
	if what >= 1 {
		d.reset()
	}
	return nil
}
