package lines_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine/internal/codec/lines"
	"gclam/engine/internal/input"
)

// read returns the lines as "text@off-stop-end" with + before a continuation and
// behind a cut.
func read(v input.View, off, end int64) []string {
	var got []string
	r := lines.New(v, off, end)
	for {
		l, ok := r.Next()
		if !ok {
			return got
		}
		s := fmt.Sprintf("%s@%d-%d-%d", l.Text, l.Off, l.Stop, l.End)
		if l.Cont {
			s = "+" + s
		}
		if l.Cut {
			s += "+"
		}
		got = append(got, s)
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	x := strings.Repeat("x", lines.MaxLine)
	tests := []struct {
		name, in string
		want     []string
	}{
		{"no bytes are no lines", "", nil},
		{"a last line needs no end", "a\nb", []string{"a@0-1-2", "b@2-3-3"}},
		{"all CRs before the LF belong to the line end", "a\r\r\n\r\nb\rc\n", []string{"a@0-1-4", "@4-4-6", "b\rc@6-9-10"}},
		{"CR alone ends lines where there is no LF", "a\rb\r", []string{"a@0-1-2", "b@2-3-4"}},
		{"NUL bytes are left out", "\x00a\x00b\n", []string{"ab@0-4-5"}},
		{"a line of the greatest length is whole", x + "\n", []string{x + "@0-1000-1001"}},
		{"a longer one comes in pieces", x + "y\nz", []string{x + "@0-1000-1000+", "+y@1000-1001-1002", "z@1002-1003-1003"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			size := int64(len(tt.in))
			if diff := cmp.Diff(tt.want, read(input.Bytes([]byte(tt.in)), 0, size)); diff != "" {
				t.Errorf("memory (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, read(input.ReaderAt(strings.NewReader(tt.in), size), 0, size)); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFewLFsAmongManyCRsDoNotEndLines(t *testing.T) {
	t.Parallel()
	s := strings.Repeat("a\r", 20) + "b\r\nc\nd\r"
	got := read(input.Bytes([]byte(s)), 0, int64(len(s)))
	want := []string{"a@38-39-40", "b@40-41-43", "c\nd@43-46-47"}
	if diff := cmp.Diff(want, got[len(got)-3:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestARangeIsKeptTo(t *testing.T) {
	t.Parallel()
	v := input.Bytes([]byte("aa\nbb\ncc\n"))
	if diff := cmp.Diff([]string{"a@1-2-3", "b@3-4-4"}, read(v, 1, 4)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := read(v, -5, 99); len(got) != 3 {
		t.Errorf("a range beyond the object: %q", got)
	}
}

func TestRewind(t *testing.T) {
	t.Parallel()
	s := strings.Repeat("0123456789\n", 20000) // more than a window
	r := lines.New(input.ReaderAt(strings.NewReader(s), int64(len(s))), 0, int64(len(s)))
	for range 15000 {
		r.Next()
	}
	r.Rewind(11)
	if l, ok := r.Next(); !ok || l.Off != 11 || string(l.Text) != "0123456789" {
		t.Errorf("got %q at %d", l.Text, l.Off)
	}
	if r.Offset() != 22 {
		t.Errorf("offset %d", r.Offset())
	}
}

// broken fails behind some bytes.
type broken struct{ good int64 }

var errBroken = errors.New("broken disk")

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.good {
		return 0, errBroken
	}
	return len(p), nil
}

func TestAReadErrorEndsTheLines(t *testing.T) {
	t.Parallel()
	r := lines.New(input.ReaderAt(broken{70 << 10}, 1<<20), 0, 1<<20)
	for {
		if _, ok := r.Next(); !ok {
			break
		}
	}
	if !errors.Is(r.Err(), errBroken) {
		t.Errorf("error %v", r.Err())
	}
}

func FuzzNext(f *testing.F) {
	f.Add([]byte("a\r\nb\x00\n"))
	f.Add([]byte(strings.Repeat("x", 2100)))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := lines.New(input.Bytes(in), 0, int64(len(in)))
		var pos int64
		for {
			l, ok := r.Next()
			if !ok {
				break
			}
			if l.Off != pos || l.End <= l.Off || l.Stop < l.Off || l.Stop > l.End || len(l.Text) > lines.MaxLine {
				t.Fatalf("line %d-%d-%d behind %d", l.Off, l.Stop, l.End, pos)
			}
			pos = l.End
		}
		if pos != int64(len(in)) {
			t.Fatalf("ended at %d of %d: %v", pos, len(in), io.EOF)
		}
	})
}
