package alz

import (
	"bytes"
	"compress/bzip2"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

const (
	archiveSize   = 8  // "ALZ\1" and four bytes
	fixedSize     = 13 // of a member header, magic included
	attrDir       = 0x10
	descEncrypted = 0x01
	cryptHeader   = 12
	maxHeader     = fixedSize + 22 + 0xffff

	methodStored  = 0
	methodBzip2   = 1
	methodDeflate = 2
)

// member is a parsed member header.
type member struct {
	name         string
	dir          bool
	encrypted    bool
	method       byte
	crc          uint32
	csize, usize int64
	length       int64 // of the header
}

// Unpack implements format.Unpacker.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	off := int64(archiveSize)
	for pos := 0; ; pos++ {
		if err := b.Check(ctx); err != nil {
			return err
		}
		w, err := in.Window(off, maxHeader)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(w, []byte("BLZ\x01")) {
			return nil // central directory, end record, or damage
		}
		m, ok := parse(w)
		if !ok {
			out.Fact(format.Damaged, off)
			return nil
		}
		data := in.Section(off+m.length, m.csize)
		if data.Size() < m.csize {
			out.Fact(format.Truncated, in.Size())
		}
		if !m.dir {
			if err := extract(ctx, b, out, m, data, pos); err != nil {
				return err
			}
		}
		off += m.length + m.csize
	}
}

// parse reads a member header. The width of the size fields is in the upper half
// of the descriptor; 0 means that there is no data.
func parse(w []byte) (member, bool) {
	if len(w) < fixedSize {
		return member{}, false
	}
	le := binary.LittleEndian
	n, desc := int(le.Uint16(w[4:])), w[11]
	m := member{dir: w[6]&attrDir != 0, encrypted: desc&descEncrypted != 0}
	width, p := int(desc>>4), fixedSize
	switch width {
	case 0:
	case 1, 2, 4, 8:
		if len(w) < p+6+2*width {
			return m, false
		}
		m.method = w[p]
		m.crc = le.Uint32(w[p+2:])
		m.csize = number(w[p+6 : p+6+width])
		m.usize = number(w[p+6+width : p+6+2*width])
		p += 6 + 2*width
	default:
		return m, false
	}
	if n == 0 || p+n > len(w) || m.csize < 0 || m.csize > 1<<60 {
		return m, false
	}
	m.name = string(w[p : p+n])
	p += n
	if m.encrypted {
		p += cryptHeader
	}
	m.length = int64(p)
	return m, true
}

func number(b []byte) int64 {
	v := int64(0)
	for i, c := range b {
		v |= int64(c) << (8 * i)
	}
	return v
}

func extract(ctx context.Context, b *limit.Budget, out format.Sink, m member, data input.View, pos int) error {
	meta := format.Meta{
		Name: m.name, CompressedSize: m.csize, Size: m.usize,
		Encrypted: m.encrypted, Position: pos, CRC32: m.crc, HasCRC: true,
	}
	var r io.Reader
	src := codec.Source(ctx, b, data.Reader())
	switch {
	case m.encrypted:
		out.Fact(format.Encrypted, 0)
		return out.Child(meta, nil)
	case data.Size() == 0:
		return out.Child(meta, nil)
	case m.method == methodStored:
		return out.Child(meta, data.Reader())
	case m.method == methodBzip2:
		r = bzip2.NewReader(src)
	case m.method == methodDeflate:
		r = flate.NewReader(src)
	default:
		out.Fact(format.Unsupported, 0)
		return out.Child(meta, nil)
	}
	g := codec.Guard(ctx, b, r)
	if err := out.Child(meta, g); err != nil {
		return err
	}
	if errors.Is(g.Err(), limit.ErrStop) {
		return limit.ErrStop
	}
	if g.Err() != nil {
		out.Fact(format.Damaged, 0)
	}
	return nil
}
