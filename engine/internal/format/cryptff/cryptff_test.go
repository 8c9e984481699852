package cryptff_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/cryptff"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// recorder keeps the last child and fact.
type recorder struct {
	child string
	fact  format.Fact
}

func (r *recorder) Fact(f format.Fact, _ int64) { r.fact = f }

func (r *recorder) Child(m format.Meta, rd io.Reader) error {
	data, err := io.ReadAll(rd)
	r.child = string(data)
	if err == nil && m.Size != int64(len(data)) {
		return errors.New("wrong size")
	}
	return err
}

const header = "\xb6\xb9\xac\xae\xfe\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00"

func unpack(t testing.TB, ctx context.Context, data string) (recorder, error) {
	t.Helper()
	var r recorder
	err := cryptff.Unpack(ctx, input.Bytes([]byte(data)), limit.New(limit.Limits{}, nil), &r)
	return r, err
}

func TestTheBytesBehindTheHeaderAreInverted(t *testing.T) {
	t.Parallel()
	r, err := unpack(t, context.Background(), header+"\x97\x96\x00\xff")
	if err != nil || r.child != "hi\xff\x00" || r.fact != "" {
		t.Errorf("child %q, fact %q, error %v", r.child, r.fact, err)
	}
}

func TestAFileWithoutContentsIsTruncated(t *testing.T) {
	t.Parallel()
	for i := range len(header) + 1 {
		if r, err := unpack(t, context.Background(), header[:i]); err != nil || r.child != "" || r.fact != format.Truncated {
			t.Errorf("%d bytes: child %q, fact %q, error %v", i, r.child, r.fact, err)
		}
	}
}

func TestTheContextEndsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := unpack(t, ctx, header+"abc"); !errors.Is(err, limit.ErrStop) {
		t.Errorf("error %v, want ErrStop", err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(header + "abc")
	f.Fuzz(func(t *testing.T, data string) {
		r, err := unpack(t, context.Background(), data)
		if err != nil || len(r.child) > len(data) {
			t.Fatalf("%d bytes out of %d, error %v", len(r.child), len(data), err)
		}
	})
}
