package iso9660

import (
	"bytes"
	"context"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	sectorSize  = 2048 // user data of a sector
	maxSector   = 2448 // with headers, error correction and subchannels
	systemArea  = 16   // sectors before the first descriptor
	maxVolumes  = 16   // sessions looked at
	maxDescs    = 64   // descriptors of one volume
	searchStep  = 64 << 10
	minimumSize = systemArea * sectorSize
)

var magic = []byte("\x01CD001")

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, b: b, out: out, in: in, seen: map[extent]bool{}, blocks: map[int64]bool{}}
	found := 0
	for off := int64(minimumSize); found < maxVolumes; {
		at, sector, err := u.next(off)
		if err != nil {
			return err
		}
		if at < 0 {
			break
		}
		found++
		if err := u.volume(at, sector, found == 1); err != nil {
			return err
		}
		off = at + 1
	}
	if found == 0 {
		out.Fact(format.Damaged, 0)
	}
	return nil
}

type unpacker struct {
	ctx    context.Context
	b      *limit.Budget
	out    format.Sink
	in     input.View
	seen   map[extent]bool // data handed over, by place in the object
	blocks map[int64]bool  // blocks read as directories
	steps  int
}

// check looks at the clock each so many records.
func (u *unpacker) check() error {
	const every = 128
	u.steps++
	if u.steps%every != 0 {
		return nil
	}
	return u.b.Check(u.ctx)
}

// next finds a primary descriptor from off on and the distance to the descriptor
// behind it, which is the size of a sector. It returns -1 when there is none.
func (u *unpacker) next(off int64) (at, sector int64, err error) {
	for ; off < u.in.Size(); off += searchStep {
		if err := u.b.Check(u.ctx); err != nil {
			return -1, 0, err
		}
		w, err := u.in.Window(off, searchStep+int64(len(magic))-1)
		if err != nil {
			return -1, 0, err
		}
		for i := 0; ; i++ {
			k := bytes.Index(w[i:], magic)
			if k < 0 {
				break
			}
			i += k
			if sector := u.distance(off + int64(i)); sector > 0 {
				return off + int64(i), sector, nil
			}
		}
	}
	return -1, 0, nil
}

// distance returns how far the next descriptor is, 0 if there is none.
func (u *unpacker) distance(at int64) int64 {
	w, err := u.in.Window(at+sectorSize+1, maxSector-sectorSize+int64(len(magic))-1)
	if err != nil {
		return 0
	}
	if k := bytes.Index(w, magic[1:]); k >= 0 {
		return sectorSize + int64(k)
	}
	return 0
}

// volume walks the trees of the descriptor set that begins at byte at.
func (u *unpacker) volume(at, sector int64, first bool) error {
	img := image{in: u.in, sector: sector}
	var joliet []byte
	primary, err := u.in.Window(at, sectorSize)
	if err != nil {
		return err
	}
	for i := int64(1); i < maxDescs; i++ {
		d, err := u.in.Window(at+i*sector, sectorSize)
		if err != nil {
			return err
		}
		if len(d) < sectorSize || !bytes.Equal(d[1:6], magic[1:]) || d[0] == descTerminator {
			break
		}
		if isJoliet(d) && joliet == nil {
			joliet = d
		}
	}
	// Addresses count from the start of the disc, which is where the first
	// session starts; but an image may also lie behind other data.
	bases := []int64{at - systemArea*sector, 0}
	if !first {
		bases = []int64{0, at - systemArea*sector}
	}
	for _, d := range [][]byte{primary, joliet} {
		if d == nil {
			continue
		}
		if err := u.tree(&img, d, bases); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacker) tree(img *image, d []byte, bases []int64) error {
	t, ok := parseDescriptor(d)
	if !ok {
		u.out.Fact(format.Damaged, 0)
		return nil
	}
	img.block = t.block
	img.base = bases[0]
	for _, base := range bases {
		probe := *img
		probe.base = base
		if isRoot(probe.window(t.root.start*t.block, minRecord), t.root) {
			img.base = base
			break
		}
	}
	return u.walk(img, t)
}
