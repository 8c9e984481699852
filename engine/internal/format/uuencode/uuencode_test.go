package uuencode_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/uuencode"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// recorder writes down children as "name: content".
type recorder struct {
	children []string
	facts    []format.Fact
	bytes    int
	read     int64 // bytes read of each child, 0 for all
	err      error
}

func (r *recorder) Fact(f format.Fact, _ int64) { r.facts = append(r.facts, f) }

func (r *recorder) Child(m format.Meta, rd io.Reader) error {
	if r.read > 0 {
		rd = io.LimitReader(rd, r.read)
	}
	data, err := io.ReadAll(rd)
	r.bytes += len(data)
	r.children = append(r.children, m.Name+": "+string(data))
	return errors.Join(err, r.err)
}

func unpack(t testing.TB, data []byte, r *recorder) *recorder {
	t.Helper()
	if err := uuencode.Unpack(context.Background(), input.Bytes(data), limit.New(limit.Limits{}, nil), r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		in    string
		want  []string
		facts []format.Fact
	}{
		{"one block", "begin 644 cat.txt\n#0V%T\n#0V%T\n`\nend\n", []string{"cat.txt: CatCat"}, nil},
		{"CR LF line ends", "begin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n", []string{"cat.txt: Cat"}, nil},
		{"a missing end is reported", "begin 644 cat.txt\n#0V%T\n", []string{"cat.txt: Cat"}, []format.Fact{format.Truncated}},
		{"an empty line ends a block", "begin 644 cat.txt\n#0V%T\n\n#0V%T\n", []string{"cat.txt: Cat"}, nil},
		{"every block counts", "begin 644 a\n#0V%T\nend\ntext\nbegin 600 b\n#0V%T\nend\n", []string{"a: Cat", "b: Cat"}, nil},
		{"a header may end the block before it", "begin 644 a\n#0V%T\nbegin 600 b\n#0V%T\nend\n", []string{"a: Cat", "b: Cat"}, nil},
		{"other text has no blocks", "begin the day\n", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := unpack(t, []byte(tt.in), &recorder{})
			if diff := cmp.Diff(tt.want, got.children); diff != "" {
				t.Errorf("children (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.facts, got.facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestABlockNeedNotBeReadWhole(t *testing.T) {
	t.Parallel()
	got := unpack(t, []byte("begin 644 a\n#0V%T\n#0V%T\nend\nbegin 600 b\n#0V%T\nend\n"), &recorder{read: 2})
	if diff := cmp.Diff([]string{"a: Ca", "b: Ca"}, got.children); diff != "" {
		t.Errorf("children (-want +got):\n%s", diff)
	}
}

func TestStopsAreHandedOn(t *testing.T) {
	t.Parallel()
	in := input.Bytes([]byte("begin 644 a\n#0V%T\nend\n"))
	err := uuencode.Unpack(context.Background(), in, limit.New(limit.Limits{}, nil), &recorder{err: limit.ErrStop})
	if !errors.Is(err, limit.ErrStop) {
		t.Errorf("sink: error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := uuencode.Unpack(ctx, in, limit.New(limit.Limits{}, nil), &recorder{}); !errors.Is(err, limit.ErrStop) {
		t.Errorf("context: error %v", err)
	}
}

func TestALargeFileComesThrough(t *testing.T) {
	t.Parallel()
	const n = 50000
	got := unpack(t, []byte("begin 644 a\n"+strings.Repeat("#0V%T\n", n)+"end\n"), &recorder{})
	if len(got.children) != 1 || got.children[0] != "a: "+strings.Repeat("Cat", n) {
		t.Error("the data did not come through")
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte("begin 644 a\n#0V%T\nend\nbegin 600 b\n#0V%T\n"))
	f.Add([]byte("begin 644 a\r\n" + strings.Repeat("M", 70)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r := unpack(t, data, &recorder{}); r.bytes > 33*len(data) {
			t.Fatalf("%d bytes out of %d", r.bytes, len(data))
		}
	})
}
