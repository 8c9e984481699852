package ppmd

const (
	maxOrder   = 64
	minOrder   = 2
	intBits    = 7
	periodBits = 7
	binScale   = 1 << (intBits + periodBits)
	maxFreq    = 124
	stateSize  = 6
)

var (
	initBinEsc = [8]uint16{0x3cdd, 0x1f3f, 0x59bf, 0x48f3, 0x64a1, 0x5abc, 0x6632, 0x6051}
	expEscape  = [16]uint8{25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2}
)

// see is a secondary estimate of an escape.
type see struct {
	summ         uint16
	shift, count uint8
}

func (s *see) update() {
	if s.shift < periodBits {
		if s.count--; s.count == 0 {
			s.summ <<= 1
			s.count = uint8(3 << s.shift)
			s.shift++
		}
	}
}

type model struct {
	heap
	order       int
	orderFall   int
	initEsc     int
	prevSuccess int
	hiBits      int
	runLength   int32
	initRL      int32
	minCtx      uint32
	maxCtx      uint32
	found       uint32 // state

	ns2bs   [256]uint8
	ns2ind  [256]uint8
	see     [25][16]see
	dummy   see
	binSumm [128][64]uint16
}

func (m *model) init(order int, size uint32) {
	m.order = order
	m.heap.init(size)
	for i := range m.ns2bs {
		switch {
		case i == 0:
			m.ns2bs[i] = 0
		case i == 1:
			m.ns2bs[i] = 2
		case i < 11:
			m.ns2bs[i] = 4
		default:
			m.ns2bs[i] = 6
		}
	}
	v, k := 3, 1
	for i := range m.ns2ind {
		if i < 3 {
			m.ns2ind[i] = uint8(i)
			continue
		}
		m.ns2ind[i] = uint8(v)
		if k--; k == 0 {
			v++
			k = v - 2
		}
	}
	m.restartModel()
}

func hb2flag(sym byte) int {
	if sym >= 0x40 {
		return 8
	}
	return 0
}

// Accessors of contexts and states; see the layouts in alloc.go.
func (m *model) numStats(c uint32) int      { return int(m.u16(c)) }
func (m *model) summFreq(c uint32) int      { return int(m.u16(c + 2)) }
func (m *model) addSumm(c uint32, n int)    { m.set16(c+2, m.u16(c+2)+uint16(n)) }
func (m *model) stats(c uint32) uint32      { return m.u32(c + 4) }
func (m *model) suffix(c uint32) uint32     { return m.u32(c + 8) }
func (m *model) sym(s uint32) byte          { return m.mem[s] }
func (m *model) freq(s uint32) int          { return int(m.mem[s+1]) }
func (m *model) succ(s uint32) uint32       { return m.u32(s + 2) }
func (m *model) setSucc(s uint32, v uint32) { m.set32(s+2, v) }
func one(c uint32) uint32                   { return c + 2 }

func (m *model) copyState(dst, src uint32) {
	copy(m.mem[dst:dst+stateSize], m.mem[src:src+stateSize])
}

func (m *model) swap(a, b uint32) {
	var t [stateSize]byte
	copy(t[:], m.mem[a:a+stateSize])
	m.copyState(a, b)
	copy(m.mem[b:b+stateSize], t[:])
}

func (m *model) restartModel() {
	m.restart()
	m.orderFall = m.order
	m.initRL = -int32(min(m.order, 12)) - 1
	m.runLength = m.initRL
	m.prevSuccess = 0
	m.hi -= unit
	m.minCtx, m.maxCtx = m.hi, m.hi
	c := m.minCtx
	m.set32(c+8, 0)
	m.set16(c, 256)
	m.set16(c+2, 256+1)
	m.found = m.lo
	m.lo += 256 / 2 * unit
	m.set32(c+4, m.found)
	for i := range uint32(256) {
		s := m.found + i*stateSize
		m.mem[s], m.mem[s+1] = byte(i), 1
		m.setSucc(s, 0)
	}
	for i := range m.binSumm {
		for k, e := range initBinEsc {
			v := uint16(binScale - int(e)/(i+2))
			for j := 0; j < 64; j += 8 {
				m.binSumm[i][k+j] = v
			}
		}
	}
	for i := range m.see {
		for k := range m.see[i] {
			m.see[i][k] = see{summ: uint16(5*i+10) << (periodBits - 4), shift: periodBits - 4, count: 4}
		}
	}
	m.dummy = see{shift: periodBits, count: 64}
}

// findSym returns the state of symbol c in a context of several states, or 0.
func (m *model) findSym(ctx uint32, c byte) uint32 {
	s := m.stats(ctx)
	for range m.numStats(ctx) {
		if m.mem[s] == c {
			return s
		}
		s += stateSize
	}
	return 0
}

