package dmg

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/adc"
	"gclam/engine/internal/codec/lzfse"
	"gclam/engine/internal/codec/lzma"
	"gclam/engine/internal/codec/xz"
	"gclam/engine/internal/codec/zlib"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// bzip2Memory is what the decoder allocates for the largest block size.
const bzip2Memory = 4 << 20

// disk reads a partition run by run.
type disk struct {
	u    *unpacker
	runs []run
	pos  int64 // in the partition
	left int64 // of the run under way
	src  io.Reader
	end  func() // gives back what src holds
	fill int64  // zeros to make up before anything else
	fact format.Fact
}

// Read implements io.Reader.
func (d *disk) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		switch {
		case d.fill > 0:
			n := min(int64(len(p)), d.fill)
			clear(p[:n])
			d.fill -= n
			d.pos += n
			return int(n), nil
		case d.src != nil:
			n, err := d.src.Read(p[:min(int64(len(p)), d.left)])
			d.left -= int64(n)
			d.pos += int64(n)
			if err != nil || d.left == 0 {
				if err := d.finish(err); err != nil {
					return n, err
				}
			}
			if n > 0 {
				return n, nil
			}
		case len(d.runs) == 0:
			return 0, io.EOF
		default:
			d.next()
		}
	}
}

// next opens the next run. Sectors that no run covers are zeros.
func (d *disk) next() {
	r := d.runs[0]
	if r.start > d.pos {
		gap := r.start - d.pos
		if d.zero(gap); d.fill == 0 {
			d.pos = r.start // no more zeros may be made up
		}
		return
	}
	d.runs = d.runs[1:]
	d.src, d.end = d.open(r)
	d.left = r.size
	if d.src == nil {
		d.zero(r.size)
		if d.fill == 0 {
			d.pos += r.size
		}
	}
}

// zero makes up n zeros as far as allowed.
func (d *disk) zero(n int64) {
	d.fill = 0
	if n <= d.u.zeros {
		d.fill = n
		d.u.zeros -= n
		return
	}
	d.fact = format.Skipped
}

// finish ends a run; what is missing of it is zeros.
func (d *disk) finish(err error) error {
	d.close()
	if errors.Is(err, limit.ErrStop) {
		return err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		d.fact = format.Damaged
		if codec.Truncated(err) {
			d.fact = format.Truncated
		}
	}
	if d.left > 0 && len(d.runs) > 0 {
		d.zero(d.left)
		if d.fill == 0 {
			d.pos += d.left
		}
	}
	d.left = 0
	return nil
}

func (d *disk) close() {
	if d.end != nil {
		d.end()
	}
	d.src, d.end = nil, nil
}

// open returns the data of a run, nil for a hole and for what cannot be decoded.
func (d *disk) open(r run) (io.Reader, func()) {
	v := d.u.in.Section(r.off, r.length)
	if r.hole() || v.Size() == 0 {
		return nil, nil
	}
	src := codec.Source(d.u.ctx, d.u.b, v.Reader())
	switch r.method {
	case methodRaw:
		return src, nil
	case methodZlib:
		return zlib.NewReader(src), nil
	case methodADC:
		z := adc.NewReader(src, d.u.b)
		return z, func() { _ = z.Close() }
	case methodLZFSE:
		z := lzfse.NewReader(src, d.u.b)
		return z, func() { _ = z.Close() }
	case methodBzip2:
		if !d.u.b.Grant(bzip2Memory) {
			break
		}
		return bzip2.NewReader(src), func() { d.u.b.Release(bzip2Memory) }
	case methodLZMA:
		return d.lzma(v, src)
	}
	d.fact = format.Unsupported
	return nil, nil
}

// lzma opens an LZMA run, which is an .xz file, or a .lzma file in early images.
func (d *disk) lzma(v input.View, src io.Reader) (io.Reader, func()) {
	head, _ := v.Window(0, 6)
	if bytes.Equal(head, []byte("\xfd7zXZ\x00")) {
		z := xz.NewReader(src, d.u.b)
		return z, func() { _ = z.Close() }
	}
	z, err := lzma.NewAloneReader(src, d.u.b)
	if err != nil {
		d.fact = format.Damaged
		return nil, nil
	}
	return z, func() { _ = z.Close() }
}
