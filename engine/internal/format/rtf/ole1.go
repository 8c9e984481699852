package rtf

import (
	"bytes"

	"gclam/engine/internal/bytesx"
)

// OLE 1 objects (MS-OLEDS 2.2.4, 2.2.5).
const (
	kindOffset    = 4 // behind the version
	formatLinked  = 1
	formatPicture = 3 // a static object; 5 is another
	formatStatic  = 5

	maxString  = 4096 // bytes of a class, topic or item name
	maxObjects = 64   // objects in one \objdata: the object and its pictures
)

// reader is a cursor over an object; ok turns false at the first read beyond its
// end.
type reader struct {
	b   []byte
	off int64
	ok  bool
}

func (r *reader) u32() uint32 {
	n, ok := bytesx.U32LE(r.b, r.off)
	r.ok = r.ok && ok
	r.off += 4
	return n
}

// text skips a string with its length in front.
func (r *reader) text() {
	n := int64(r.u32())
	if !r.ok || n > maxString || n > int64(len(r.b))-r.off {
		r.ok = false
		return
	}
	r.off += n
}

// terminated skips a string that a NUL ends.
func (r *reader) terminated() {
	rest := bytesx.Clip(r.b, r.off, maxString)
	n := bytes.IndexByte(rest, 0)
	if !r.ok || n < 0 {
		r.ok = false
		return
	}
	r.off += int64(n) + 1
}

// data takes bytes with their length in front, as far as they exist.
func (r *reader) data() []byte {
	n := int64(r.u32())
	if !r.ok {
		return nil
	}
	d := bytesx.Clip(r.b, r.off, n)
	r.off += int64(len(d))
	return d
}

// objects returns the data of the OLE 1 objects that b starts with, and what is
// left of b behind them. Neither the version nor the kind of the first object is
// relied on: Word does not either, nor clamscan 1.4.6.
func objects(b []byte) (found [][]byte, rest []byte) {
	for len(found) < maxObjects {
		kind, ok := bytesx.U32LE(b, kindOffset)
		if !ok || len(found) > 0 && (kind < formatLinked || kind > formatStatic) {
			break
		}
		d, end := objectAt(b, false)
		if len(d) == 0 && kind >= formatPicture {
			d, end = objectAt(b, true)
		}
		if len(d) == 0 {
			break
		}
		found = append(found, d)
		b = b[end:]
	}
	return found, b
}

// objectAt reads one object; a picture has a width and a height in place of topic
// and item.
func objectAt(b []byte, picture bool) (data []byte, end int64) {
	r := &reader{b: b, off: kindOffset + 4, ok: true}
	r.text()
	if picture {
		r.off += 8
	} else {
		r.text()
		r.text()
	}
	d := r.data()
	if !r.ok {
		return nil, 0
	}
	return d, r.off
}

// Package data (as written by the Object Packager; observed, there is no
// specification): flags, label, path, flags, temporary path, data. In compound
// files it has its length in front.
const (
	packageFlags = 2
	packageKind  = 4
	lengthSize   = 4
)

// packaged returns the file in a package.
func packaged(b []byte) ([]byte, bool) {
	for _, off := range []int64{0, lengthSize} {
		if d, ok := packageAt(b, off); ok {
			return d, true
		}
	}
	return nil, false
}

func packageAt(b []byte, off int64) ([]byte, bool) {
	flags, ok := bytesx.U16LE(b, off)
	if !ok || flags != packageFlags {
		return nil, false
	}
	r := &reader{b: b, off: off + 2, ok: true}
	r.terminated()
	r.terminated()
	r.off += packageKind
	r.text()
	d := r.data()
	return d, r.ok && len(d) > 0
}
