package ppmdi

import "encoding/binary"

// Units of 12 bytes, addressed by offsets into one heap:
//
//	context: 0 number of states less one (u8), 1 flags (u8), 2 sum (u16), 4 states, 8 suffix
//	state:   0 symbol, 1 frequency, 2 successor (in place from 2 on when single)
//	free:    0 stamp, 4 next of the same size, 8 units
const (
	unit       = 12
	numIndexes = 38
	emptyStamp = 0xffffffff
	near       = 16 << 10 // how far above the lowest unit blocks are worth moving
)

var le = binary.LittleEndian

type heap struct {
	mem        []byte
	size       uint32
	base       uint32
	text       uint32
	unitsStart uint32
	lo, hi     uint32
	glue       uint32
	free       [numIndexes]uint32
	stamps     [numIndexes]uint32 // free blocks of each size
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

func (h *heap) restart() {
	h.free = [numIndexes]uint32{}
	h.stamps = [numIndexes]uint32{}
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
	h.set32(p, emptyStamp)
	h.set32(p+4, h.free[i])
	h.set32(p+8, h.units(i))
	h.free[i] = p
	h.stamps[i]++
}

func (h *heap) remove(i uint32) uint32 {
	p := h.free[i]
	h.free[i] = h.u32(p + 4)
	h.stamps[i]--
	return p
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

func (h *heap) split(p, from, to uint32) {
	h.insertRun(p+h.units(to)*unit, h.units(from)-h.units(to))
}

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

// guard stops the gluing at the gap between the two areas of units. The order-0
// context is the topmost unit, so none is needed at the end.
func (h *heap) guard() {
	if h.lo != h.hi {
		h.set32(h.lo, 0)
	}
}

// glueFree joins neighbouring free blocks.
func (h *heap) glueFree() {
	h.glue = 1 << 13
	h.stamps = [numIndexes]uint32{}
	h.guard()
	var list []uint32
	for i := range h.free {
		next := h.free[i]
		h.free[i] = 0
		for next != 0 {
			p := next
			next = h.u32(p + 4)
			if h.u32(p+8) == 0 {
				continue // already part of another one
			}
			list = append(list, p)
			for {
				q := p + h.u32(p+8)*unit
				if h.u32(q) != emptyStamp {
					break
				}
				h.set32(p+8, h.u32(p+8)+h.u32(q+8))
				h.set32(q+8, 0)
			}
		}
	}
	for _, p := range list {
		n := h.u32(p + 8)
		if n == 0 {
			continue
		}
		for ; n > 128; n -= 128 {
			h.insert(p, numIndexes-1)
			p += 128 * unit
		}
		h.insertRun(p, n)
	}
}

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

// release frees one unit; the lowest one goes back to the text area.
func (h *heap) release(p uint32) {
	if p != h.unitsStart {
		h.insert(p, 0)
		return
	}
	h.unitsStart += unit
}

// moveUp moves a block of n units that is low in the heap to a free one above.
func (h *heap) moveUp(p, n uint32) uint32 {
	i := h.index(n)
	if p > h.unitsStart+near || p > h.free[i] {
		return p
	}
	q := h.remove(i)
	copy(h.mem[q:q+n*unit], h.mem[p:p+n*unit])
	if p != h.unitsStart {
		h.insert(p, i)
	} else {
		h.unitsStart += h.units(i) * unit
	}
	return q
}

// expandText gives free units at the bottom to the text area.
func (h *heap) expandText() {
	var count [numIndexes]uint32
	h.guard()
	p := h.unitsStart
	for h.u32(p) == emptyStamp {
		h.set32(p, 0)
		n := h.u32(p + 8)
		count[h.index(n)]++
		p += n * unit
	}
	h.unitsStart = p
	for i := range count {
		prev := uint32(0) // block whose next field is looked at, 0 for the head
		for count[i] != 0 {
			cur := h.free[i]
			if prev != 0 {
				cur = h.u32(prev + 4)
			}
			if cur == 0 {
				break
			}
			if h.u32(cur) != 0 {
				prev = cur
				continue
			}
			if prev != 0 {
				h.set32(prev+4, h.u32(cur+4))
			} else {
				h.free[i] = h.u32(cur + 4)
			}
			h.stamps[i]--
			count[i]--
		}
	}
}

// used is the part of the heap that is taken.
func (h *heap) used() uint32 {
	v := uint32(0)
	for i, n := range h.stamps {
		v += n * h.units(uint32(i))
	}
	return h.size - (h.hi - h.lo) - (h.unitsStart - h.text) - v*unit
}
