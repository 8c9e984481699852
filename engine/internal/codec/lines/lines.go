package lines

import (
	"bytes"

	"gclam/engine/internal/input"
)

// MaxLine is the length in bytes at which a line is cut (observed: clamscan
// 1.4.6 cuts mail lines at 1000 bytes).
const MaxLine = 1000

// window is how many bytes are fetched at a time.
const window = 64 << 10

// Line is one line or a piece of one. Text is valid until the next call of Next.
type Line struct {
	Text []byte // without line end, trailing CRs and NUL bytes
	Off  int64  // offset of the first byte
	Stop int64  // offset behind the text, before the line end
	End  int64  // offset behind the line end
	Cont bool   // this piece continues the line before it
	Cut  bool   // the line goes on in the next piece
}

// Reader yields the lines of a range of a View. The zero Reader is empty.
type Reader struct {
	v       input.View
	pos     int64
	end     int64
	win     []byte
	winOff  int64
	eol     byte
	cont    bool
	scratch []byte
	err     error
}

// crShare is how many times more lone CRs than LFs there must be for CR to be
// taken for the line end (classic Mac OS, where a few LFs may have got in).
const crShare = 8

// New returns a Reader of the bytes [off, end) of v. Lines end in LF, or in CR
// when the beginning of the range holds lone CRs and hardly any LF.
func New(v input.View, off, end int64) *Reader {
	r := &Reader{v: v, pos: max(off, 0), end: min(end, v.Size()), eol: '\n'}
	w := r.peek(window)
	if bytes.IndexByte(w, '\r') < 0 {
		return r
	}
	if lone := bytes.Count(w, []byte("\r")) - bytes.Count(w, []byte("\r\n")); lone > crShare*bytes.Count(w, []byte("\n")) {
		r.eol = '\r'
	}
	return r
}

// Offset is where the next line starts.
func (r *Reader) Offset() int64 { return r.pos }

// Err returns the I/O error that ended the reading, if any.
func (r *Reader) Err() error { return r.err }

// Rewind continues at off, which must be the start of a line.
func (r *Reader) Rewind(off int64) { r.pos, r.cont = max(off, 0), false }

// peek returns up to n bytes at the current position; fewer only at the end.
func (r *Reader) peek(n int64) []byte {
	n = min(n, r.end-r.pos)
	if n <= 0 || r.err != nil {
		return nil
	}
	have := r.winOff + int64(len(r.win)) - r.pos
	if r.pos < r.winOff || have < n {
		r.win, r.err = r.v.Window(r.pos, min(max(n, window), r.end-r.pos))
		r.winOff = r.pos
	}
	w := r.win[r.pos-r.winOff:]
	return w[:min(n, int64(len(w)))]
}

// Next returns the next line; false at the end of the range or on an I/O error.
func (r *Reader) Next() (Line, bool) {
	w := r.peek(MaxLine + 2)
	if len(w) == 0 {
		return Line{}, false
	}
	l := Line{Off: r.pos, Cont: r.cont}
	n := bytes.IndexByte(w[:min(len(w), MaxLine+1)], r.eol)
	switch {
	case n >= 0:
		l.End = r.pos + int64(n) + 1
		if r.eol == '\r' && n+1 < len(w) && w[n+1] == '\n' {
			l.End++
		}
	case len(w) > MaxLine:
		n, l.Cut = MaxLine, true
		l.End = r.pos + MaxLine
	default:
		n = len(w)
		l.End = r.pos + int64(n)
	}
	text := w[:n]
	if !l.Cut {
		for len(text) > 0 && text[len(text)-1] == '\r' {
			text = text[:len(text)-1]
		}
	}
	l.Stop = r.pos + int64(len(text))
	l.Text = r.dropNUL(text)
	r.pos, r.cont = l.End, l.Cut
	return l, true
}

// dropNUL returns text without NUL bytes, copying only when there are some.
func (r *Reader) dropNUL(text []byte) []byte {
	if bytes.IndexByte(text, 0) < 0 {
		return text
	}
	r.scratch = r.scratch[:0]
	for _, c := range text {
		if c != 0 {
			r.scratch = append(r.scratch, c)
		}
	}
	return r.scratch
}
