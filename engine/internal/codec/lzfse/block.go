package lzfse

import (
	"encoding/binary"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/window"
)

const (
	fixedHeader = 24 // behind magic and unpacked size
	baseHeader  = magicSize + 4 + fixedHeader
	maxHeader   = baseHeader + 720
	maxLiterals = 40_000
	maxMatches  = 10_000
)

// block is an entropy-coded block: literals, decoded, and triplets of literal
// length, match length and distance.
type block struct {
	literals []byte
	left     int // triplets
	in       backwards
	length   decoder // of literals
	match    decoder
	distance decoder
	copy     int // literals of the triplet under way
	repeat   int // its match
	back     int
}

// field takes n bits of v from bit at on.
func field(v uint64, at, n uint) int { return int(v >> at & (1<<n - 1)) }

// readBlock reads a block behind its unpacked size.
func readBlock(src io.Reader) (*block, error) {
	var h [maxHeader]byte
	if _, err := io.ReadFull(src, h[:fixedHeader]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	v0, v1, v2 := le.Uint64(h[:]), le.Uint64(h[8:]), le.Uint64(h[16:])
	tables := field(v2, 0, 32) - baseHeader
	if tables < 0 || tables > maxHeader-baseHeader {
		return nil, codec.ErrCorrupt
	}
	if _, err := io.ReadFull(src, h[:tables]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	var freq [allSymbols]uint16
	if !frequencies(h[:tables], freq[:]) {
		return nil, codec.ErrCorrupt
	}
	b := &block{left: field(v0, 40, 20)}
	count := field(v0, 0, 20)
	if count > maxLiterals || count%4 != 0 || b.left > maxMatches {
		return nil, codec.ErrCorrupt
	}
	if err := b.tables(freq[:]); err != nil {
		return nil, err
	}
	b.length.state, b.match.state, b.distance.state = int32(field(v2, 32, 10)), int32(field(v2, 42, 10)), int32(field(v2, 52, 10))
	var states [4]int32
	for i := range states {
		states[i] = int32(field(v1, uint(10*i), 10))
	}
	in, err := payload(src, field(v0, 20, 20), field(v0, 60, 3)-7)
	if err != nil {
		return nil, err
	}
	if err := b.readLiterals(in, count, states, freq[2*lengthSymbols+distanceSymbols:]); err != nil {
		return nil, err
	}
	in, err = payload(src, field(v1, 40, 20), field(v1, 60, 3)-7)
	if in != nil {
		b.in = *in
	}
	return b, err
}

// payload reads the n bytes of a bit stream, of which the last lacks some bits.
func payload(src io.Reader, n, lacks int) (*backwards, error) {
	p, err := io.ReadAll(io.LimitReader(src, int64(n)))
	if err != nil {
		return nil, err
	}
	if len(p) < n {
		return nil, io.ErrUnexpectedEOF
	}
	return &backwards{p, 8*n + lacks}, nil
}

func (b *block) tables(freq []uint16) (err error) {
	if b.length.table, err = buildTable(lengthStates, freq[:lengthSymbols], lengthValue([4]uint8{2, 3, 5, 8})); err != nil {
		return err
	}
	freq = freq[lengthSymbols:]
	if b.match.table, err = buildTable(lengthStates, freq[:lengthSymbols], lengthValue([4]uint8{3, 5, 8, 11})); err != nil {
		return err
	}
	freq = freq[lengthSymbols:]
	b.distance.table, err = buildTable(distanceStates, freq[:distanceSymbols], distanceValue)
	return err
}

// readLiterals decodes the literals, by four states in turn.
func (b *block) readLiterals(in *backwards, n int, states [4]int32, freq []uint16) error {
	t, err := buildTable(literalStates, freq, literalValue)
	if err != nil {
		return err
	}
	var d [4]decoder
	for i := range d {
		d[i] = decoder{t, states[i]}
	}
	b.literals = make([]byte, n)
	for i := range b.literals {
		v, ok := d[i%4].next(in)
		if !ok {
			return codec.ErrCorrupt
		}
		b.literals[i] = byte(v)
	}
	return nil
}

// step executes triplets until there is no room; io.EOF at the end of the block.
func (b *block) step(w *window.Window) error {
	for w.Room() > 0 {
		switch {
		case b.copy > 0:
			if len(b.literals) == 0 {
				return codec.ErrCorrupt
			}
			w.Literal(b.literals[0])
			b.literals = b.literals[1:]
			b.copy--
		case b.repeat > 0:
			n := b.repeat
			b.repeat = 0
			if err := w.Match(b.back, n); err != nil {
				return err
			}
		case b.left == 0:
			return io.EOF
		default:
			if !b.triplet() {
				return codec.ErrCorrupt
			}
		}
	}
	return w.Err()
}

func (b *block) triplet() bool {
	l, ok1 := b.length.next(&b.in)
	m, ok2 := b.match.next(&b.in)
	d, ok3 := b.distance.next(&b.in)
	b.left--
	b.copy, b.repeat = int(l), int(m)
	if d != 0 { // 0 is the distance of before
		b.back = int(d)
	}
	return ok1 && ok2 && ok3
}

// frequencies unpacks the tables: numbers in codes of 2 to 14 bits, the lowest
// bits first. There may be no tables at all.
func frequencies(b []byte, freq []uint16) bool {
	if len(b) == 0 {
		return true
	}
	var acc uint32
	var n uint
	for i := range freq {
		for len(b) > 0 && n <= 24 {
			acc |= uint32(b[0]) << n
			b = b[1:]
			n += 8
		}
		v, size := frequency(acc)
		if size > n {
			return false
		}
		freq[i] = v
		acc >>= size
		n -= size
	}
	return true
}

// frequency decodes the number in the low bits of v and tells its size.
func frequency(v uint32) (uint16, uint) {
	switch {
	case v&3 == 0:
		return 0, 2
	case v&3 == 2:
		return 1, 2
	case v&7 == 1:
		return 2, 3
	case v&7 == 5:
		return 3, 3
	case v&15 == 7:
		return 8 + uint16(v>>4&0xf), 8
	case v&15 == 15:
		return 24 + uint16(v>>4&0x3ff), 14
	}
	return 4 + uint16(v>>3&3), 5
}
