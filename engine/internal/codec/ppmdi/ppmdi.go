package ppmdi

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
)

const (
	topValue = 1 << 24
	botValue = 1 << 15
	// perByte bounds the heap that one byte of output can take for each order.
	perByte = 64
)

// Reader decodes one stream.
type Reader struct {
	model
	in             *bufio.Reader
	low, rng, code uint32
	mask           [256]bool
	left           int64 // output still to come, negative when unknown
	mem            codec.Memory
	granted        int64
	err            error
	inErr          error
}

// NewReader returns the output of the ZIP member data in r: two bytes of
// parameters and the stream. size is the length of the output, -1 if unknown.
func NewReader(r io.Reader, size int64, mem codec.Memory) (*Reader, error) {
	in := bufio.NewReader(r)
	var h [2]byte
	if _, err := io.ReadFull(in, h[:]); err != nil {
		return nil, codec.ErrCorrupt
	}
	v := le.Uint16(h[:])
	order, restore := int(v&15)+1, int(v>>12)
	need := (int64(v>>4&0xff) + 1) << 20
	if order < minOrder || restore > cutOffModel {
		return nil, codec.ErrUnsupported
	}
	if size >= 0 && size < 1<<40 {
		need = min(need, size*int64(order)*perByte+1<<16)
	}
	if mem != nil && !mem.Grant(need) {
		return nil, codec.ErrMemory
	}
	p := &Reader{in: in, left: max(size, -1), mem: mem, granted: need, rng: 0xffffffff}
	p.init(order, restore, uint32(need))
	for range 4 {
		p.code = p.code<<8 | uint32(p.next())
	}
	return p, nil
}

// Close gives the heap back.
func (p *Reader) Close() error {
	if p.mem != nil {
		p.mem.Release(p.granted)
		p.mem = nil
	}
	p.heap.mem = nil
	p.err = io.ErrClosedPipe
	return nil
}

// Read implements io.Reader.
func (p *Reader) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) && p.err == nil {
		if p.left == 0 {
			p.err = io.EOF
			break
		}
		c, ok := p.symbol()
		switch {
		case p.inErr != nil:
			p.err = p.inErr
		case !ok && p.left < 0:
			p.err = io.EOF // an escape from the last context is the end mark
		case !ok:
			p.err = codec.ErrCorrupt
		default:
			b[n] = c
			n++
			p.left--
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, p.err
}

func (p *Reader) next() byte {
	c, err := p.in.ReadByte()
	if err != nil && p.inErr == nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		p.inErr = err
	}
	return c
}

func (p *Reader) threshold(total int) int {
	p.rng /= uint32(total)
	return int(p.code / p.rng)
}

// decode takes the range [start, start+size) and normalises.
func (p *Reader) decode(start, size int) {
	s := uint32(start) * p.rng
	p.low += s
	p.code -= s
	p.rng *= uint32(size)
	for i := 0; i < 8; i++ {
		if (p.low ^ (p.low + p.rng)) >= topValue {
			if p.rng >= botValue {
				return
			}
			p.rng = -p.low & (botValue - 1)
		}
		p.code = p.code<<8 | uint32(p.next())
		p.rng <<= 8
		p.low <<= 8
	}
}

func (p *Reader) symbol() (c byte, ok bool) {
	p.mask = [256]bool{}
	if p.numStats(p.minCtx) == 0 {
		if c, ok := p.binary(); ok {
			return c, true
		}
	} else if c, ok, done := p.first(); done {
		return c, ok
	}
	for {
		masked := p.numStats(p.minCtx)
		for p.numStats(p.minCtx) == masked {
			p.orderFall++
			if p.minCtx = p.suffix(p.minCtx); p.minCtx == 0 {
				return 0, false
			}
		}
		if c, ok, done := p.escaped(masked); done {
			return c, ok
		}
	}
}

func (p *Reader) binary() (byte, bool) {
	prob := p.binProb()
	v := int(*prob)
	mean := (v + 1<<(periodBits-2)) >> periodBits
	s := one(p.minCtx)
	p.rng >>= intBits + periodBits
	if p.code/p.rng < uint32(v) {
		p.decode(0, v)
		*prob = uint16(v + 1<<intBits - mean)
		p.found = s
		c := p.sym(s)
		p.updateBin()
		return c, true
	}
	p.decode(v, binScale-v)
	*prob = uint16(v - mean)
	p.initEsc = int(expEscape[*prob>>10])
	p.mask[p.sym(s)] = true
	p.prevSuccess = 0
	return 0, false
}

func (p *Reader) first() (c byte, ok, done bool) {
	ctx := p.minCtx
	total, n := p.summFreq(ctx), p.numStats(ctx)
	if total == 0 {
		return 0, false, true
	}
	s := p.stats(ctx)
	count := p.threshold(total)
	sum := p.freq(s)
	if count < sum {
		p.decode(0, sum)
		p.found = s
		c = p.sym(s)
		p.update1first()
		return c, true, true
	}
	p.prevSuccess = 0
	for range n {
		s += stateSize
		if sum += p.freq(s); sum > count {
			p.decode(sum-p.freq(s), p.freq(s))
			p.found = s
			c = p.sym(s)
			p.update1()
			return c, true, true
		}
	}
	if count >= total {
		return 0, false, true
	}
	p.decode(sum, total-sum)
	s = p.stats(ctx)
	for range n + 1 {
		p.mask[p.sym(s)] = true
		s += stateSize
	}
	return 0, false, false
}

func (p *Reader) escaped(masked int) (c byte, ok, done bool) {
	ctx := p.minCtx
	first, n, sum := p.stats(ctx), p.numStats(ctx)+1, 0
	list := p.heap.mem[first : first+uint32(n)*stateSize]
	for i := 0; i+1 < len(list); i += stateSize {
		if !p.mask[list[i]] {
			sum += int(list[i+1])
		}
	}
	est, esc := p.escFreq(masked)
	total := sum + esc
	count := p.threshold(total)
	if count >= total {
		return 0, false, true
	}
	if count >= sum {
		p.decode(sum, total-sum)
		est.summ += uint16(total)
		for i := 0; i < len(list); i += stateSize {
			p.mask[list[i]] = true
		}
		return 0, false, false
	}
	hi, s := 0, first
	for ; ; s += stateSize {
		if p.mask[p.sym(s)] {
			continue
		}
		if hi += p.freq(s); hi > count {
			break
		}
	}
	p.decode(hi-p.freq(s), p.freq(s))
	est.update()
	p.found = s
	c = p.sym(s)
	p.update2()
	return c, true, true
}
