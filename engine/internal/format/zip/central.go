package zip

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/limit"
)

const (
	searchStep  = 64 << 10
	maxEndTries = 64 // end records looked at
)

// directory is where a central directory was found.
type directory struct {
	start  int64 // of the first entry
	end    int64 // of what belongs to it, end record included
	prefix int64 // to be added to the offsets in it
}

// findDirectory looks for an end record from the end of the file backwards and
// checks that it leads to a directory.
func (u *unpacker) findDirectory() (directory, bool, error) {
	size := u.in.Size()
	tries := 0
	for hi := size; hi > 0; hi -= searchStep {
		if err := u.b.Check(u.ctx); err != nil {
			return directory{}, false, err
		}
		lo := max(hi-searchStep, 0)
		w, err := u.in.Window(lo, hi-lo+int64(len(endMagic))-1)
		if err != nil {
			return directory{}, false, err
		}
		for {
			i := bytes.LastIndex(w, endMagic)
			if i < 0 {
				break
			}
			d, ok, err := u.directoryAt(lo + int64(i))
			if ok || err != nil {
				return d, ok, err
			}
			if tries++; tries >= maxEndTries {
				return directory{}, false, nil
			}
			w = w[:i]
		}
	}
	return directory{}, false, nil
}

// directoryAt judges the end record at off: its own offset is tried first, then
// the place where the directory would be if it ended at the record (archives
// with something in front).
func (u *unpacker) directoryAt(off int64) (directory, bool, error) {
	e, err := u.in.Window(off, endSize)
	if err != nil || len(e) < endSize {
		return directory{}, false, err
	}
	le := binary.LittleEndian
	size, start := int64(le.Uint32(e[12:])), int64(le.Uint32(e[16:]))
	limitEnd := off
	if start == unknown32 || size == unknown32 {
		if s, n, at, ok := u.end64(off); ok {
			start, size, limitEnd = s, n, at
		}
	}
	d := directory{start: start, end: off + endSize + int64(le.Uint16(e[20:]))}
	if ok, err := u.has(start, centralMagic); ok || err != nil {
		return d, ok, err
	}
	if !u.begins() {
		return d, false, nil
	}
	d.start = limitEnd - size
	d.prefix = d.start - start
	ok, err := u.has(d.start, centralMagic)
	return d, ok && size > 0, err
}

// end64 follows the zip64 locator in front of an end record.
func (u *unpacker) end64(off int64) (start, size, at int64, ok bool) {
	l, err := u.in.Window(off-locatorSize, locatorSize)
	if err != nil || len(l) < locatorSize || !bytes.HasPrefix(l, locatorMagic) {
		return 0, 0, 0, false
	}
	at = int64(binary.LittleEndian.Uint64(l[8:]) & (1<<62 - 1))
	for _, p := range []int64{at, off - locatorSize - end64Size} {
		e, err := u.in.Window(p, end64Size)
		if err == nil && len(e) == end64Size && bytes.HasPrefix(e, end64Magic) {
			size = int64(binary.LittleEndian.Uint64(e[40:]) & (1<<62 - 1))
			start = int64(binary.LittleEndian.Uint64(e[48:]) & (1<<62 - 1))
			return start, size, p, true
		}
	}
	return 0, 0, 0, false
}

func (u *unpacker) has(off int64, magic []byte) (bool, error) {
	w, err := u.in.Window(off, int64(len(magic)))
	return bytes.Equal(w, magic), err
}

// readDirectory catalogues the entries of a directory and shows each to the
// Sink. It returns where the entries end.
func (u *unpacker) readDirectory(d directory) (int64, error) {
	off := d.start
	for {
		if err := u.tick(); err != nil {
			return off, err
		}
		w, err := u.in.Window(off, centralSize+1024)
		if err != nil {
			return off, err
		}
		if len(w) >= centralSize && int64(len(w)) < centralLen(w) {
			if w, err = u.in.Window(off, centralSize+maxVar); err != nil {
				return off, err
			}
		}
		c, ok := parseCentral(w)
		if !ok {
			return off, nil
		}
		if u.full() {
			u.b.Hit(limit.Files)
			return off, nil
		}
		off += c.headerSize
		u.position++
		c.off += d.prefix
		if err := u.addCentral(c); err != nil {
			return off, err
		}
	}
}

func centralLen(w []byte) int64 {
	le := binary.LittleEndian
	return centralSize + int64(le.Uint16(w[28:])) + int64(le.Uint16(w[30:])) + int64(le.Uint16(w[32:]))
}

// addCentral pairs a directory entry with its local header.
func (u *unpacker) addCentral(c record) error {
	l, ok, err := u.local(c.off)
	if err != nil {
		return err
	}
	cm := c.meta(u.position)
	if !ok {
		return u.out.Child(cm, nil)
	}
	if lm := l.meta(u.position); lm != cm {
		if err := u.out.Child(cm, nil); err != nil {
			return err
		}
	}
	e := entry{record: l, pos: u.position, listed: true}
	if l.flags&flagDescriptor != 0 || l.csize == 0 {
		e.csize = c.csize
	}
	if l.flags&flagDescriptor != 0 {
		e.usize, e.crc = c.usize, c.crc
	}
	e.other = c.csize
	u.add(e)
	return nil
}
