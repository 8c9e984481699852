package bzip2

import (
	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/bitio"
)

const (
	maxTrees  = 6
	minTrees  = 2
	groupSize = 50 // symbols between two changes of the tree
	maxLength = 20
	maxSyms   = 258
	runA      = 0
	runB      = 1
)

// tree is a Huffman code of up to 20 bits.
type tree struct {
	limit [maxLength + 2]int32 // largest code of each length, -1 for none
	base  [maxLength + 2]int32 // what to take from a code for an index into perm
	perm  [maxSyms]uint16
	n     int32
}

// build makes the tree of a code given by the lengths of its symbols.
func (t *tree) build(lengths []uint8) {
	var count [maxLength + 2]int32
	i := int32(0)
	for l := uint8(1); l <= maxLength; l++ {
		for s, k := range lengths {
			if k == l {
				t.perm[i] = uint16(s)
				i++
				count[l]++
			}
		}
	}
	t.n = i
	code, index := int32(0), int32(0)
	for l := 1; l <= maxLength; l++ {
		t.base[l] = code - index
		code += count[l]
		index += count[l]
		t.limit[l] = code - 1
		code <<= 1
	}
}

// coder reads one block.
type coder struct {
	in        *bitio.MSB
	used      []byte // the byte values that occur, then in order of their last use
	trees     []tree
	selectors []uint8
	count     [256]int // of each byte value in the block
}

// header reads the tables of a block.
func (c *coder) header() error {
	ranges := c.in.Bits(16)
	for i := range 16 {
		if ranges&(0x8000>>i) == 0 {
			continue
		}
		set := c.in.Bits(16)
		for k := range 16 {
			if set&(0x8000>>k) != 0 {
				c.used = append(c.used, byte(16*i+k))
			}
		}
	}
	trees, selectors := int(c.in.Bits(3)), int(c.in.Bits(15))
	if len(c.used) == 0 || trees < minTrees || trees > maxTrees || selectors == 0 {
		return codec.ErrCorrupt
	}
	if err := c.readSelectors(trees, selectors); err != nil {
		return err
	}
	c.trees = make([]tree, trees)
	for i := range c.trees {
		if err := c.readTree(&c.trees[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *coder) readSelectors(trees, n int) error {
	var order [maxTrees]uint8
	for i := range order {
		order[i] = uint8(i)
	}
	for range n {
		k := 0
		for c.in.Bits(1) == 1 {
			if k++; k >= trees {
				return codec.ErrCorrupt
			}
		}
		if c.in.Over() {
			return c.in.Err()
		}
		v := order[k]
		copy(order[1:k+1], order[:k])
		order[0] = v
		c.selectors = append(c.selectors, v)
	}
	return nil
}

func (c *coder) readTree(t *tree) error {
	var lengths [maxSyms]uint8
	n := len(c.used) + 2
	l := int(c.in.Bits(5))
	for i := range n {
		for {
			if l < 1 || l > maxLength {
				return codec.ErrCorrupt
			}
			if c.in.Bits(1) == 0 {
				break
			}
			if c.in.Bits(1) == 0 {
				l++
			} else {
				l--
			}
			if c.in.Over() {
				return c.in.Err()
			}
		}
		lengths[i] = uint8(l)
	}
	t.build(lengths[:n])
	return nil
}

// decode reads one symbol.
func (c *coder) decode(t *tree) (int, bool) {
	v := c.in.Peek(maxLength)
	for l := uint(1); l <= maxLength; l++ {
		code := int32(v >> (maxLength - l))
		if code > t.limit[l] {
			continue
		}
		i := code - t.base[l]
		if i < 0 || i >= t.n {
			return 0, false
		}
		c.in.Skip(l)
		return int(t.perm[i]), true
	}
	return 0, false
}

// symbols reads the bytes of a block into tt, up to the end-of-block symbol.
func (c *coder) symbols(tt []uint32) ([]uint32, error) {
	end := len(c.used) + 1
	var run, bit int
	for i := 0; ; i++ {
		if i/groupSize >= len(c.selectors) {
			return tt, codec.ErrCorrupt
		}
		s, ok := c.decode(&c.trees[c.selectors[i/groupSize]])
		if !ok {
			return tt, codec.ErrCorrupt
		}
		if c.in.Over() {
			return tt, c.in.Err()
		}
		if s == runA || s == runB {
			if bit > maxLength {
				return tt, codec.ErrCorrupt
			}
			run += (s + 1) << bit
			bit++
			continue
		}
		if run > 0 {
			if run > maxBlock-len(tt) {
				return tt, codec.ErrCorrupt
			}
			b := c.used[0]
			c.count[b] += run
			for range run {
				tt = append(tt, uint32(b))
			}
			run, bit = 0, 0
		}
		if s == end {
			return tt, nil
		}
		if len(tt) >= maxBlock {
			return tt, codec.ErrCorrupt
		}
		b := c.used[s-1]
		copy(c.used[1:s], c.used[:s-1])
		c.used[0] = b
		c.count[b]++
		tt = append(tt, uint32(b))
	}
}
