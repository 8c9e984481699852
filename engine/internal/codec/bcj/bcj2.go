package bcj

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
)

// BCJ2 decodes the four-stream x86 converter: what is not a branch target, the
// targets of calls, those of jumps, and a range-coded stream of decisions.
type BCJ2 struct {
	main, call, jump, rc *bufio.Reader
	probs                [2 + 256]uint16
	rng, code            uint32
	prev                 byte
	pos                  uint32 // output position
	pending              [4]byte
	have                 int
	started              bool
	err                  error
}

const (
	topValue  = 1 << 24
	modelBits = 11
	moveBits  = 5
)

// NewBCJ2 returns the joined output of the four streams.
func NewBCJ2(main, call, jump, rc io.Reader) *BCJ2 {
	b := &BCJ2{
		main: bufio.NewReader(main), call: bufio.NewReader(call),
		jump: bufio.NewReader(jump), rc: bufio.NewReader(rc),
	}
	for i := range b.probs {
		b.probs[i] = 1 << (modelBits - 1)
	}
	return b
}

// Read implements io.Reader.
func (d *BCJ2) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if d.have > 0 {
			k := copy(p[n:], d.pending[4-d.have:])
			n += k
			d.have -= k
			continue
		}
		if d.err == nil && !d.started {
			d.started = true
			d.err = d.init()
		}
		if d.err != nil {
			break
		}
		var c byte
		if c, d.err = d.main.ReadByte(); d.err != nil {
			break
		}
		p[n] = c
		n++
		d.pos++
		d.err = d.branch(c)
	}
	if n > 0 {
		return n, nil
	}
	return 0, d.err
}

func (d *BCJ2) init() error {
	d.rng = 0xffffffff
	for range 5 {
		c, err := d.rc.ReadByte()
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		d.code = d.code<<8 | uint32(c)
	}
	return nil
}

// branch asks, after an opcode, whether its target is in one of the side
// streams, and fetches it.
func (d *BCJ2) branch(c byte) error {
	prev := d.prev
	d.prev = c
	var i int
	switch {
	case c == 0xe8:
		i = int(prev)
	case c == 0xe9:
		i = 256
	case prev == 0x0f && c&0xf0 == 0x80:
		i = 257
	default:
		return nil
	}
	bit, err := d.bit(&d.probs[i])
	if err != nil || bit == 0 {
		return err
	}
	src := d.jump
	if c == 0xe8 {
		src = d.call
	}
	var b [4]byte
	if _, err := io.ReadFull(src, b[:]); err != nil {
		return codec.ErrCorrupt
	}
	d.pos += 4
	dest := be.Uint32(b[:]) - d.pos
	le.PutUint32(d.pending[:], dest)
	d.have = 4
	d.prev = d.pending[3]
	return nil
}

func (d *BCJ2) bit(p *uint16) (int, error) {
	v := uint32(*p)
	bound := d.rng >> modelBits * v
	bit := 0
	if d.code < bound {
		d.rng = bound
		*p = uint16(v + (1<<modelBits-v)>>moveBits)
	} else {
		bit = 1
		d.rng -= bound
		d.code -= bound
		*p = uint16(v - v>>moveBits)
	}
	if d.rng < topValue {
		c, err := d.rc.ReadByte()
		if err != nil {
			return bit, nil // the last decision needs no more bytes
		}
		d.rng <<= 8
		d.code = d.code<<8 | uint32(c)
	}
	return bit, nil
}
