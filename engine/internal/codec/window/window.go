package window

import (
	"io"

	"gclam/engine/internal/codec"
)

const (
	minSize = 4 << 10  // smallest buffer, bytes
	first   = 64 << 10 // first allocation, bytes
	chunk   = 64 << 10 // most output produced by one step, bytes
)

// NoFill makes distances that reach before the first byte an error.
const NoFill = -1

// Window is the history of one stream and the output not read yet.
type Window struct {
	buf     []byte
	size    int // final length of buf
	mem     codec.Memory
	granted int64
	w       int // next index to write
	r       int // next index to read
	unread  int
	total   int64 // bytes written so far
	dist    int   // of the match under way
	left    int   // bytes of it still to copy
	fill    int
	err     error
}

// New returns a window of at most size bytes of history. fill is the byte that
// history before the start of the stream is made of, or NoFill.
func New(size int64, fill int, mem codec.Memory) *Window {
	size = min(max(size, minSize), 1<<40)
	if int64(int(size)) != size {
		size = 1 << 30 // 32-bit platforms: the account refuses this anyway
	}
	w := &Window{size: int(size), fill: fill, mem: mem}
	w.grow(min(w.size, first))
	return w
}

func (w *Window) grow(n int) {
	if w.mem != nil && !w.mem.Grant(int64(n)) {
		w.err = codec.ErrMemory
		return
	}
	b := make([]byte, n)
	copy(b, w.buf)
	w.buf = b
	if w.mem != nil {
		w.mem.Release(w.granted)
		w.granted = int64(n)
	}
}

// Close gives the memory back. The window cannot be used afterwards.
func (w *Window) Close() {
	if w.mem != nil {
		w.mem.Release(w.granted)
	}
	w.granted, w.buf, w.unread, w.left = 0, nil, 0, 0
	if w.err == nil {
		w.err = io.ErrClosedPipe
	}
}

// Room is the number of bytes a step may still write; 0 ends the step.
func (w *Window) Room() int {
	if w.err != nil || w.left > 0 {
		return 0
	}
	return min(len(w.buf), chunk) - w.unread
}

// Total is the number of bytes written so far.
func (w *Window) Total() int64 { return w.total }

// Err is the error that stopped the window from growing, if any.
func (w *Window) Err() error { return w.err }

// wrap makes buf[w.w] writable: it grows the buffer or starts it anew.
func (w *Window) wrap() bool {
	if w.w < len(w.buf) {
		return true
	}
	if len(w.buf) < w.size {
		w.grow(min(w.size, 2*len(w.buf)))
		return w.err == nil
	}
	w.w = 0
	return w.err == nil
}

// Literal appends one byte. There must be Room.
func (w *Window) Literal(b byte) {
	if w.w >= len(w.buf) && !w.wrap() {
		return
	}
	w.buf[w.w] = b
	w.w++
	w.unread++
	w.total++
}

// Back returns the byte written dist bytes ago (1 is the last one), or 0.
func (w *Window) Back(dist int) byte {
	if dist <= 0 || int64(dist) > w.total || dist > len(w.buf) {
		return 0
	}
	i := w.w - dist
	if i < 0 {
		i += len(w.buf)
	}
	return w.buf[i]
}

// Match repeats n bytes from dist bytes ago. What does not fit into Room is
// copied when output has been read. It fails when there is no such history.
func (w *Window) Match(dist, n int) error {
	if dist <= 0 || n < 0 || dist > w.size {
		return codec.ErrCorrupt
	}
	if int64(dist) > w.total && w.fill < 0 {
		return codec.ErrCorrupt
	}
	w.dist, w.left = dist, n
	w.resume()
	return w.err
}

// resume copies as much of the match under way as fits.
func (w *Window) resume() {
	for w.left > 0 && w.err == nil {
		n := min(w.left, min(len(w.buf), chunk)-w.unread)
		if n <= 0 || !w.wrap() {
			return
		}
		n = min(n, len(w.buf)-w.w)
		if before := int64(w.dist) - w.total; before > 0 {
			n = int(min(int64(n), before))
			for i := range n {
				w.buf[w.w+i] = byte(w.fill)
			}
		} else {
			n = w.copy(n)
		}
		w.w += n
		w.unread += n
		w.total += int64(n)
		w.left -= n
	}
}

// copy moves up to n bytes without wrapping source or target.
func (w *Window) copy(n int) int {
	src := w.w - w.dist
	if src < 0 {
		src += len(w.buf)
		n = min(n, len(w.buf)-src)
	}
	if w.dist >= n {
		return copy(w.buf[w.w:w.w+n], w.buf[src:src+n])
	}
	d := w.buf[w.w : w.w+n]
	s := w.buf[src : src+n]
	for i := range d {
		d[i] = s[i]
	}
	return n
}

// take moves unread bytes to p.
func (w *Window) take(p []byte) int {
	n := 0
	for n < len(p) && w.unread > 0 {
		if w.r >= len(w.buf) {
			w.r = 0
		}
		k := min(len(p)-n, w.unread, len(w.buf)-w.r)
		copy(p[n:], w.buf[w.r:w.r+k])
		n += k
		w.r += k
		w.unread -= k
	}
	return n
}

// Stepper decodes symbols into a window.
type Stepper interface {
	// Step decodes until the window has no Room, or returns why it cannot:
	// io.EOF at the regular end. Output written before an error is kept.
	Step(w *Window) error
}

// Reader is the output side of a window.
type Reader struct {
	w   *Window
	s   Stepper
	err error
}

// NewReader returns the output of s through w.
func NewReader(s Stepper, w *Window) *Reader { return &Reader{w: w, s: s} }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if n := r.w.take(p); n > 0 {
			return n, nil
		}
		switch {
		case r.w.err != nil:
			return 0, r.w.err
		case r.w.left > 0:
			r.w.resume()
		case r.err != nil:
			return 0, r.err
		default:
			r.err = r.s.Step(r.w)
		}
	}
}

// Close gives the window's memory back.
func (r *Reader) Close() error {
	r.w.Close()
	return nil
}
