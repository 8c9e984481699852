package screnc

import (
	"context"

	"gclam/engine/internal/codec/screnc"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// maxSize is how many bytes of a file are decoded. Scripts are small; the whole
// text is held in memory twice.
const maxSize = 32 << 20

// Unpack hands over the decoded script.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	if err := b.Check(ctx); err != nil {
		return err
	}
	size := min(in.Size(), maxSize)
	if !b.Grant(2 * size) {
		out.Fact(format.Skipped, 0)
		return nil
	}
	defer b.Release(2 * size)
	text, err := in.Window(0, size)
	if err != nil {
		return err
	}
	if in.Size() > maxSize {
		out.Fact(format.Skipped, maxSize)
	}
	script := screnc.Append([]byte("<script>"), text)
	script = append(script, "</script>"...)
	n := int64(len(script))
	return out.Child(format.Meta{Size: n, CompressedSize: n, NoMeta: true}, input.Bytes(script).Reader())
}
