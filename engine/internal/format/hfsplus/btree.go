package hfsplus

import (
	"encoding/binary"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/format"
)

// B-trees, TN1150 "B-Trees".
const (
	descriptorSize = 14
	kindLeaf       = 0xff // -1
	kindHeader     = 1
	minNode        = 512
	maxNode        = 1 << 15
)

// tree is a B-tree file.
type tree struct {
	f         fork
	node      int64
	nodes     int64 // how many fit into the file
	firstLeaf uint32
	records   uint32 // as the header says
}

// openTree reads the header node of a B-tree; nil if there is none.
func (u *unpacker) openTree(f fork) (*tree, error) {
	if f.size == 0 || len(f.extents) == 0 {
		return nil, nil
	}
	h, err := u.vol.window(f, 0, 256)
	if err != nil {
		return nil, err
	}
	if len(h) < 256 || h[8] != kindHeader {
		u.out.Fact(format.Damaged, 0)
		return nil, nil
	}
	be := binary.BigEndian
	t := &tree{f: f, records: be.Uint32(h[20:]), firstLeaf: be.Uint32(h[24:]), node: int64(be.Uint16(h[32:]))}
	if t.node < minNode || t.node > maxNode || t.node&(t.node-1) != 0 {
		u.out.Fact(format.Damaged, 0)
		return nil, nil
	}
	_, have := u.vol.open(f)
	t.nodes = have / t.node
	return t, nil
}

// leaves calls fn for each record of each leaf: key without its length, and data.
// The chain comes first, then, if it did not lead to all the records, the leaves
// it missed.
func (u *unpacker) leaves(t *tree, fn func(key, data []byte) error) error {
	seen := map[int64]bool{}
	var found uint32
	visit := func(i int64) (next int64, err error) {
		if err := u.b.Check(u.ctx); err != nil {
			return 0, err
		}
		seen[i] = true
		n, err := u.vol.window(t.f, i*t.node, t.node)
		if err != nil {
			return 0, err
		}
		if int64(len(n)) < t.node || n[8] != kindLeaf {
			return 0, nil
		}
		count, err := records(n, fn)
		found += count
		return int64(binary.BigEndian.Uint32(n)), err
	}
	for i := int64(t.firstLeaf); i > 0 && i < t.nodes && !seen[i]; {
		next, err := visit(i)
		if err != nil {
			return err
		}
		i = next
	}
	if found >= t.records {
		return nil
	}
	u.out.Fact(format.Damaged, 0)
	for i := int64(1); i < t.nodes; i++ {
		if seen[i] {
			continue
		}
		if _, err := visit(i); err != nil {
			return err
		}
	}
	return nil
}

// records calls fn for the records of a node and returns how many there were.
// Offsets of records stand at the end of the node, backwards.
func records(n []byte, fn func(key, data []byte) error) (uint32, error) {
	count := int64(binary.BigEndian.Uint16(n[10:]))
	count = min(count, int64(len(n)-descriptorSize)/2)
	var found uint32
	for i := range count {
		from, ok := bytesx.U16BE(n, int64(len(n))-2*(i+1))
		to, ok2 := bytesx.U16BE(n, int64(len(n))-2*(i+2))
		if !ok || !ok2 || from < descriptorSize {
			continue
		}
		if to <= from { // a lie: the record may be as long as it wants to
			to = uint16(min(len(n), 0xffff))
		}
		r := bytesx.Clip(n, int64(from), int64(to)-int64(from))
		size, ok := bytesx.U16BE(r, 0)
		if !ok || int(size)+2 > len(r) {
			continue
		}
		found++
		data := (int64(size) + 2 + 1) &^ 1
		if err := fn(r[2:2+size], bytesx.Clip(r, data, int64(len(r)))); err != nil {
			return found, err
		}
	}
	return found, nil
}
