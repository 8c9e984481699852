package codec

import (
	"io"

	"gclam/engine/internal/limit"
)

// Cut returns r as far as one more object may reach: MaxFileSize and what is
// left of MaxScanSize. Where there is more, that limit is recorded and the
// output ends, so that what was produced is scanned; and when nothing is left, r
// is not read at all, so that many members cost no more than one.
func Cut(b *limit.Budget, r io.Reader) io.Reader {
	most := b.Remaining()
	if most < 0 {
		return r
	}
	c := &cut{b: b, r: r, left: most, kind: limit.ScanSize}
	if most == b.Limits().FileSize {
		c.kind = limit.FileSize
	}
	if most == 0 {
		c.over()
	}
	return c
}

type cut struct {
	b    *limit.Budget
	r    io.Reader
	left int64
	kind limit.Kind
	done bool
}

func (c *cut) over() {
	c.b.Hit(c.kind)
	c.done = true
}

// Read implements io.Reader.
func (c *cut) Read(p []byte) (int, error) {
	if c.done {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if c.left == 0 {
		var one [1]byte
		n, err := c.r.Read(one[:])
		if n > 0 {
			c.over()
			return 0, io.EOF
		}
		return 0, err
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	return n, err
}
