// Package input is how every stage sees an object's bytes: a View of fixed
// size with checked windows, backed by memory or by any io.ReaderAt.
//
// A View never panics on a bad offset and never allocates more than the bytes
// that exist. Views are immutable and safe for concurrent use when their
// backing is.
package input

import (
	"errors"
	"io"
)

// View is a read-only object of Size bytes.
type View struct {
	mem  []byte
	r    io.ReaderAt
	off  int64
	size int64
}

// Bytes makes a View of b, which must not change afterwards.
func Bytes(b []byte) View { return View{mem: b, size: int64(len(b))} }

// ReaderAt makes a View of the first size bytes of r.
func ReaderAt(r io.ReaderAt, size int64) View {
	return View{r: r, size: max(size, 0)}
}

// Size is the object's length in bytes.
func (v View) Size() int64 { return v.size }

// InMemory tells whether windows are slices of memory that cost no copy.
func (v View) InMemory() bool { return v.r == nil }

// ReadAt implements io.ReaderAt.
func (v View) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("input: negative offset")
	}
	if off >= v.size {
		return 0, io.EOF
	}
	short := false
	if int64(len(p)) > v.size-off {
		p, short = p[:v.size-off], true
	}
	if v.r == nil {
		n := copy(p, v.mem[off:])
		if short {
			return n, io.EOF
		}
		return n, nil
	}
	n, err := v.r.ReadAt(p, v.off+off)
	if err == nil && short {
		err = io.EOF
	}
	return n, err
}

// Window returns the bytes [off, off+n) as far as they exist: short or empty at
// the end of the object. The result must not be written to. The error is an
// I/O error of the backing, never a short window.
func (v View) Window(off, n int64) ([]byte, error) {
	if off < 0 || n <= 0 || off >= v.size {
		return nil, nil
	}
	n = min(n, v.size-off)
	if v.r == nil {
		return v.mem[off : off+n : off+n], nil
	}
	buf := make([]byte, n)
	got, err := v.r.ReadAt(buf, v.off+off)
	if err != nil && !errors.Is(err, io.EOF) {
		return buf[:got], err
	}
	return buf[:got], nil
}

// All returns the whole object: Window(0, Size()).
func (v View) All() ([]byte, error) { return v.Window(0, v.size) }

// Section returns the View of [off, off+n) as far as it exists.
func (v View) Section(off, n int64) View {
	if off < 0 || n <= 0 || off >= v.size {
		return View{}
	}
	n = min(n, v.size-off)
	if v.r == nil {
		return Bytes(v.mem[off : off+n : off+n])
	}
	return View{r: v.r, off: v.off + off, size: n}
}

// Reader returns a sequential reader of the whole View. The walk recognises it
// and scans the bytes in place, without a copy.
func (v View) Reader() *Reader { return &Reader{v: v} }

// Reader reads a View from its start.
type Reader struct {
	v   View
	pos int64
}

// View returns the View that is being read, and whether nothing has been read yet.
func (r *Reader) View() (View, bool) { return r.v, r.pos == 0 }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := r.v.ReadAt(p, r.pos)
	r.pos += int64(n)
	if n > 0 {
		return n, nil
	}
	if err == nil {
		err = io.EOF
	}
	return 0, err
}
