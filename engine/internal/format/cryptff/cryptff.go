package cryptff

import (
	"context"
	"io"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// headerSize is the length of the header, which is not decoded.
const headerSize = 16

// Unpack hands over the inverted contents.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	body := in.Section(headerSize, in.Size())
	if body.Size() == 0 {
		out.Fact(format.Truncated, in.Size())
		return nil
	}
	m := format.Meta{Size: body.Size(), CompressedSize: body.Size(), NoMeta: true}
	return out.Child(m, &inverter{ctx: ctx, b: b, r: body.Reader()})
}

// inverter XORs what it reads with FFh.
type inverter struct {
	ctx context.Context
	b   *limit.Budget
	r   io.Reader
}

// Read implements io.Reader. A read is at most 64 KiB, so that the budget is
// looked at often enough.
func (i *inverter) Read(p []byte) (int, error) {
	if err := i.b.Check(i.ctx); err != nil {
		return 0, err
	}
	n, err := i.r.Read(p[:min(len(p), 64<<10)])
	for k := range p[:n] {
		p[k] ^= 0xFF
	}
	return n, err
}
