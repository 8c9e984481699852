package screnc_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/screnc"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// recorder keeps the last child and fact.
type recorder struct {
	child string
	fact  format.Fact
}

func (r *recorder) Fact(f format.Fact, _ int64) { r.fact = f }

func (r *recorder) Child(_ format.Meta, rd io.Reader) error {
	data, err := io.ReadAll(rd)
	r.child = string(data)
	return err
}

// sample decodes to "wEBwE" (observed: clamscan 1.4.6).
const sample = "#@~^BQAAAA==AAAAARQEAAA==^#~@"

func TestTheScriptIsHandedOverBetweenTags(t *testing.T) {
	t.Parallel()
	var r recorder
	if err := screnc.Unpack(context.Background(), input.Bytes([]byte(sample)), limit.New(limit.Limits{}, nil), &r); err != nil {
		t.Fatal(err)
	}
	if r.child != "<script>wEBwE</script>" {
		t.Errorf("child %q", r.child)
	}
}

func TestWithoutMemoryTheFileIsSkipped(t *testing.T) {
	t.Parallel()
	var r recorder
	in := input.Bytes([]byte(sample + strings.Repeat(" ", 2000)))
	if err := screnc.Unpack(context.Background(), in, limit.New(limit.Limits{Memory: 1000}, nil), &r); err != nil {
		t.Fatal(err)
	}
	if r.child != "" || r.fact != format.Skipped {
		t.Errorf("child %q, fact %q", r.child, r.fact)
	}
}

func TestTheContextEndsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := screnc.Unpack(ctx, input.Bytes([]byte(sample)), limit.New(limit.Limits{}, nil), &recorder{})
	if !errors.Is(err, limit.ErrStop) {
		t.Errorf("error %v, want ErrStop", err)
	}
}
