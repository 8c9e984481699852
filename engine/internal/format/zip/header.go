package zip

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/format"
)

// Record layouts, APPNOTE.TXT 6.3.10 section 4.3.
const (
	localSize   = 30
	centralSize = 46
	endSize     = 22
	end64Size   = 56
	locatorSize = 20

	maxName = 255 // bytes of a name that metadata signatures see
	maxVar  = 3 * 0xffff

	flagEncrypted  = 1 << 0
	flagEndMark    = 1 << 1 // of LZMA data
	flagDescriptor = 1 << 3
	flagMasked     = 1 << 13

	unknown32 = 0xffffffff // the value is in the zip64 extra field

	extraZip64 = 0x0001
	extraAES   = 0x9901
)

var (
	localMagic   = []byte("PK\x03\x04")
	centralMagic = []byte("PK\x01\x02")
	endMagic     = []byte("PK\x05\x06")
	end64Magic   = []byte("PK\x06\x06")
	locatorMagic = []byte("PK\x06\x07")
	descMagic    = []byte("PK\x07\x08")
)

// record is what one header, local or central, says about a member.
type record struct {
	version, flags, method uint16
	mtime                  uint16
	crc                    uint32
	csize, usize           int64
	name                   string
	extra                  []byte
	headerSize             int64
	off                    int64 // of the local header
}

func (r *record) meta(pos int) format.Meta {
	return format.Meta{
		Name: r.name[:min(len(r.name), maxName)], CompressedSize: r.csize, Size: r.usize,
		Encrypted: r.flags&flagEncrypted != 0, Position: pos, CRC32: r.crc, HasCRC: true,
	}
}

// parseLocal reads a local header at the start of b, which should hold its
// variable fields, too.
func parseLocal(b []byte) (record, bool) {
	if len(b) < localSize || !bytes.HasPrefix(b, localMagic) {
		return record{}, false
	}
	le := binary.LittleEndian
	n, x := int64(le.Uint16(b[26:])), int64(le.Uint16(b[28:]))
	r := record{
		version: le.Uint16(b[4:]), flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]),
		mtime: le.Uint16(b[10:]), crc: le.Uint32(b[14:]),
		csize: int64(le.Uint32(b[18:])), usize: int64(le.Uint32(b[22:])),
		headerSize: localSize + n + x,
	}
	r.name = string(bytesx.Clip(b, localSize, n))
	r.extra = bytesx.Clip(b, localSize+n, x)
	if e := extra(r.extra, extraZip64); e != nil {
		e = take64(e, &r.usize)
		take64(e, &r.csize)
	}
	return r, true
}

// parseCentral reads a central directory entry at the start of b.
func parseCentral(b []byte) (record, bool) {
	if len(b) < centralSize || !bytes.HasPrefix(b, centralMagic) {
		return record{}, false
	}
	le := binary.LittleEndian
	n, x, c := int64(le.Uint16(b[28:])), int64(le.Uint16(b[30:])), int64(le.Uint16(b[32:]))
	r := record{
		version: le.Uint16(b[6:]), flags: le.Uint16(b[8:]), method: le.Uint16(b[10:]),
		mtime: le.Uint16(b[12:]), crc: le.Uint32(b[16:]),
		csize: int64(le.Uint32(b[20:])), usize: int64(le.Uint32(b[24:])),
		off: int64(le.Uint32(b[42:])), headerSize: centralSize + n + x + c,
	}
	r.name = string(bytesx.Clip(b, centralSize, n))
	r.extra = bytesx.Clip(b, centralSize+n, x)
	if e := extra(r.extra, extraZip64); e != nil {
		e = take64(e, &r.usize)
		e = take64(e, &r.csize)
		take64(e, &r.off)
	}
	return r, true
}

// take64 replaces *v from a zip64 field when it is marked as being there.
func take64(e []byte, v *int64) []byte {
	if *v != unknown32 || len(e) < 8 {
		return e
	}
	if n := binary.LittleEndian.Uint64(e); n < 1<<62 {
		*v = int64(n)
	}
	return e[8:]
}

// extra finds an extra field by its number, nil when it is not there.
func extra(b []byte, id uint16) []byte {
	for len(b) >= 4 {
		n := int64(binary.LittleEndian.Uint16(b[2:]))
		data := bytesx.Clip(b, 4, n)
		if binary.LittleEndian.Uint16(b) == id {
			return data
		}
		b = b[4+len(data):]
	}
	return nil
}
