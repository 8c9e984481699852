package ppmdi

// createSuccessors makes the chain of contexts that the found symbol leads to,
// starting at c. s1, if not 0, is the symbol's state in c's suffix. It returns 0
// when the heap is full.
func (m *model) createSuccessors(skip bool, s1, c uint32) uint32 {
	up := m.succ(m.found)
	fsym := m.sym(m.found)
	var ps [maxOrder + 1]uint32
	n := 0
	if !skip {
		ps[n] = m.found
		n++
	}
	for m.suffix(c) != 0 {
		c = m.suffix(c)
		s := s1
		switch {
		case s1 != 0:
			s1 = 0
		case m.numStats(c) != 0:
			if s = m.findSym(c, fsym); s == 0 {
				return 0
			}
			if m.freq(s) < maxFreq-9 {
				m.mem[s+1]++
				m.addSumm(c, 1)
			}
		default:
			s = one(c)
			if m.numStats(m.suffix(c)) == 0 && m.freq(s) < 24 {
				m.mem[s+1]++
			}
		}
		if next := m.succ(s); next != up {
			c = next
			if n == 0 {
				return c
			}
			break
		}
		if n > maxOrder {
			return 0
		}
		ps[n] = s
		n++
	}
	return m.chain(c, up, fsym, ps[:n])
}

// chain makes a context for each of the states ps, from the last one on, all with
// the symbol that the text has at up.
func (m *model) chain(c, up uint32, fsym byte, ps []uint32) uint32 {
	usym := m.mem[up]
	ufreq := m.upFreq(c, usym)
	if ufreq == 0 {
		return 0
	}
	flags := upper(fsym)<<1 | upper(usym)
	for n := len(ps); n > 0; {
		d := m.allocContext()
		if d == 0 {
			return 0
		}
		m.mem[d], m.mem[d+1] = 0, flags
		m.mem[d+2], m.mem[d+3] = usym, ufreq
		m.setSucc(one(d), up+1)
		m.set32(d+8, c)
		n--
		m.setSucc(ps[n], d)
		c = d
	}
	return c
}

func (m *model) upFreq(c uint32, sym byte) byte {
	if m.numStats(c) == 0 {
		return m.mem[one(c)+1]
	}
	s := m.findSym(c, sym)
	if s == 0 {
		return 0
	}
	cf := m.freq(s) - 1
	s0 := m.summFreq(c) - m.numStats(c) - cf
	switch {
	case 2*cf > s0 && s0 > 0:
		return byte(1 + (cf+2*s0-3)/s0)
	case 5*cf > s0:
		return 2
	}
	return 1
}

// reduceOrder points the found symbol into the text and finds, in shorter
// contexts, where it leads.
func (m *model) reduceOrder(s1, c uint32) uint32 {
	c1, s := c, uint32(0)
	up := m.text
	fsym := m.sym(m.found)
	m.setSucc(m.found, up)
	m.orderFall++
	for {
		if s1 != 0 {
			c = m.suffix(c)
			s, s1 = s1, 0
		} else {
			if m.suffix(c) == 0 {
				return c
			}
			c = m.suffix(c)
			if m.numStats(c) != 0 {
				if s = m.findSym(c, fsym); s == 0 {
					return 0
				}
				if m.freq(s) < maxFreq-9 {
					m.mem[s+1] += 2
					m.addSumm(c, 2)
				}
			} else {
				s = one(c)
				if m.freq(s) < 32 {
					m.mem[s+1]++
				}
			}
		}
		if m.succ(s) != 0 {
			break
		}
		m.setSucc(s, up)
		m.orderFall++
	}
	if m.succ(s) <= up {
		found := m.found
		m.found = s
		m.setSucc(s, m.createSuccessors(false, 0, c))
		m.found = found
	}
	if m.orderFall == 1 && c1 == m.maxCtx {
		m.setSucc(m.found, m.succ(s))
		m.text--
	}
	return m.succ(s)
}

// bumpSuffix raises the found symbol's frequency in the next shorter context and
// returns its state there.
func (m *model) bumpSuffix() uint32 {
	c := m.suffix(m.minCtx)
	if m.numStats(c) == 0 {
		s := one(c)
		if m.freq(s) < 32 {
			m.mem[s+1]++
		}
		return s
	}
	s := m.findSym(c, m.sym(m.found))
	if s == 0 {
		return 0
	}
	if s != m.stats(c) && m.freq(s) >= m.freq(s-stateSize) {
		m.swap(s, s-stateSize)
		s -= stateSize
	}
	if m.freq(s) < maxFreq-9 {
		m.mem[s+1] += 2
		m.addSumm(c, 2)
	}
	return s
}

// updateModel adds the found symbol to the contexts that did not know it.
func (m *model) updateModel() {
	fsym, ffreq := m.sym(m.found), m.freq(m.found)
	fsucc := m.succ(m.found)
	s := uint32(0)
	if ffreq < maxFreq/4 && m.suffix(m.minCtx) != 0 {
		s = m.bumpSuffix()
	}
	c := m.maxCtx
	if m.orderFall == 0 && fsucc != 0 {
		cs := m.createSuccessors(true, s, m.minCtx)
		m.setSucc(m.found, cs)
		if cs == 0 {
			m.full(c)
			return
		}
		m.maxCtx = cs
		return
	}
	m.mem[m.text] = fsym
	m.text++
	successor := m.text
	if m.text >= m.unitsStart {
		m.full(c)
		return
	}
	if fsucc == 0 {
		fsucc = m.reduceOrder(s, m.minCtx)
	} else if fsucc < m.unitsStart {
		fsucc = m.createSuccessors(false, s, m.minCtx)
	}
	if fsucc == 0 {
		m.full(c)
		return
	}
	if m.orderFall--; m.orderFall == 0 {
		successor = fsucc
		m.text -= uint32(b2i(m.maxCtx != m.minCtx))
	}
	ns := m.numStats(m.minCtx)
	s0 := m.summFreq(m.minCtx) - ns - ffreq
	for ; c != m.minCtx; c = m.suffix(c) {
		if !m.extend(c, successor, fsym, ffreq, ns, s0) {
			m.full(c)
			return
		}
	}
	m.maxCtx, m.minCtx = fsucc, fsucc
}

