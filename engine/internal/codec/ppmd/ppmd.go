package ppmd

import (
	"bufio"
	"io"

	"gclam/engine/internal/codec"
)

const (
	topValue  = 1 << 24
	minMemory = 1 << 11
	maxMemory = 0xffffffff - 12*3
	// perByte bounds the heap that one byte of output can take for each order:
	// a context and, in the worst fit, the growth of a list of states.
	perByte = 64
)

// Reader decodes one PPMd stream.
type Reader struct {
	model
	in      *bufio.Reader
	rng     uint32
	code    uint32
	mask    [256]bool
	left    int64 // output still to come, negative when unknown
	mem     codec.Memory
	granted int64
	started bool
	err     error
	inErr   error
}

// PropsSize is the length of the properties in 7-Zip: order and memory size.
const PropsSize = 5

// NewReader returns the output of the stream in r. props are its property bytes,
// size is the length of the output, which the stream does not tell by itself.
func NewReader(r io.Reader, props []byte, size int64, mem codec.Memory) (*Reader, error) {
	if len(props) < PropsSize {
		return nil, codec.ErrCorrupt
	}
	order := int(props[0])
	declared := int64(le.Uint32(props[1:]))
	if order < minOrder || order > maxOrder || declared < minMemory || declared > maxMemory {
		return nil, codec.ErrCorrupt
	}
	need := declared
	if size >= 0 && size < maxMemory {
		need = min(declared, size*int64(order)*perByte+1<<16)
	}
	if mem != nil && !mem.Grant(need) {
		return nil, codec.ErrMemory
	}
	p := &Reader{in: bufio.NewReader(r), left: max(size, -1), mem: mem, granted: need}
	p.init(order, uint32(need))
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
	if !p.started && p.err == nil {
		p.started = true
		p.err = p.start()
	}
	n := 0
	for n < len(b) && p.err == nil {
		if p.left == 0 {
			p.err = io.EOF
			break
		}
		c, ok := p.symbol()
		if p.inErr != nil {
			p.err = p.inErr
			break
		}
		if !ok {
			p.err = codec.ErrCorrupt
			if p.left < 0 {
				p.err = io.EOF // an escape from the last context is the end mark
			}
			break
		}
		b[n] = c
		n++
		p.left--
	}
	if n > 0 {
		return n, nil
	}
	return 0, p.err
}

func (p *Reader) start() error {
	p.rng = 0xffffffff
	if p.next() != 0 {
		return codec.ErrCorrupt
	}
	for range 4 {
		p.code = p.code<<8 | uint32(p.next())
	}
	return p.inErr
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

// threshold returns the coded value in units of total.
func (p *Reader) threshold(total int) int {
	p.rng /= uint32(total)
	return int(p.code / p.rng)
}

func (p *Reader) decode(start, size int) {
	p.code -= uint32(start) * p.rng
	p.rng *= uint32(size)
	p.normalize()
}

func (p *Reader) normalize() {
	for i := 0; i < 2 && p.rng < topValue; i++ {
		p.code = p.code<<8 | uint32(p.next())
		p.rng <<= 8
	}
}

// symbol decodes one byte; ok is false when the stream ends or is invalid.
func (p *Reader) symbol() (c byte, ok bool) {
	p.mask = [256]bool{}
	if p.numStats(p.minCtx) == 1 {
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

// binary decodes in a context with one state.
func (p *Reader) binary() (byte, bool) {
	prob := p.binProb()
	v := uint32(*prob)
	bound := p.rng >> (intBits + periodBits) * v
	mean := (v + 1<<(periodBits-2)) >> periodBits
	s := one(p.minCtx)
	if p.code < bound {
		p.rng = bound
		p.normalize()
		*prob = uint16(v + 1<<intBits - mean)
		p.found = s
		c := p.sym(s)
		p.updateBin()
		return c, true
	}
	p.code -= bound
	p.rng -= bound
	p.normalize()
	*prob = uint16(v - mean)
	p.initEsc = int(expEscape[*prob>>10])
	p.mask[p.sym(s)] = true
	p.prevSuccess = 0
	return 0, false
}

// first decodes in a context with several states, none of them masked.
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
	for range n - 1 {
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
	p.hiBits = hb2flag(p.sym(p.found))
	p.decode(sum, total-sum)
	s = p.stats(ctx)
	for range n {
		p.mask[p.sym(s)] = true
		s += stateSize
	}
	return 0, false, false
}

// escaped decodes after an escape: masked symbols are out of the question.
func (p *Reader) escaped(masked int) (c byte, ok, done bool) {
	ctx := p.minCtx
	first, n, sum := p.stats(ctx), p.numStats(ctx), 0
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
