package udf

import (
	"encoding/binary"
	"io"
	"unicode/utf16"

	"gclam/engine/internal/format"
)

// File identifiers, ECMA-167 4/14.4.
const (
	idHeader   = 38
	charsAt    = 18
	nameSizeAt = 19
	icbAt      = 20
	implAt     = 36
	charDir    = 0x02
	charParent = 0x08
	maxDirSize = 64 << 20 // bytes of one directory looked at
	maxQueue   = 1 << 16  // directories waiting
)

// tree visits a directory tree, each directory before the ones inside it.
func (u *unpacker) tree(root address) error {
	queue := []address{root}
	for len(queue) > 0 {
		a := queue[0]
		queue = queue[1:]
		if u.dirs[a] {
			continue
		}
		u.dirs[a] = true
		dirs, err := u.directory(a)
		if err != nil {
			return err
		}
		queue = append(queue, dirs[:min(len(dirs), max(maxQueue-len(queue), 0))]...)
	}
	return nil
}

// directory hands over the files of a directory and returns the directories in it.
func (u *unpacker) directory(a address) ([]address, error) {
	f, err := u.entry(a)
	if err != nil {
		return nil, err
	}
	if f == nil {
		u.out.Fact(format.Damaged, max(u.place(a), 0))
		return nil, nil
	}
	r, have := u.open(f)
	if have == 0 {
		return nil, nil
	}
	if have < f.size {
		u.out.Fact(format.Truncated, u.in.Size())
	}
	b, err := u.readAll(r, have)
	defer u.b.Release(int64(cap(b)))
	if err != nil {
		return nil, err
	}
	var dirs []address
	for len(b) >= idHeader {
		if err := u.check(); err != nil {
			return nil, err
		}
		id, size := parseID(b)
		if size == 0 {
			u.out.Fact(format.Damaged, 0)
			break
		}
		b = b[min(size, len(b)):]
		switch {
		case id.flags&charParent != 0:
		case id.flags&charDir != 0:
			dirs = append(dirs, id.address)
		default:
			if err := u.file(id); err != nil {
				return nil, err
			}
		}
	}
	return dirs, nil
}

// readAll reads a directory; its memory is charged and to be released.
func (u *unpacker) readAll(r io.Reader, have int64) ([]byte, error) {
	have = min(have, maxDirSize) // these bytes exist
	if !u.b.Grant(have) {
		return nil, nil
	}
	b := make([]byte, have)
	n, err := io.ReadFull(r, b)
	if err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

// identifier is an entry of a directory.
type identifier struct {
	address
	flags byte
	name  string
}

// parseID reads the identifier at the start of b and returns its size, 0 if
// there is none.
func parseID(b []byte) (identifier, int) {
	if tag(b) != tagFileID {
		return identifier{}, 0
	}
	id := identifier{address: parseLong(b[icbAt:]).address, flags: b[charsAt]}
	from := idHeader + int(le.Uint16(b[implAt:]))
	to := from + int(b[nameSizeAt])
	if to <= len(b) {
		id.name = decodeName(b[from:to])
	}
	return id, (to + 3) &^ 3
}

// decodeName reads a name in compressed Unicode, UDF 2.1.1.
func decodeName(b []byte) string {
	const oneByte, twoBytes = 8, 16
	if len(b) == 0 {
		return ""
	}
	var w []uint16
	switch c := b[0]; {
	case c == twoBytes || c == twoBytes+239:
		for i := 1; i+1 < len(b); i += 2 {
			w = append(w, binary.BigEndian.Uint16(b[i:]))
		}
	case c == oneByte || c == oneByte+246:
		for _, c := range b[1:] {
			w = append(w, uint16(c))
		}
	default:
		return string(b)
	}
	return string(utf16.Decode(w))
}

// file hands over a file; one that has several names only once.
func (u *unpacker) file(id identifier) error {
	if u.files[id.address] {
		return nil
	}
	u.files[id.address] = true
	f, err := u.entry(id.address)
	if err != nil {
		return err
	}
	if f == nil {
		u.out.Fact(format.Damaged, max(u.place(id.address), 0))
		return nil
	}
	if f.typ == typeDir || f.size == 0 {
		return nil
	}
	r, have := u.open(f)
	if have < f.size {
		u.out.Fact(format.Truncated, u.in.Size())
	}
	if have == 0 {
		return nil
	}
	return u.out.Child(format.Meta{Name: id.name, CompressedSize: f.size, Size: f.size, NoMeta: true}, r)
}
