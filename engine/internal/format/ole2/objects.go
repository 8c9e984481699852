package ole2

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/zlib"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// objects hands over what lies inside of streams that are known by name.
func (u *unpacker) objects() error {
	for i := range u.list {
		e := &u.list[i]
		if !isStream(e) {
			continue
		}
		var err error
		switch strings.ToLower(e.name) {
		case "\x01ole10native":
			err = u.native(i)
		case "worddocument":
			err = u.wordMacros(i)
		case "powerpoint document":
			err = u.presentation(i)
		}
		u.release()
		if err != nil {
			return err
		}
	}
	return nil
}

// native hands over the object of an Ole10Native stream: data behind its size, or
// a package with names before the data (observed: Packager of Windows).
func (u *unpacker) native(i int) error {
	b, err := u.load(i, maxLoad)
	if err != nil {
		return err
	}
	const sizeField = 4
	n, ok := bytesx.U32LE(b, 0)
	if !ok {
		return nil
	}
	data := bytesx.Clip(b, sizeField, int64(n))
	name := ""
	if inner, label, ok := packaged(data); ok {
		data, name = inner, label
	}
	if len(data) == 0 {
		return nil
	}
	return u.data(name, data)
}

// Fields of a package.
const (
	maxLabel     = 1 << 10 // bytes of a name
	packageFlags = 2
	packageSkip  = 4 // between the names: two integers of two bytes
)

// packaged splits a package: flags, label, path, four bytes, temporary path with
// its length before it, data with its length before it.
func packaged(b []byte) (data []byte, label string, ok bool) {
	at := int64(packageFlags)
	names := make([]string, 2)
	for i := range names {
		rest, ok := bytesx.Tail(b, at)
		n := bytes.IndexByte(rest[:min(len(rest), maxLabel)], 0)
		if !ok || n < 0 {
			return nil, "", false
		}
		names[i] = string(rest[:n])
		at += int64(n) + 1
	}
	n, ok1 := bytesx.U32LE(b, at+packageSkip)
	at += packageSkip + 4 + int64(n)
	size, ok2 := bytesx.U32LE(b, at)
	if !ok1 || !ok2 || n > maxLabel {
		return nil, "", false
	}
	data = bytesx.Clip(b, at+4, int64(size))
	return data, names[0], len(data) > 0
}

// data hands over bytes that were loaded.
func (u *unpacker) data(name string, b []byte) error {
	m := format.Meta{Name: name, CompressedSize: -1, Size: int64(len(b)), NoMeta: true}
	return u.out.Child(m, input.Bytes(b).Reader())
}

// activeMime inflates a stream that holds a zlib stream behind its size: editdata
// of Word, ExOleObjStg of PowerPoint.
func (u *unpacker) activeMime(name string, b []byte) error {
	const at = 4
	if len(b) < at+2 || b[at] != 0x78 || b[at+1] != 0x9c {
		return nil
	}
	return u.inflated(name, zlib.NewReader(codec.Source(u.ctx, u.b, bytes.NewReader(b[at:]))))
}

// inflated hands over the output of a decoder as far as it goes.
func (u *unpacker) inflated(name string, r io.Reader) error {
	g := codec.Guard(u.ctx, u.b, r)
	m := format.Meta{Name: name, CompressedSize: -1, Size: -1, NoMeta: true}
	if err := u.out.Child(m, codec.Cut(u.b, g)); err != nil {
		return err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return limit.ErrStop
	case codec.Truncated(err):
		u.out.Fact(format.Truncated, -1)
	case err != nil:
		u.out.Fact(format.Damaged, -1)
	}
	return nil
}
