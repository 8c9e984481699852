package hfsplus

import (
	"encoding/binary"
	"io"
	"sort"

	"gclam/engine/internal/input"
)

// Volume header, TN1150 "Volume Header". Numbers are big endian.
const (
	headerAt    = 1024
	headerSize  = 512
	blockSizeAt = 40
	extentsAt   = 192 // fork of the extents file
	catalogAt   = 272 // fork of the catalogue
	attrsAt     = 352 // fork of the attributes file
	forkSize    = 80
	inline      = 8 // extents in a fork
	minBlock    = 512
	maxBlock    = 1 << 26
	maxPieces   = 1 << 16 // extents of one fork
)

// extent is a run of blocks.
type extent struct{ start, count uint32 }

// fork is the content of a file: its length in bytes and where it lies.
type fork struct {
	size    uint64
	blocks  uint32
	extents []extent
	ends    []uint64 // blocks up to the end of each extent, for long forks
}

// parseFork reads the fork data at the start of b, which has forkSize bytes.
func parseFork(b []byte) fork {
	be := binary.BigEndian
	return fork{size: be.Uint64(b), blocks: be.Uint32(b[12:]), extents: parseExtents(b[16:])}
}

// parseExtents reads eight extents, up to the first empty one.
func parseExtents(b []byte) []extent {
	var out []extent
	for i := 0; i < inline && len(b) >= 8; i++ {
		e := extent{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
		if e.count == 0 {
			break
		}
		out = append(out, e)
		b = b[8:]
	}
	return out
}

// have is the number of blocks that the extents cover.
func (f fork) have() uint64 {
	var n uint64
	for _, e := range f.extents {
		n += uint64(e.count)
	}
	return n
}

// volume is what is known of the volume.
type volume struct {
	in    input.View
	block int64
}

// part returns an extent as far as it exists.
func (v *volume) part(e extent) input.View {
	return v.in.Section(int64(e.start)*v.block, int64(e.count)*v.block)
}

// open returns the bytes of a fork and how many of them there are.
func (v *volume) open(f fork) (io.Reader, int64) {
	size := int64(min(f.size, 1<<62))
	var readers []io.Reader
	var have int64
	for _, e := range f.extents {
		if have >= size {
			break
		}
		p := v.part(e)
		p = p.Section(0, size-have)
		if p.Size() == 0 {
			break
		}
		have += p.Size()
		readers = append(readers, p.Reader())
		if p.Size() < min(int64(e.count)*v.block, size-have+p.Size()) {
			break // cut
		}
	}
	switch len(readers) {
	case 0:
		return nil, 0
	case 1:
		return readers[0], have
	}
	return io.MultiReader(readers...), have
}

// window returns up to n bytes of a fork from off on, short where it ends.
func (v *volume) window(f fork, off, n int64) ([]byte, error) {
	if off < 0 || uint64(off) >= f.size {
		return nil, nil
	}
	n = min(n, int64(min(f.size, 1<<62))-off)
	extents := f.extents
	if len(f.ends) > 0 {
		i := sort.Search(len(f.ends), func(i int) bool { return int64(f.ends[i]) > off/v.block })
		if i > 0 {
			off -= int64(f.ends[i-1]) * v.block
		}
		extents = extents[i:]
	}
	var out []byte
	for _, e := range extents {
		size := int64(e.count) * v.block
		if off >= size {
			off -= size
			continue
		}
		w, err := v.part(e).Window(off, n)
		if err != nil {
			return nil, err
		}
		if out == nil && int64(len(w)) == n {
			return w, nil
		}
		out = append(out, w...)
		if n -= int64(len(w)); n <= 0 || int64(len(w)) < size-off {
			break
		}
		off = 0
	}
	return out, nil
}
