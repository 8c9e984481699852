package hwp

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/format"
)

// Caps of the search for objects.
const (
	maxBody    = 64 << 20 // bytes of body that are searched
	maxObjects = 1 << 10
	checkEvery = 64 << 10 // bytes between two looks at the budget
)

// starts is how objects begin that are looked for where the blocks cannot be read:
// compound files, and pictures of the kinds that are hashed.
var starts = []string{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "GIF89a", "GIF87a"}

// objects hands over the objects at the end of a body: those that the list of
// blocks gives, or if there is none, whatever begins like an object and from there
// to the end; the parsers of these types know where they end.
func (u *unpacker) objects(data []byte) error {
	found, err := u.blocks(data)
	if err != nil || found {
		return err
	}
	n := 0
	for _, start := range starts {
		for at := 0; n < maxObjects; {
			if err := u.b.Check(u.ctx); err != nil {
				return err
			}
			i := bytes.Index(data[at:], []byte(start))
			if i < 0 {
				break
			}
			n++
			if err := u.child("object", data[at+i:]); err != nil {
				return err
			}
			at += i + len(start)
		}
	}
	return nil
}

// Additional information blocks, each an identifier and a size, both u32.
const (
	blockHeader     = 8
	lastBlock       = 0
	imageBlock      = 1
	maxBlockID      = 0x200
	imageHeaderSize = 32 // name and format of a picture
)

// blocks finds the list of blocks from the end of the body, where it stands, and
// hands over what they hold. At each offset, from the last to the first, there may
// be a block that ends where another one begins; a bit remembers where that holds.
// All of these are handed over, so that bytes which look like a block hide none.
func (u *unpacker) blocks(data []byte) (found bool, err error) {
	size := int64(len(data))
	if !u.b.Grant(size / 8) {
		return false, nil
	}
	defer u.b.Release(size / 8)
	valid := make([]byte, size/8+1)
	count := 0
	for at := size - blockHeader; at >= 0 && count < maxObjects; at-- {
		if at%checkEvery == 0 {
			if err := u.b.Check(u.ctx); err != nil {
				return count > 0, err
			}
		}
		id, n := block(data, at)
		next := at + blockHeader + int64(n)
		if id == lastBlock {
			if n == 0 && next == size {
				valid[at/8] |= 1 << (at % 8)
			}
			continue
		}
		if id > maxBlockID || next > size-blockHeader || valid[next/8]>>(next%8)&1 == 0 {
			continue
		}
		valid[at/8] |= 1 << (at % 8)
		count++
		if err := u.block(id, bytesx.Clip(data, at+blockHeader, int64(n))); err != nil {
			return true, err
		}
	}
	return count > 0, nil
}

// block reads the header at an offset, which is at least blockHeader bytes before
// the end.
func block(data []byte, at int64) (id, size uint32) {
	v := binary.LittleEndian.Uint64(data[at:])
	return uint32(v), uint32(v >> 32)
}

// block hands over the content of one block; a picture's has a header.
func (u *unpacker) block(id uint32, data []byte) error {
	if id == imageBlock {
		rest, ok := bytesx.Tail(data, imageHeaderSize)
		if !ok {
			u.out.Fact(format.Damaged, -1)
		}
		data = rest
	}
	return u.child("object", data)
}
