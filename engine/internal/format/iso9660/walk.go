package iso9660

import (
	"io"

	"gclam/engine/internal/format"
)

const (
	maxDirs    = 1 << 16 // directories waiting
	maxExtents = 1 << 10 // of one file
)

// pending is a file whose extents are being collected from several records.
type pending struct {
	name    string
	extents []extent
}

// walk visits a directory tree, each directory before the ones inside it.
func (u *unpacker) walk(m *image, t tree) error {
	queue := []extent{t.root}
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		var file pending
		for off := int64(0); off < dir.size; {
			step, dirs, err := u.dirBlock(m, t, dir.start*t.block+off, dir.size-off, &file)
			if err != nil {
				return err
			}
			if step == 0 {
				break
			}
			off += step
			if room := maxDirs - len(queue); room > 0 {
				queue = append(queue, dirs[:min(room, len(dirs))]...)
			}
		}
		if err := u.flush(m, &file); err != nil {
			return err
		}
	}
	return nil
}

// dirBlock reads the records of the sector at logical offset off, which records
// do not cross. It returns the bytes that were looked at, 0 at the end of the
// object or for a sector that was read before.
func (u *unpacker) dirBlock(m *image, t tree, off, left int64, file *pending) (int64, []extent, error) {
	at, _ := m.place(off)
	n := min(sectorSize-off%sectorSize, left)
	w := m.window(off, n)
	key := at
	if t.joliet {
		key = -at // the same block may serve both trees
	}
	if len(w) == 0 {
		u.out.Fact(format.Truncated, u.in.Size())
		return 0, nil, nil
	}
	if u.blocks[key] {
		return 0, nil, nil
	}
	u.blocks[key] = true
	var dirs []extent
	for len(w) > 0 {
		if err := u.check(); err != nil {
			return 0, nil, err
		}
		r, ok := parseRecord(w)
		if !ok {
			break // the rest of a sector is zeros
		}
		w = w[w[0]:]
		if len(r.name) == 1 && r.name[0] <= 1 {
			continue // the directory itself and its parent
		}
		dir, err := u.record(m, t, r, file)
		if err != nil {
			return 0, nil, err
		}
		if dir {
			dirs = append(dirs, r.extent)
		}
	}
	return n, dirs, nil
}

// record handles one record and tells whether it is a directory.
func (u *unpacker) record(m *image, t tree, r record, file *pending) (bool, error) {
	name := decodeName(r.name, t.joliet)
	if r.flags&flagDir != 0 {
		if err := u.flush(m, file); err != nil {
			return false, err
		}
		return true, u.out.Child(meta(name, r.size), nil)
	}
	if len(file.extents) > 0 && file.name != name {
		if err := u.flush(m, file); err != nil {
			return false, err
		}
	}
	if r.interleaved {
		u.out.Fact(format.Unsupported, 0)
		return false, u.out.Child(meta(name, r.size), nil)
	}
	file.name = name
	if len(file.extents) < maxExtents {
		file.extents = append(file.extents, r.extent)
	}
	if r.flags&flagMulti != 0 {
		return false, nil
	}
	return false, u.flush(m, file)
}

func meta(name string, size int64) format.Meta {
	return format.Meta{Name: name, CompressedSize: size, Size: size}
}

// flush hands over the file that was collected.
func (u *unpacker) flush(m *image, file *pending) error {
	if len(file.extents) == 0 {
		return nil
	}
	var (
		readers []io.Reader
		size    int64
		fresh   bool
	)
	for _, e := range file.extents {
		size += e.size
		at, _ := m.place(e.start * m.block)
		key := extent{at, e.size}
		fresh = fresh || !u.seen[key]
		u.seen[key] = true
		r, have := m.reader(e)
		if have < e.size {
			u.out.Fact(format.Truncated, u.in.Size())
		}
		if have > 0 {
			readers = append(readers, r)
		}
	}
	name := file.name
	file.name, file.extents = "", nil
	switch {
	case !fresh || len(readers) == 0:
		return u.out.Child(meta(name, size), nil)
	case len(readers) == 1:
		return u.out.Child(meta(name, size), readers[0])
	}
	return u.out.Child(meta(name, size), io.MultiReader(readers...))
}
