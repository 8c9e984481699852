package ppmd

// createSuccessors makes the chain of contexts that the found symbol leads to.
// It returns 0 when the heap is full.
func (m *model) createSuccessors(skip bool) uint32 {
	c := m.minCtx
	fsym := m.sym(m.found)
	up := m.succ(m.found)
	var ps [maxOrder]uint32
	n := 0
	if !skip {
		ps[n] = m.found
		n++
	}
	for m.suffix(c) != 0 {
		c = m.suffix(c)
		s := one(c)
		if m.numStats(c) != 1 {
			if s = m.findSym(c, fsym); s == 0 {
				return 0
			}
		}
		if next := m.succ(s); next != up {
			c = next
			if n == 0 {
				return c
			}
			break
		}
		if n == maxOrder {
			return 0
		}
		ps[n] = s
		n++
	}
	usym := m.mem[up]
	ufreq := m.upFreq(c, usym)
	if ufreq == 0 {
		return 0
	}
	for n > 0 {
		d := m.allocContext()
		if d == 0 {
			return 0
		}
		m.set16(d, 1)
		m.mem[d+2], m.mem[d+3] = usym, ufreq
		m.setSucc(one(d), up+1)
		m.set32(d+8, c)
		n--
		m.setSucc(ps[n], d)
		c = d
	}
	return c
}

// upFreq estimates the frequency of sym in new contexts below c.
func (m *model) upFreq(c uint32, sym byte) byte {
	if m.numStats(c) == 1 {
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
		return byte(1 + (2*cf+3*s0-1)/(2*s0))
	case 5*cf > s0:
		return 2
	}
	return 1
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// bumpSuffix raises the found symbol's frequency in the next shorter context.
func (m *model) bumpSuffix() bool {
	c := m.suffix(m.minCtx)
	if m.numStats(c) == 1 {
		if s := one(c); m.freq(s) < 32 {
			m.mem[s+1]++
		}
		return true
	}
	s := m.findSym(c, m.sym(m.found))
	if s == 0 {
		return false
	}
	if s != m.stats(c) && m.freq(s) >= m.freq(s-stateSize) {
		m.swap(s, s-stateSize)
		s -= stateSize
	}
	if m.freq(s) < maxFreq-9 {
		m.mem[s+1] += 2
		m.addSumm(c, 2)
	}
	return true
}

// updateModel adds the found symbol to the contexts that did not know it.
func (m *model) updateModel() {
	if !m.update() {
		m.restartModel()
	}
}

func (m *model) update() bool {
	fsym, ffreq := m.sym(m.found), m.freq(m.found)
	fsucc := m.succ(m.found)
	if ffreq < maxFreq/4 && m.suffix(m.minCtx) != 0 && !m.bumpSuffix() {
		return false
	}
	if m.orderFall == 0 {
		c := m.createSuccessors(true)
		m.minCtx, m.maxCtx = c, c
		if c == 0 {
			return false
		}
		m.setSucc(m.found, c)
		return true
	}
	m.mem[m.text] = fsym
	m.text++
	successor := m.text
	if m.text >= m.unitsStart {
		return false
	}
	if fsucc != 0 {
		if fsucc <= successor {
			if fsucc = m.createSuccessors(false); fsucc == 0 {
				return false
			}
		}
		if m.orderFall--; m.orderFall == 0 {
			successor = fsucc
			m.text -= uint32(b2i(m.maxCtx != m.minCtx))
		}
	} else {
		m.setSucc(m.found, successor)
		fsucc = m.minCtx
	}
	// The state may have been moved by bumpSuffix only in another context.
	ns := m.numStats(m.minCtx)
	s0 := m.summFreq(m.minCtx) - ns - (m.freq(m.found) - 1)
	for c := m.maxCtx; c != m.minCtx; c = m.suffix(c) {
		if c == 0 || !m.extend(c, successor, ns, s0) {
			return false
		}
	}
	m.maxCtx, m.minCtx = fsucc, fsucc
	return true
}

// extend adds the found symbol to context c. ns and s0 describe the context in
// which it was found.
func (m *model) extend(c, successor uint32, ns, s0 int) bool {
	ns1 := m.numStats(c)
	if ns1 != 1 {
		if ns1 >= 256 {
			return false
		}
		if ns1&1 == 0 && !m.widen(c, uint32(ns1>>1)) {
			return false
		}
		m.addSumm(c, b2i(2*ns1 < ns)+2*(b2i(4*ns1 <= ns)&b2i(m.summFreq(c) <= 8*ns1)))
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
		m.mem[s+1] = byte(f)
		m.set16(c+2, uint16(f+m.initEsc+b2i(ns > 3)))
	}
	cf := 2 * m.freq(m.found) * (m.summFreq(c) + 6)
	sf := s0 + m.summFreq(c)
	if cf < 6*sf {
		cf = 1 + b2i(cf > sf) + b2i(cf >= 4*sf)
		m.addSumm(c, 3)
	} else {
		cf = 4 + b2i(cf >= 9*sf) + b2i(cf >= 12*sf) + b2i(cf >= 15*sf)
		m.addSumm(c, cf)
	}
	s := m.stats(c) + uint32(ns1)*stateSize
	m.setSucc(s, successor)
	m.mem[s], m.mem[s+1] = m.sym(m.found), byte(cf)
	m.set16(c, uint16(ns1+1))
	return true
}

// widen moves the states of c, n units, to a block of n+1.
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
