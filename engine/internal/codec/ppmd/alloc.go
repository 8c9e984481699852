package ppmd

import "encoding/binary"

// The model lives in one heap of bytes, addressed by 32-bit offsets: contexts
// and pairs of states are units of 12 bytes. Layouts (offsets in a unit):
//
//	context: 0 number of states (u16), 2 sum of frequencies (u16), 4 states, 8 suffix
//	state:   0 symbol, 1 frequency, 2 successor (6 bytes; a context with one
//	         state has it in place, from offset 2 on)
//	free:    0 next of the same size (u32); while gluing 0 stamp (u16),
//	         2 units (u16), 4 next, 8 previous
const (
	unit       = 12
	numIndexes = 38
	maxGlued   = 0x10000
)

var le = binary.LittleEndian

type heap struct {
	mem        []byte
	size       uint32
	base       uint32 // of the text area
	text       uint32
	unitsStart uint32
	lo, hi     uint32
	glue       uint32
	free       [numIndexes]uint32
	toUnits    [numIndexes]uint8
	toIndex    [128]uint8
}

func (h *heap) init(size uint32) {
	h.size = size
	h.base = 4 - size&3
	h.mem = make([]byte, int(h.base)+int(size)+unit)
	k := 0
	for i := range h.toUnits {
		step := i>>2 + 1
		if i >= 12 {
			step = 4
		}
		for range step {
			h.toIndex[k] = uint8(i)
			k++
		}
		h.toUnits[i] = uint8(k)
	}
}

// restart empties the heap: text at the bottom, units at the top.
func (h *heap) restart() {
	h.free = [numIndexes]uint32{}
	h.text = h.base
	h.hi = h.text + h.size
	h.unitsStart = h.hi - h.size/8/unit*7*unit
	h.lo = h.unitsStart
	h.glue = 0
}

func (h *heap) u16(p uint32) uint16       { return le.Uint16(h.mem[p:]) }
func (h *heap) u32(p uint32) uint32       { return le.Uint32(h.mem[p:]) }
func (h *heap) set16(p uint32, v uint16)  { le.PutUint16(h.mem[p:], v) }
func (h *heap) set32(p uint32, v uint32)  { le.PutUint32(h.mem[p:], v) }
func (h *heap) index(units uint32) uint32 { return uint32(h.toIndex[units-1]) }
func (h *heap) units(i uint32) uint32     { return uint32(h.toUnits[i]) }

func (h *heap) insert(p, i uint32) {
	h.set32(p, h.free[i])
	h.free[i] = p
}

func (h *heap) remove(i uint32) uint32 {
	p := h.free[i]
	h.free[i] = h.u32(p)
	return p
}

// split frees the tail of a block of size index from when only to is needed.
func (h *heap) split(p, from, to uint32) {
	n := h.units(from) - h.units(to)
	h.insertRun(p+h.units(to)*unit, n)
}

// insertRun frees n units, at most 128, as one or two blocks.
func (h *heap) insertRun(p, n uint32) {
	i := h.index(n)
	if k := h.units(i); k != n {
		i--
		k = h.units(i)
		h.insert(p+k*unit, n-k-1)
	}
	h.insert(p, i)
}

// alloc returns a block of size index i, 0 when there is none.
func (h *heap) alloc(i uint32) uint32 {
	if h.free[i] != 0 {
		return h.remove(i)
	}
	n := h.units(i) * unit
	if n <= h.hi-h.lo {
		p := h.lo
		h.lo += n
		return p
	}
	return h.allocRare(i)
}

// allocContext returns one unit, from the top where possible.
func (h *heap) allocContext() uint32 {
	if h.hi != h.lo {
		h.hi -= unit
		return h.hi
	}
	if h.free[0] != 0 {
		return h.remove(0)
	}
	return h.allocRare(0)
}

func (h *heap) allocRare(i uint32) uint32 {
	if h.glue == 0 {
		h.glueFree()
		if h.free[i] != 0 {
			return h.remove(i)
		}
	}
	for j := i + 1; j < numIndexes; j++ {
		if h.free[j] != 0 {
			p := h.remove(j)
			h.split(p, j, i)
			return p
		}
	}
	h.glue--
	n := h.units(i) * unit
	if h.unitsStart-h.text <= n {
		return 0
	}
	h.unitsStart -= n
	return h.unitsStart
}

// glueFree joins neighbouring free blocks. A unit in use has a non-zero first
// word, a free one is stamped 0.
func (h *heap) glueFree() {
	head := h.base + h.size
	n := head
	h.glue = 255
	for i := range h.free {
		nu := uint16(h.toUnits[i])
		next := h.free[i]
		h.free[i] = 0
		for next != 0 {
			p := next
			h.set32(p+4, n)
			h.set32(n+8, p)
			n = p
			next = h.u32(p)
			h.set16(p, 0)
			h.set16(p+2, nu)
		}
	}
	h.set16(head, 1)
	h.set32(head+4, n)
	h.set32(n+8, head)
	if h.lo != h.hi {
		h.set16(h.lo, 1)
	}
	for ; n != head; n = h.u32(n + 4) {
		h.join(n)
	}
	for n = h.u32(head + 4); n != head; {
		next := h.u32(n + 4)
		nu := uint32(h.u16(n + 2))
		p := n
		for ; nu > 128; nu -= 128 {
			h.insert(p, numIndexes-1)
			p += 128 * unit
		}
		h.insertRun(p, nu)
		n = next
	}
}

// join takes the free blocks that follow n into it.
func (h *heap) join(n uint32) {
	nu := uint32(h.u16(n + 2))
	for {
		p := n + nu*unit
		if h.u16(p) != 0 {
			return
		}
		nu += uint32(h.u16(p + 2))
		if nu >= maxGlued {
			return
		}
		prev, next := h.u32(p+8), h.u32(p+4)
		h.set32(prev+4, next)
		h.set32(next+8, prev)
		h.set16(n+2, uint16(nu))
	}
}

// shrink moves a block of n units to a smaller one of m units.
func (h *heap) shrink(p, n, m uint32) uint32 {
	i, j := h.index(n), h.index(m)
	if i == j {
		return p
	}
	if h.free[j] != 0 {
		q := h.remove(j)
		copy(h.mem[q:q+m*unit], h.mem[p:p+m*unit])
		h.insert(p, i)
		return q
	}
	h.split(p, i, j)
	return p
}
