package pdf

import "io"

// maxRow is the longest row of pixels that predictors work on, in bytes.
const maxRow = 1 << 20

// Predictors (ISO 32000-2, table 10) and row filters of PNG.
const (
	predictTIFF = 2
	predictPNG  = 10 // and above

	pngSub     = 1
	pngUp      = 2
	pngAverage = 3
	pngPaeth   = 4
)

// predictor undoes the predictor of Flate and LZW data.
type predictor struct {
	in    io.Reader
	png   bool
	bytes bool // TIFF: samples of 8 bits
	pixel int  // bytes of a pixel, at least 1
	row   []byte
	prev  []byte
	left  []byte
	err   error
}

// newPredictor returns in as it is where the parameters make no sense.
func newPredictor(in io.Reader, p parms) io.Reader {
	colors, bits, columns := positive(p.colors, 1), positive(p.bits, 8), positive(p.columns, 1)
	if colors > 64 || bits > 32 || columns > 8*maxRow {
		return in
	}
	size := (colors*bits*columns + 7) / 8
	if size > maxRow || p.predictor != predictTIFF && p.predictor < predictPNG {
		return in
	}
	return &predictor{
		in: in, png: p.predictor >= predictPNG, bytes: bits == 8, pixel: int(max(colors*bits/8, 1)),
		row: make([]byte, size), prev: make([]byte, size),
	}
}

func positive(n, def int64) int64 {
	if n <= 0 {
		return def
	}
	return n
}

// Read implements io.Reader.
func (r *predictor) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.next()
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// next undoes one row; the last may be short.
func (r *predictor) next() {
	var tag [1]byte
	if r.png {
		if _, r.err = io.ReadFull(r.in, tag[:]); r.err != nil {
			return
		}
	}
	r.row, r.prev = r.prev, r.row
	n, err := io.ReadFull(r.in, r.row)
	r.err = err
	if err == io.ErrUnexpectedEOF {
		r.err = io.EOF
	}
	row := r.row[:n]
	switch {
	case r.png:
		r.unfilter(tag[0], row)
	case r.bytes:
		for i := r.pixel; i < n; i++ {
			row[i] += row[i-r.pixel]
		}
	}
	r.left = row
}

func (r *predictor) unfilter(tag byte, row []byte) {
	for i := range row {
		var left, corner byte
		if i >= r.pixel {
			left, corner = row[i-r.pixel], r.prev[i-r.pixel]
		}
		switch tag {
		case pngSub:
			row[i] += left
		case pngUp:
			row[i] += r.prev[i]
		case pngAverage:
			row[i] += byte((int(left) + int(r.prev[i])) / 2)
		case pngPaeth:
			row[i] += paeth(left, r.prev[i], corner)
		}
	}
}

// paeth is the Paeth predictor (PNG 9.4).
func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := distance(p, a), distance(p, b), distance(p, c)
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func distance(p int, v byte) int {
	if d := p - int(v); d > 0 {
		return d
	}
	return int(v) - p
}
