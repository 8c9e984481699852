package bcj

import "encoding/binary"

var (
	le = binary.LittleEndian
	be = binary.BigEndian
)

// x86 keeps which of the last bytes looked like opcodes.
type x86 struct{ mask uint32 }

var (
	x86Allowed = [8]bool{true, true, true, false, true, false, false, false}
	x86Bits    = [8]uint32{0, 1, 2, 2, 3, 3, 3, 3}
)

func msByte(b byte) bool { return b == 0 || b == 0xff }

func (x *x86) convert(b []byte, pc uint32) int {
	if len(b) <= 4 {
		return 0
	}
	size := len(b) - 4
	mask, prev := x.mask, -1
	i := 0
	for ; i < size; i++ {
		if b[i]&0xfe != 0xe8 {
			continue
		}
		if gap := i - prev; gap > 3 {
			mask = 0
		} else {
			mask = mask << (gap - 1) & 7
			if mask != 0 && (!x86Allowed[mask] || msByte(b[i+4-int(x86Bits[mask])])) {
				prev = i
				mask = mask<<1 | 1
				continue
			}
		}
		prev = i
		if !msByte(b[i+4]) {
			mask = mask<<1 | 1
			continue
		}
		le.PutUint32(b[i+1:], x86Target(le.Uint32(b[i+1:]), pc+uint32(i)+5, mask))
		i += 4
	}
	x.mask = 0
	if gap := i - prev; gap <= 3 {
		x.mask = mask << (gap - 1)
	}
	return i
}

func x86Target(src, pc, mask uint32) uint32 {
	dest := src - pc
	for range 4 { // it settles after one or two rounds
		j := x86Bits[mask&7] * 8
		if mask == 0 || !msByte(byte(dest>>(24-j))) {
			break
		}
		dest = (dest ^ (1<<(32-j) - 1)) - pc
	}
	dest &= 0x01ffffff
	return dest | -(dest & 0x01000000)
}

func arm(b []byte, pc uint32) int {
	i := 0
	for ; i+4 <= len(b); i += 4 {
		if b[i+3] != 0xeb {
			continue
		}
		v := uint32(b[i]) | uint32(b[i+1])<<8 | uint32(b[i+2])<<16
		v = (v<<2 - (pc + uint32(i) + 8)) >> 2
		b[i], b[i+1], b[i+2] = byte(v), byte(v>>8), byte(v>>16)
	}
	return i
}

func armt(b []byte, pc uint32) int {
	i := 0
	for ; i+4 <= len(b); i += 2 {
		if b[i+1]&0xf8 != 0xf0 || b[i+3]&0xf8 != 0xf8 {
			continue
		}
		v := uint32(b[i+1]&7)<<19 | uint32(b[i])<<11 | uint32(b[i+3]&7)<<8 | uint32(b[i+2])
		v = (v<<1 - (pc + uint32(i) + 4)) >> 1
		b[i+1] = 0xf0 | byte(v>>19)&7
		b[i] = byte(v >> 11)
		b[i+3] = 0xf8 | byte(v>>8)&7
		b[i+2] = byte(v)
		i += 2
	}
	return i
}

func ppc(b []byte, pc uint32) int {
	i := 0
	for ; i+4 <= len(b); i += 4 {
		if v := be.Uint32(b[i:]); v&0xfc000003 == 0x48000001 {
			be.PutUint32(b[i:], 0x48000001|(v&0x03fffffc-(pc+uint32(i)))&0x03fffffc)
		}
	}
	return i
}

func sparc(b []byte, pc uint32) int {
	i := 0
	for ; i+4 <= len(b); i += 4 {
		v := be.Uint32(b[i:])
		if v>>22 != 0x100 && v>>22 != 0x1ff {
			continue
		}
		v = (v<<2 - (pc + uint32(i))) >> 2
		v = (0x40000000 - v&0x400000) | 0x40000000 | v&0x3fffff
		be.PutUint32(b[i:], v)
	}
	return i
}

func arm64(b []byte, pc uint32) int {
	i := 0
	for ; i+4 <= len(b); i += 4 {
		v, at := le.Uint32(b[i:]), pc+uint32(i)
		switch {
		case v>>26 == 0x25: // BL
			le.PutUint32(b[i:], 0x94000000|(v-at>>2)&0x03ffffff)
		case v&0x9f000000 == 0x90000000: // ADRP
			src := v>>29&3 | v>>3&0x1ffffc
			if (src+0x020000)&0x1c0000 != 0 {
				continue
			}
			dest := src - at>>12
			v = v&0x9000001f | dest&3<<29 | dest&0x3fffc<<3 | -(dest&0x020000)&0xe00000
			le.PutUint32(b[i:], v)
		}
	}
	return i
}

// ia64Slots tells which of the three instructions of a bundle may be branches,
// by the bundle's template.
var ia64Slots = [32]byte{
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	4, 4, 6, 6, 0, 0, 7, 7, 4, 4, 0, 0, 4, 4, 0, 0,
}

func ia64(b []byte, pc uint32) int {
	i := 0
	for ; i+16 <= len(b); i += 16 {
		mask := ia64Slots[b[i]&0x1f]
		for slot := range 3 {
			if mask>>slot&1 != 0 {
				ia64Slot(b[i:i+16], 5+41*slot, pc+uint32(i))
			}
		}
	}
	return i
}

func ia64Slot(b []byte, bit int, pc uint32) {
	at, shift := bit/8, uint(bit%8)
	instr := uint64(0)
	for j := range 6 {
		instr |= uint64(b[at+j]) << (8 * j)
	}
	norm := instr >> shift
	if norm>>37&0xf != 5 || norm>>9&7 != 0 {
		return
	}
	addr := uint32(norm>>13&0xfffff) | uint32(norm>>36&1)<<20
	addr = (addr<<4 - pc) >> 4
	norm &^= 0x8fffff << 13
	norm |= uint64(addr&0xfffff)<<13 | uint64(addr&0x100000)<<(36-20)
	instr = instr&(1<<shift-1) | norm<<shift
	for j := range 6 {
		b[at+j] = byte(instr >> (8 * j))
	}
}
