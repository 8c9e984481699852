package udf

import (
	"bytes"
	"context"
	"encoding/binary"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Identifiers of descriptors, ECMA-167 3/7.2 and 4/7.2. Numbers are little endian.
const (
	tagAnchor      = 2
	tagPartition   = 5
	tagVolume      = 6
	tagTerminator  = 8
	tagFileSet     = 256
	tagFileID      = 257
	tagAllocExtent = 258
	tagFile        = 261
	tagFileExt     = 266
	tagSize        = 16
)

const (
	anchorBlock   = 256
	descSize      = 512 // what is looked at of a descriptor of the volume
	maxSequence   = 256 // descriptors of a volume
	maxPartitions = 64
	recognition   = "BEA01"
	vrsSector     = 16 // where volume recognition starts, in sectors of 2048 bytes
	vrsSize       = 2048
	searchSize    = 256 << 10 // where volume recognition is looked for
)

var le = binary.LittleEndian

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, b: b, out: out, dirs: map[address]bool{}, files: map[address]bool{}}
	seq, err := u.locate(in)
	if err != nil {
		return err
	}
	if seq == nil {
		out.Fact(format.Damaged, 0)
		return nil
	}
	root, ok, err := u.volume(*seq)
	if err != nil {
		return err
	}
	if !ok {
		out.Fact(format.Damaged, 0)
		return nil
	}
	return u.tree(root)
}

// locate finds the start of the volume and its descriptor sequences. It starts
// where the object does or, when other data precede it, so that volume
// recognition, which may follow that of ISO 9660, is at its place.
func (u *unpacker) locate(in input.View) (*[2]extent, error) {
	const before = 8 // sectors of recognition before the one of this format
	starts := []int64{0}
	w, err := in.Window(0, searchSize)
	if err != nil {
		return nil, err
	}
	if i := int64(bytes.Index(w, []byte("\x00"+recognition))); i >= 0 {
		for k := range int64(before) {
			if at := i - (vrsSector+k)*vrsSize; at > 0 {
				starts = append(starts, at)
			}
		}
	}
	for _, at := range starts {
		u.in = in.Section(at, in.Size())
		if seq, err := u.anchor(); seq != nil || err != nil {
			return seq, err
		}
	}
	return nil, nil
}

type unpacker struct {
	ctx   context.Context
	in    input.View
	b     *limit.Budget
	out   format.Sink
	block int64
	parts []partition      // by reference number
	dirs  map[address]bool // directories read
	files map[address]bool // files handed over
	steps int
}

// check looks at the clock each so many steps.
func (u *unpacker) check() error {
	const every = 64
	if u.steps++; u.steps%every != 0 {
		return nil
	}
	return u.b.Check(u.ctx)
}

func tag(b []byte) uint16 {
	if len(b) < tagSize {
		return 0
	}
	return le.Uint16(b)
}

// extent is a run of bytes of the object.
type extent struct{ off, size int64 }

// anchor finds the volume descriptor sequences, trying the sizes of sectors and
// the places where an anchor may be.
func (u *unpacker) anchor() (*[2]extent, error) {
	for _, block := range []int64{2048, 512, 4096, 1024} {
		last := u.in.Size()/block - 1
		for _, at := range []int64{anchorBlock, last, last - anchorBlock, last - 150} {
			w, err := u.in.Window(at*block, descSize)
			if err != nil {
				return nil, err
			}
			if tag(w) != tagAnchor || len(w) < 32 || int64(le.Uint32(w[12:])) != at {
				continue
			}
			u.block = block
			return &[2]extent{u.volumeExtent(w[16:]), u.volumeExtent(w[24:])}, nil
		}
	}
	return nil, nil
}

func (u *unpacker) volumeExtent(b []byte) extent {
	return extent{int64(le.Uint32(b[4:])) * u.block, int64(le.Uint32(b))}
}

// volume reads the descriptors of the volume, from the main sequence or else the
// reserve, and returns where the root directory is.
func (u *unpacker) volume(seq [2]extent) (address, bool, error) {
	for _, s := range seq {
		var where map[uint16]int64 // start of each partition, in blocks, by number
		var logical []byte
		where = map[uint16]int64{}
		for i := int64(0); i < min(s.size/u.block, maxSequence); i++ {
			w, err := u.in.Window(s.off+i*u.block, u.block)
			if err != nil {
				return address{}, false, err
			}
			if len(w) < descSize || tag(w) == tagTerminator {
				break
			}
			switch tag(w) {
			case tagPartition:
				where[le.Uint16(w[22:])] = int64(le.Uint32(w[188:]))
			case tagVolume:
				logical = w
			}
		}
		if logical == nil {
			continue
		}
		root, ok, err := u.logical(logical, where)
		if ok || err != nil {
			return root, ok, err
		}
	}
	return address{}, false, nil
}

// Offsets in the logical volume descriptor, ECMA-167 3/10.6, and in the file set
// descriptor, 4/14.1.
const (
	blockSizeAt = 212
	fileSetAt   = 248
	mapsSizeAt  = 264
	mapCountAt  = 268
	mapsAt      = 440
	rootAt      = 400
)

// logical reads the partition maps and the file set.
func (u *unpacker) logical(d []byte, where map[uint16]int64) (address, bool, error) {
	if n := int64(le.Uint32(d[blockSizeAt:])); n >= 512 && n <= 32<<10 && n&(n-1) == 0 {
		u.block = n
	}
	maps := d[mapsAt:]
	maps = maps[:min(int64(len(maps)), int64(le.Uint32(d[mapsSizeAt:])))]
	u.parts = nil
	for n := min(le.Uint32(d[mapCountAt:]), maxPartitions); n > 0 && len(maps) >= 6; n-- {
		size := int(maps[1])
		if size < 6 || size > len(maps) {
			break
		}
		u.parts = append(u.parts, parseMap(maps[:size], where))
		maps = maps[size:]
	}
	for i := range u.parts {
		if err := u.resolve(&u.parts[i]); err != nil {
			return address{}, false, err
		}
	}
	set := parseLong(d[fileSetAt:])
	w, err := u.window(set.address, descSize)
	if err != nil || tag(w) != tagFileSet || len(w) < rootAt+longSize {
		return address{}, false, err
	}
	return parseLong(w[rootAt:]).address, true, nil
}
