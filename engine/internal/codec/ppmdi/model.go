package ppmdi

const (
	maxOrder   = 16 // four bits in a ZIP member
	minOrder   = 2
	intBits    = 7
	periodBits = 7
	binScale   = 1 << (intBits + periodBits)
	maxFreq    = 124
	stateSize  = 6
	orderBound = 9

	flagRescaled = 0x04
	flagUpper    = 0x08 // a symbol of 40h or above
	flagPrevHigh = 0x10 // the symbol before was

	restartModel = 0 // what to do when the heap is full
	cutOffModel  = 1
)

var (
	initBinEsc = [8]uint16{0x3cdd, 0x1f3f, 0x59bf, 0x48f3, 0x64a1, 0x5abc, 0x6632, 0x6051}
	expEscape  = [16]uint8{25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2}
)

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
	restore     int
	orderFall   int
	initEsc     int
	prevSuccess int
	runLength   int32
	initRL      int32
	minCtx      uint32
	maxCtx      uint32
	found       uint32

	ns2bs   [256]uint8
	ns2ind  [260]uint8
	see     [24][32]see
	dummy   see
	binSumm [25][64]uint16
}

func (m *model) init(order, restore int, size uint32) {
	m.order, m.restore = order, restore
	m.heap.init(size)
	for i := range m.ns2bs {
		switch {
		case i < 2:
			m.ns2bs[i] = uint8(2 * i)
		case i < 11:
			m.ns2bs[i] = 4
		default:
			m.ns2bs[i] = 6
		}
	}
	v, k := 5, 1
	for i := range m.ns2ind {
		if i < 5 {
			m.ns2ind[i] = uint8(i)
			continue
		}
		m.ns2ind[i] = uint8(v)
		if k--; k == 0 {
			v++
			k = v - 4
		}
	}
	m.dummy = see{shift: periodBits, count: 64}
	m.reset()
}