// rescale halves the frequencies of the current context and keeps it sorted.
func (m *model) rescale() {
	c := m.minCtx
	stats := m.stats(c)
	for s := m.found; s != stats; s -= stateSize {
		m.swap(s, s-stateSize)
	}
	s := stats
	esc := m.summFreq(c) - m.freq(s)
	adder := b2i(m.orderFall != 0)
	m.mem[s+1] = byte((m.freq(s) + 4 + adder) >> 1)
	sum := m.freq(s)
	n := m.numStats(c)
	for range n - 1 {
		s += stateSize
		esc -= m.freq(s)
		m.mem[s+1] = byte((m.freq(s) + adder) >> 1)
		sum += m.freq(s)
		for t := s; t != stats && m.freq(t) > m.freq(t-stateSize); t -= stateSize {
			m.swap(t, t-stateSize)
		}
	}
	if m.freq(s) == 0 {
		gone := 0
		for ; m.freq(s) == 0 && s != stats; s -= stateSize {
			gone++
		}
		esc += gone
		m.set16(c, uint16(n-gone))
		if n-gone == 1 {
			m.single(c, stats, n, esc)
			return
		}
		if a, b := uint32(n+1)>>1, uint32(n-gone+1)>>1; a != b {
			m.set32(c+4, m.shrink(stats, a, b))
		}
	}
	m.set16(c+2, uint16(sum+esc-esc>>1))
	m.found = m.stats(c)
}

// single turns c into a context with one state.
func (m *model) single(c, stats uint32, n, esc int) {
	sym, f, next := m.sym(stats), m.freq(stats), m.succ(stats)
	for {
		f -= f >> 1
		esc >>= 1
		if esc <= 1 {
			break
		}
	}
	m.insert(stats, m.index(uint32(n+1)>>1))
	m.found = one(c)
	m.mem[m.found], m.mem[m.found+1] = sym, byte(f)
	m.setSucc(m.found, next)
}

func (m *model) nextContext() {
	c := m.succ(m.found)
	if m.orderFall == 0 && c > m.text {
		m.minCtx, m.maxCtx = c, c
		return
	}
	m.updateModel()
}

// update1 follows a symbol that was found behind the first one.
func (m *model) update1() {
	s := m.found
	m.mem[s+1] += 4
	m.addSumm(m.minCtx, 4)
	if m.freq(s) > m.freq(s-stateSize) {
		m.swap(s, s-stateSize)
		m.found = s - stateSize
		if m.freq(m.found) > maxFreq {
			m.rescale()
		}
	}
	m.nextContext()
}

// update1first follows the most probable symbol.
func (m *model) update1first() {
	m.prevSuccess = b2i(2*m.freq(m.found) > m.summFreq(m.minCtx))
	m.runLength += int32(m.prevSuccess)
	m.addSumm(m.minCtx, 4)
	m.mem[m.found+1] += 4
	if m.freq(m.found) > maxFreq {
		m.rescale()
	}
	m.nextContext()
}

// update2 follows a symbol found after an escape.
func (m *model) update2() {
	m.addSumm(m.minCtx, 4)
	m.mem[m.found+1] += 4
	if m.freq(m.found) > maxFreq {
		m.rescale()
	}
	m.runLength = m.initRL
	m.updateModel()
}

func (m *model) updateBin() {
	if f := m.freq(m.found); f < 128 {
		m.mem[m.found+1]++
	}
	m.prevSuccess = 1
	m.runLength++
	m.nextContext()
}

func (m *model) binProb() *uint16 {
	s := one(m.minCtx)
	m.hiBits = hb2flag(m.sym(m.found))
	i := m.prevSuccess + int(m.ns2bs[m.numStats(m.suffix(m.minCtx))-1]) + m.hiBits +
		2*hb2flag(m.sym(s)) + int(m.runLength>>26)&0x20
	return &m.binSumm[m.freq(s)-1][i]
}

// escFreq returns the estimate of an escape from the current context.
func (m *model) escFreq(masked int) (*see, int) {
	n := m.numStats(m.minCtx)
	if n == 256 {
		return &m.dummy, 1
	}
	rest := n - masked
	s := &m.see[m.ns2ind[rest-1]][b2i(rest < m.numStats(m.suffix(m.minCtx))-n)+
		2*b2i(m.summFreq(m.minCtx) < 11*n)+4*b2i(masked > rest)+m.hiBits]
	r := s.summ >> s.shift
	s.summ -= r
	return s, max(int(r), 1)
}
