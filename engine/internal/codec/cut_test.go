package codec_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/limit"
)

func TestOutputEndsWhereOneMoreObjectMayEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		lim     limit.Limits
		charged int64
		want    string
		hit     limit.Kind
	}{
		{"no limit", limit.Limits{}, 0, "0123456789", limit.None},
		{"exactly the size of a file", limit.Limits{FileSize: 10}, 0, "0123456789", limit.None},
		{"more than a file", limit.Limits{FileSize: 4}, 0, "0123", limit.FileSize},
		{"more than is left of the scan", limit.Limits{FileSize: 100, ScanSize: 13}, 10, "012", limit.ScanSize},
		{"nothing left", limit.Limits{FileSize: 100, ScanSize: 10}, 10, "", limit.ScanSize},
	} {
		hit := limit.None
		b := limit.New(c.lim, func(k limit.Kind) { hit = k })
		if c.charged > 0 {
			b.Admit(context.Background(), c.charged)
		}
		got, err := io.ReadAll(codec.Cut(b, strings.NewReader("0123456789")))
		if string(got) != c.want || err != nil || hit != c.hit {
			t.Errorf("%s: got %q, %v, limit %q; want %q, limit %q", c.name, got, err, hit, c.want, c.hit)
		}
	}
}