func upper(c byte) byte {
	if c >= 0x40 {
		return flagUpper
	}
	return 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func one(c uint32) uint32 { return c + 2 }

func (m *model) numStats(c uint32) int      { return int(m.mem[c]) } // less one
func (m *model) flags(c uint32) byte        { return m.mem[c+1] }
func (m *model) summFreq(c uint32) int      { return int(m.u16(c + 2)) }
func (m *model) addSumm(c uint32, n int)    { m.set16(c+2, m.u16(c+2)+uint16(n)) }
func (m *model) stats(c uint32) uint32      { return m.u32(c + 4) }
func (m *model) suffix(c uint32) uint32     { return m.u32(c + 8) }
func (m *model) sym(s uint32) byte          { return m.mem[s] }
func (m *model) freq(s uint32) int          { return int(m.mem[s+1]) }
func (m *model) setFreq(s uint32, f int)    { m.mem[s+1] = byte(f) }
func (m *model) succ(s uint32) uint32       { return m.u32(s + 2) }
func (m *model) setSucc(s uint32, v uint32) { m.set32(s+2, v) }

func (m *model) copyState(dst, src uint32) {
	copy(m.mem[dst:dst+stateSize], m.mem[src:src+stateSize])
}

func (m *model) swap(a, b uint32) {
	var t [stateSize]byte
	copy(t[:], m.mem[a:a+stateSize])
	m.copyState(a, b)
	copy(m.mem[b:b+stateSize], t[:])
}

// reset starts the model anew.
func (m *model) reset() {
	m.restart()
	m.orderFall = m.order
	m.initRL = -int32(min(m.order, 12)) - 1
	m.runLength, m.prevSuccess = m.initRL, 0
	m.hi -= unit
	c := m.hi
	m.minCtx, m.maxCtx = c, c
	m.set32(c+8, 0)
	m.mem[c], m.mem[c+1] = 255, 0
	m.set16(c+2, 256+1)
	m.found = m.lo
	m.lo += 256 / 2 * unit
	m.set32(c+4, m.found)
	for i := range uint32(256) {
		s := m.found + i*stateSize
		m.mem[s], m.mem[s+1] = byte(i), 1
		m.setSucc(s, 0)
	}
	i := 0
	for k := range m.binSumm {
		for int(m.ns2ind[i]) == k {
			i++
		}
		for j, e := range initBinEsc {
			for r := 0; r < 64; r += 8 {
				m.binSumm[k][j+r] = uint16(binScale - int(e)/(i+1))
			}
		}
	}
	i = 0
	for k := range m.see {
		for int(m.ns2ind[i+3]) == k+3 {
			i++
		}
		for j := range m.see[k] {
			m.see[k][j] = see{summ: uint16(2*i+5) << (periodBits - 4), shift: periodBits - 4, count: 7}
		}
	}
}

// findSym returns the state of symbol c in a context of several states, or 0.
func (m *model) findSym(ctx uint32, c byte) uint32 {
	s := m.stats(ctx)
	for range m.numStats(ctx) + 1 {
		if m.mem[s] == c {
			return s
		}
		s += stateSize
	}
	return 0
}

// refresh recomputes sum and flags of a context whose states take oldNU units,
// halving frequencies when scale is 1.
func (m *model) refresh(c, oldNU uint32, scale int) {
	n := m.numStats(c)
	s := m.shrink(m.stats(c), oldNU, uint32(n+2)>>1)
	m.set32(c+4, s)
	flags := m.flags(c)&(flagPrevHigh+flagRescaled*byte(scale)) | upper(m.sym(s))
	esc := m.summFreq(c) - m.freq(s)
	m.setFreq(s, (m.freq(s)+scale)>>scale)
	sum := m.freq(s)
	for range n {
		s += stateSize
		esc -= m.freq(s)
		m.setFreq(s, (m.freq(s)+scale)>>scale)
		sum += m.freq(s)
		flags |= upper(m.sym(s))
	}
	m.set16(c+2, uint16(sum+(esc+scale)>>scale))
	m.mem[c+1] = flags
}

// toSingle makes c a context with the one state s.
func (m *model) toSingle(c, s uint32) {
	m.mem[c+1] = m.flags(c)&flagPrevHigh | upper(m.sym(s))
	m.copyState(one(c), s)
}

// cutOff removes what hangs too deep or leads into text below c. It returns c,
// or 0 when nothing of c is left. The recursion ends at the model's order.
func (m *model) cutOff(c uint32, order int) uint32 {
	if m.numStats(c) == 0 {
		s := one(c)
		if m.succ(s) >= m.unitsStart {
			next := uint32(0)
			if order < m.order {
				next = m.cutOff(m.succ(s), order+1)
			}
			m.setSucc(s, next)
			if next != 0 || order <= orderBound {
				return c
			}
		}
		m.release(c)
		return 0
	}
	nu := uint32(m.numStats(c)+2) >> 1
	m.set32(c+4, m.moveUp(m.stats(c), nu))
	stats := m.stats(c)
	i := m.numStats(c)
	for k := i; k >= 0; k-- {
		s := stats + uint32(k)*stateSize
		switch {
		case m.succ(s) < m.unitsStart:
			last := stats + uint32(i)*stateSize
			i--
			m.setSucc(s, 0)
			m.swap(s, last)
		case order < m.order:
			m.setSucc(s, m.cutOff(m.succ(s), order+1))
		default:
			m.setSucc(s, 0)
		}
	}
	if i == m.numStats(c) || order == 0 {
		return c
	}
	if i < 0 {
		m.insert(stats, m.index(nu))
		m.release(c)
		return 0
	}
	m.mem[c] = byte(i)
	if i == 0 {
		m.toSingle(c, stats)
		m.insert(stats, m.index(nu))
		m.setFreq(one(c), (m.freq(one(c))+11)>>3)
		return c
	}
	m.refresh(c, nu, b2i(m.summFreq(c) > 16*i))
	return c
}

// full is called when the heap is: contexts from maxCtx to c1 have got a state
// that is taken back; then the model is reset or pruned.
func (m *model) full(c1 uint32) {
	m.text = m.base
	c := m.maxCtx
	for ; c != c1; c = m.suffix(c) {
		m.mem[c]--
		if s := m.stats(c); m.mem[c] == 0 {
			m.toSingle(c, s)
			m.release(s)
			m.setFreq(one(c), (m.freq(one(c))+11)>>3)
		} else {
			m.refresh(c, uint32(m.numStats(c)+3)>>1, 0)
		}
	}
	for ; c != m.minCtx; c = m.suffix(c) {
		if m.numStats(c) == 0 {
			f := m.freq(one(c))
			m.setFreq(one(c), f-f>>1)
			continue
		}
		if m.addSumm(c, 4); m.summFreq(c) > 128+4*m.numStats(c) {
			m.refresh(c, uint32(m.numStats(c)+2)>>1, 1)
		}
	}
	if m.restore == restartModel || m.used() < m.size>>1 {
		m.reset()
		return
	}
	for m.suffix(m.maxCtx) != 0 {
		m.maxCtx = m.suffix(m.maxCtx)
	}
	for {
		m.cutOff(m.maxCtx, 0)
		m.expandText()
		if m.used() <= 3*(m.size>>2) {
			break
		}
	}
	m.glue = 0
	m.orderFall = m.order
}
