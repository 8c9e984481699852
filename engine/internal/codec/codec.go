package codec

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gclam/engine/internal/limit"
)

// Errors of decoders. All bytes returned before one of them are valid output.
var (
	// ErrCorrupt means that the stream contradicts its own format.
	ErrCorrupt = errors.New("codec: corrupt data")
	// ErrUnsupported means a method or option that is not implemented.
	ErrUnsupported = errors.New("codec: unsupported method")
	// ErrMemory means that the budget refused the memory a window needs.
	ErrMemory = errors.New("codec: memory limit")
)

// Memory is the account from which decoders take working memory. It is
// implemented by *limit.Budget; a nil Memory grants everything.
type Memory interface {
	Grant(n int64) bool
	Release(n int64)
}

// checkEvery is the number of output bytes between two looks at the clock.
const checkEvery = 64 << 10

// Guarded is a decoder behind its boundary; see Guard.
type Guarded struct {
	ctx   context.Context
	b     *limit.Budget
	r     io.Reader
	since int
	n     int64
	err   error
}

// Guard wraps a decoder: the budget's clock is looked at before the first byte
// and at least once per 64 KiB of output, and a panic of the decoder becomes
// ErrCorrupt. Errors are sticky.
func Guard(ctx context.Context, b *limit.Budget, r io.Reader) *Guarded {
	return &Guarded{ctx: ctx, b: b, r: r, since: checkEvery}
}

// Read implements io.Reader.
func (g *Guarded) Read(p []byte) (n int, err error) {
	if g.err != nil {
		return 0, g.err
	}
	if g.since >= checkEvery {
		g.since = 0
		if g.err = g.b.Check(g.ctx); g.err != nil {
			return 0, g.err
		}
	}
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, fmt.Errorf("%w: decoder panicked: %v", ErrCorrupt, v)
		}
		g.since += n
		g.n += int64(n)
		g.err = err
	}()
	if len(p) > checkEvery {
		p = p[:checkEvery]
	}
	return g.r.Read(p)
}

// Err returns the error that ended the stream, nil while it goes on or when it
// ended regularly.
func (g *Guarded) Err() error {
	if errors.Is(g.err, io.EOF) {
		return nil
	}
	return g.err
}

// Count returns the number of bytes read so far.
func (g *Guarded) Count() int64 { return g.n }

// Source wraps the compressed side of a decoder, so that a stream which
// consumes much input for no output is still stopped by the clock.
func Source(ctx context.Context, b *limit.Budget, r io.Reader) io.Reader {
	return &Guarded{ctx: ctx, b: b, r: r, since: checkEvery}
}

// Truncated tells whether err says that the input ended too early.
func Truncated(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