// extend adds a state for symbol sym to context c.
func (m *model) extend(c, successor uint32, sym byte, ffreq, ns, s0 int) bool {
	ns1 := m.numStats(c)
	if ns1 != 0 {
		if ns1&1 != 0 && !m.widen(c, uint32(ns1+1)>>1) {
			return false
		}
		m.addSumm(c, b2i(3*ns1+1 < ns))
	} else {
		s := m.alloc(0)
		if s == 0 {
			return false
		}
		m.copyState(s, one(c))
		m.set32(c+4, s)
		f := m.freq(s) << 1
		if m.freq(s) >= maxFreq/4-1 {
			f = maxFreq - 4
		}
		m.setFreq(s, f)
		m.set16(c+2, uint16(f+m.initEsc+b2i(ns > 2)))
	}
	cf := 2 * ffreq * (m.summFreq(c) + 6)
	sf := s0 + m.summFreq(c)
	if cf < 6*sf {
		cf = 1 + b2i(cf > sf) + b2i(cf >= 4*sf)
		m.addSumm(c, 4)
	} else {
		cf = 4 + b2i(cf > 9*sf) + b2i(cf > 12*sf) + b2i(cf > 15*sf)
		m.addSumm(c, cf)
	}
	s := m.stats(c) + uint32(ns1+1)*stateSize
	m.setSucc(s, successor)
	m.mem[s], m.mem[s+1] = sym, byte(cf)
	m.mem[c+1] |= upper(sym)
	m.mem[c] = byte(ns1 + 1)
	return true
}

func (m *model) widen(c, n uint32) bool {
	i := m.index(n)
	if i == m.index(n+1) {
		return true
	}
	p := m.alloc(i + 1)
	if p == 0 {
		return false
	}
	old := m.stats(c)
	copy(m.mem[p:p+n*unit], m.mem[old:old+n*unit])
	m.insert(old, i)
	m.set32(c+4, p)
	return true
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
	m.setFreq(s, (m.freq(s)+4+adder)>>1)
	sum := m.freq(s)
	n := m.numStats(c)
	for range n {
		s += stateSize
		esc -= m.freq(s)
		m.setFreq(s, (m.freq(s)+adder)>>1)
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
		m.mem[c] = byte(n - gone)
		if n-gone == 0 {
			m.single(c, stats, n, esc)
			return
		}
		if a, b := uint32(n+2)>>1, uint32(n-gone+2)>>1; a != b {
			m.set32(c+4, m.shrink(stats, a, b))
		}
		flags := m.flags(c) &^ flagUpper
		for i := range uint32(n - gone + 1) {
			flags |= upper(m.sym(m.stats(c) + i*stateSize))
		}
		m.mem[c+1] = flags
	}
	m.set16(c+2, uint16(sum+esc-esc>>1))
	m.mem[c+1] |= flagRescaled
	m.found = m.stats(c)
}

func (m *model) single(c, stats uint32, n, esc int) {
	f := min((2*m.freq(stats)+esc-1)/max(esc, 1), maxFreq/3)
	m.toSingle(c, stats)
	m.insert(stats, m.index(uint32(n+2)>>1))
	m.found = one(c)
	m.setFreq(m.found, f)
}

func (m *model) nextContext() {
	if c := m.succ(m.found); m.orderFall == 0 && c >= m.unitsStart {
		m.minCtx, m.maxCtx = c, c
		return
	}
	m.updateModel()
	m.minCtx = m.maxCtx
}

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

func (m *model) update1first() {
	m.prevSuccess = b2i(2*m.freq(m.found) >= m.summFreq(m.minCtx))
	m.runLength += int32(m.prevSuccess)
	m.addSumm(m.minCtx, 4)
	m.mem[m.found+1] += 4
	if m.freq(m.found) > maxFreq {
		m.rescale()
	}
	m.nextContext()
}

func (m *model) update2() {
	m.addSumm(m.minCtx, 4)
	m.mem[m.found+1] += 4
	if m.freq(m.found) > maxFreq {
		m.rescale()
	}
	m.runLength = m.initRL
	m.updateModel()
	m.minCtx = m.maxCtx
}

func (m *model) updateBin() {
	if m.freq(m.found) < 196 {
		m.mem[m.found+1]++
	}
	m.prevSuccess = 1
	m.runLength++
	m.nextContext()
}

func (m *model) binProb() *uint16 {
	s := one(m.minCtx)
	i := int(m.ns2bs[m.numStats(m.suffix(m.minCtx))]) + m.prevSuccess + int(m.flags(m.minCtx)) + int(m.runLength>>26)&0x20
	return &m.binSumm[m.ns2ind[m.freq(s)-1]][i]
}

// escFreq returns the estimate of an escape; masked is the number of states of
// the context before, less one.
func (m *model) escFreq(masked int) (*see, int) {
	n := m.numStats(m.minCtx)
	if n == 255 {
		return &m.dummy, 1
	}
	s := &m.see[m.ns2ind[n+2]-3][b2i(m.summFreq(m.minCtx) > 11*(n+1))+
		2*b2i(2*n < m.numStats(m.suffix(m.minCtx))+masked)+int(m.flags(m.minCtx))]
	r := s.summ >> s.shift
	s.summ -= r
	return s, max(int(r), 1)
}
