package hfsplus

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Files and forks by number, TN1150.
const (
	idCatalog    = 4
	idAttributes = 8
	forkData     = 0x00
	forkResource = 0xff
)

// forkID names a fork in the extents file.
type forkID struct {
	file uint32
	kind byte
}

// piece is a record of the extents file: what follows block number start of a fork.
type piece struct {
	start   uint32
	extents []extent
}

// Keys of the extents file: kind, a pad byte, file, first block.
const overflowKey = 10

// loadOverflow reads the extents file.
func (u *unpacker) loadOverflow(f fork) error {
	t, err := u.openTree(f)
	if err != nil || t == nil {
		return err
	}
	u.overflow = map[forkID][]piece{}
	return u.leaves(t, func(key, data []byte) error {
		if len(key) < overflowKey {
			return nil
		}
		be := binary.BigEndian
		id := forkID{be.Uint32(key[2:]), key[0]}
		if p := (piece{be.Uint32(key[6:]), parseExtents(data)}); len(p.extents) > 0 && len(u.overflow[id]) < maxPieces {
			u.overflow[id] = append(u.overflow[id], p)
		}
		return nil
	})
}

// complete adds to a fork the extents that did not fit into it. They are used
// once: no two files have the same number.
func (u *unpacker) complete(file uint32, kind byte, f fork) fork {
	id := forkID{file, kind}
	pieces := u.overflow[id]
	have := f.have()
	if len(pieces) == 0 || have >= uint64(f.blocks) {
		return f
	}
	delete(u.overflow, id)
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.start, b.start) })
	for _, p := range pieces {
		if uint64(p.start) != have || have >= uint64(f.blocks) {
			continue
		}
		f.extents = append(f.extents, p.extents...)
		have += fork{extents: p.extents}.have()
	}
	var end uint64
	for _, e := range f.extents {
		end += uint64(e.count)
		f.ends = append(f.ends, end)
	}
	return f
}
