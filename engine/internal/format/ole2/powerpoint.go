package ole2

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/zlib"
)

// Records of PowerPoint documents (MS-PPT 2.10.34).
const (
	pptHeader  = 8
	pptStorage = 0x1011 // ExOleObjStg: an embedded document or a VBA project
	pptPacked  = 1      // instance: behind its size, in zlib
)

// presentation hands over the compound files that a PowerPoint document holds. The
// records are a tree, read like that of pictures.
func (u *unpacker) presentation(i int) error {
	b, err := u.load(i, maxLoad)
	if err != nil {
		return err
	}
	for n := 0; len(b) >= pptHeader; n++ {
		if n%256 == 0 {
			if err := u.b.Check(u.ctx); err != nil {
				return err
			}
		}
		version, id := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		const container = 0x000f
		switch {
		case id == pptStorage:
			if err := u.storage(version>>4, bytesx.Clip(b, pptHeader, size)); err != nil {
				return err
			}
		case version&container == container:
			b = b[pptHeader:]
			continue
		}
		b = bytesx.Clip(b, pptHeader+size, int64(len(b)))
	}
	return nil
}

// storage hands over one embedded compound file.
func (u *unpacker) storage(instance uint16, b []byte) error {
	const sizeField = 4
	if instance == pptPacked && len(b) > sizeField {
		return u.inflated("storage", zlib.NewReader(codec.Source(u.ctx, u.b, bytes.NewReader(b[sizeField:]))))
	}
	if len(b) == 0 {
		return nil
	}
	return u.data("storage", b)
}
