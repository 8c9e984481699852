package ole2

import (
	"bytes"
	"strings"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/format"
)

// The file header of a Hangul 5 document (Hancom, "HWP document file format 5.0",
// 3.2.1).
const (
	hwpHeader     = "fileheader" // name of the stream, in lower case
	hwpMagic      = "HWP Document File"
	hwpFlagsAt    = 36
	hwpCompressed = 1 << 0
	hwpPassword   = 1 << 1
)

// hangul finds out whether this is a Hangul document with compressed streams.
func (u *unpacker) hangul() error {
	i, ok := u.names[key{anywhere, hwpHeader}]
	if !ok {
		return nil
	}
	b, err := u.load(i, maxLoad)
	if err != nil {
		return err
	}
	flags, ok := bytesx.U32LE(b, hwpFlagsAt)
	if !ok || !bytes.HasPrefix(b, []byte(hwpMagic)) {
		return nil
	}
	if flags&hwpPassword != 0 {
		u.out.Fact(format.Encrypted, -1)
	}
	u.deflated = flags&hwpCompressed != 0
	return nil
}

// inflate hands over the content of a compressed stream of a Hangul document. Which
// streams are compressed is not written down; what does not inflate gives nothing.
func (u *unpacker) inflate(i int, name string, b []byte) error {
	e := &u.list[i]
	if !u.deflated || strings.HasPrefix(e.name, "\x05") || strings.HasPrefix(e.name, "Prv") || strings.EqualFold(e.name, hwpHeader) {
		return nil
	}
	return u.inflated(name, flate.NewReader(codec.Source(u.ctx, u.b, bytes.NewReader(b))))
}
