package ole2

import (
	"context"
	"encoding/binary"
	"unicode/utf16"

	"gclam/engine/internal/limit"
)

// A directory entry (MS-CFB 2.6.1).
const (
	entrySize  = 128
	nameSize   = 64
	typeFree   = 0
	typeDir    = 1
	typeStream = 2
	typeRoot   = 5
)

// Caps of the directory, as in clamscan 1.4.6.
const (
	maxEntries = 100000
	maxDepth   = 100
)

// entry is one stream or storage.
type entry struct {
	name               string // in UTF-8
	typ                byte
	left, right, child uint32
	start              uint32
	size               int64
	storage            int // index of the storage it lies in; 0, the root, if unknown
}

// readDirectory lists all entries in the order in which they are stored.
func (f *file) readDirectory(ctx context.Context, b *limit.Budget) ([]entry, error) {
	start := f.dir
	if !f.exists(start) {
		found, err := f.findDirectory(ctx, b)
		if err != nil {
			return nil, err
		}
		start = found
	}
	var list []entry
	seen := map[uint32]bool{}
	for n := start; f.exists(n) && !seen[n] && len(list) < maxEntries; n = f.next(n) {
		seen[n] = true
		if err := b.Check(ctx); err != nil {
			return nil, err
		}
		w, err := f.in.Window(f.at(n), f.size())
		if err != nil {
			return nil, err
		}
		for ; len(w) >= entrySize && len(list) < maxEntries; w = w[entrySize:] {
			list = append(list, f.parseEntry(w))
		}
	}
	place(list)
	return list, nil
}

// rootName is how the first sector of a directory begins.
const rootName = "R\x00o\x00o\x00t\x00 \x00E\x00n\x00t\x00r\x00y\x00"

// findDirectory searches for the directory of a file whose header points outside
// of it.
func (f *file) findDirectory(ctx context.Context, b *limit.Budget) (uint32, error) {
	for n := int64(0); n < f.sectors; n++ {
		if n%128 == 0 {
			if err := b.Check(ctx); err != nil {
				return 0, err
			}
		}
		w, err := f.in.Window(f.at(uint32(n)), int64(len(rootName)))
		if err != nil {
			return 0, err
		}
		if string(w) == rootName {
			return uint32(n), nil
		}
	}
	return endOfChain, nil
}

func (f *file) parseEntry(b []byte) entry {
	le := binary.LittleEndian
	e := entry{
		name: entryName(b[:nameSize], int(le.Uint16(b[64:]))), typ: b[66],
		left: le.Uint32(b[68:]), right: le.Uint32(b[72:]), child: le.Uint32(b[76:]),
		start: le.Uint32(b[116:]), size: int64(le.Uint32(b[120:])),
	}
	if high := int64(le.Uint32(b[124:])); f.version4 && high != 0 {
		e.size = f.in.Size() // more than a file that is parsed can hold
	}
	e.size = min(e.size, f.in.Size())
	return e
}

// entryName converts the name of an entry; n counts bytes and the final zero.
func entryName(b []byte, n int) string {
	n = min(n, len(b))
	u := make([]uint16, 0, nameSize/2)
	for i := 0; i+1 < n; i += 2 {
		c := binary.LittleEndian.Uint16(b[i:])
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return string(utf16.Decode(u))
}

// place finds out from the trees in which storage each entry lies. Each entry is
// visited once, whatever the links say.
func place(list []entry) {
	type visit struct {
		index   uint32
		storage int
		depth   int
	}
	if len(list) == 0 {
		return
	}
	seen := make([]bool, len(list))
	seen[0] = true
	stack := []visit{{list[0].child, 0, 1}}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if int64(v.index) >= int64(len(list)) || seen[v.index] || v.depth > maxDepth {
			continue
		}
		seen[v.index] = true
		e := &list[v.index]
		e.storage = v.storage
		stack = append(stack, visit{e.left, v.storage, v.depth}, visit{e.right, v.storage, v.depth})
		if e.typ == typeDir {
			stack = append(stack, visit{e.child, int(v.index), v.depth + 1})
		}
	}
}

// path returns the name of an entry with those of the storages around it.
func path(list []entry, i int) string {
	name := list[i].name
	for depth := 0; list[i].storage != 0 && depth < maxDepth; depth++ {
		i = list[i].storage
		name = list[i].name + "/" + name
	}
	return name
}
