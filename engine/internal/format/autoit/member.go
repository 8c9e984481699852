package autoit

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
	"gclam/engine/internal/codec/window"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// member hands over one member.
func (u *unpacker) member(m member) error {
	if m.data.Size() == 0 {
		return nil
	}
	plain := func(v input.View) io.Reader {
		src := codec.Source(u.ctx, u.b, v.Reader())
		return &decrypted{r: src, s: u.d.stream(u.d.dataSeed + u.sum)}
	}
	r := plain(m.data)
	if m.packed {
		z, err := newUnpacker(r, u.d, u.b)
		if err != nil { // not packed after all
			u.out.Fact(format.Damaged, u.off)
			r = plain(m.data)
		} else {
			defer z.Close()
			r = z
		}
	}
	g := codec.Guard(u.ctx, u.b, r)
	r = g
	if m.script {
		r = &script{r: bufio.NewReader(g)}
	}
	meta := format.Meta{CompressedSize: int64(m.size), Size: int64(m.real), NoMeta: true}
	if err := u.out.Child(meta, codec.Cut(u.b, r)); err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		u.out.Fact(format.Truncated, u.in.Size())
	case err != nil:
		u.out.Fact(format.Damaged, u.off)
	}
	return nil
}

const (
	packedHeader = 8 // magic and unpacked size, big endian
	windowSize   = 1 << 15
	distanceBits = 15
	minMatch     = 3
)

// lengthSteps are the groups of bits that make up the length of a match: a group
// of ones leads to the next, whose value counts from base on.
var lengthSteps = [...]struct {
	bits uint
	base int
}{{2, 0}, {3, 3}, {5, 10}, {8, 41}, {8, 296}}

// lz unpacks the LZSS of AutoIt.
type lz struct {
	in      *bitio.MSB
	literal uint32 // the flag before a literal
	left    int64
}

func newUnpacker(r io.Reader, d *dialect, mem codec.Memory) (*window.Reader, error) {
	var h [packedHeader]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if string(h[:4]) != d.magic {
		return nil, codec.ErrCorrupt
	}
	z := &lz{in: bitio.NewMSB(r), literal: d.literalBit, left: int64(binary.BigEndian.Uint32(h[4:]))}
	return window.NewReader(z, window.New(windowSize, window.NoFill, mem)), nil
}

// Step implements window.Stepper.
func (z *lz) Step(w *window.Window) error {
	for w.Room() > 0 {
		if z.left <= 0 {
			return io.EOF
		}
		if z.in.Bits(1) == z.literal {
			c := byte(z.in.Bits(8))
			if z.in.Over() {
				return z.in.Err()
			}
			w.Literal(c)
			z.left--
			continue
		}
		dist := int(z.in.Bits(distanceBits))
		n := z.length()
		if z.in.Over() {
			return z.in.Err()
		}
		n = int(min(int64(n), z.left))
		z.left -= int64(n)
		if err := w.Match(dist, n); err != nil {
			return err
		}
	}
	return w.Err()
}

// length reads the length of a match.
func (z *lz) length() int {
	base := 0
	for _, s := range lengthSteps {
		v := int(z.in.Bits(s.bits))
		base = s.base
		if v != 1<<s.bits-1 {
			return minMatch + base + v
		}
	}
	last := lengthSteps[len(lengthSteps)-1]
	for base += 1<<last.bits - 1; !z.in.Over() && int64(base) < z.left; base += 1<<last.bits - 1 {
		if v := int(z.in.Bits(last.bits)); v != 1<<last.bits-1 {
			return minMatch + base + v
		}
	}
	return minMatch + base
}
