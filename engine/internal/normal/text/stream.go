package text

import (
	"context"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// window is how much of the object is read between two checks of the budget.
const window = 16 * PageSize

// Stream normalises the whole of in the way clamscan does for matching: in
// work buffers of BufferSize bytes filled by whole pages of input. Between two
// buffers a run of white space is not joined, and overlap bytes of the buffer
// are occupied by the tail of the previous one, which shortens what fits;
// overlap is the longest pattern in bytes (values outside 0..BufferSize/2 are
// clamped). The tail itself is not repeated in the result.
//
// The caller compares in.Size() with MaxScriptNormalize first. The error is an
// I/O error or limit.ErrStop; the part made so far is returned with it.
func Stream(ctx context.Context, in input.View, b *limit.Budget, overlap int) ([]byte, error) {
	overlap = min(max(overlap, 0), BufferSize/2)
	var (
		n    Normalizer
		out  []byte
		used int // bytes in the current work buffer
	)
	for off := int64(0); off < in.Size(); off += window {
		if err := b.Check(ctx); err != nil {
			return out, err
		}
		w, err := in.Window(off, window)
		for len(w) > 0 {
			page := w[:min(len(w), PageSize)]
			w = w[len(page):]
			if BufferSize-used < len(page) {
				n.Reset()
				used = min(overlap, used)
			}
			before := len(out)
			out = n.Append(out, page)
			used += len(out) - before
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
