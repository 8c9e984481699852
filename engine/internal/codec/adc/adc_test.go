package adc_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/adc"
)

func TestItemsOfAllKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   string
		want string
		err  error
	}{
		{"nothing", "", "", nil},
		{"literals", "\x82abc", "abc", nil},
		{"a short match", "\x82abc\x04\x02", "abcabca", nil},
		{"a short match over itself", "\x80a\x3c\x00", strings.Repeat("a", 19), nil},
		{"a long match", "\x82abc\x7f\x00\x02", "abc" + strings.Repeat("abc", 23)[:67], nil},
		{"a match before the start", "\x80a\x00\x05", "a", codec.ErrCorrupt},
		{"cut in literals", "\x84abc", "abc", io.ErrUnexpectedEOF},
		{"cut in a short match", "\x80a\x00", "a", io.ErrUnexpectedEOF},
		{"cut in a long match", "\x80a\x40\x00", "a", io.ErrUnexpectedEOF},
	} {
		got, err := io.ReadAll(adc.NewReader(strings.NewReader(c.in), nil))
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: got %q, %v; want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestDistancesOf64KiB(t *testing.T) {
	t.Parallel()
	var in, want bytes.Buffer
	for i := range 512 {
		run := bytes.Repeat([]byte{byte(i), byte(i >> 3)}, 64)
		in.WriteByte(0xff)
		in.Write(run)
		want.Write(run)
	}
	in.WriteString("\x7f\xff\xff")
	want.Write(want.Bytes()[:67])
	got, err := io.ReadAll(adc.NewReader(&in, nil))
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%d bytes of %d, error %v", len(got), want.Len(), err)
	}
}

// TestTheLargestExpansion is as much as this format can blow up: 67 bytes for 3.
func TestTheLargestExpansionNeedsNoMemory(t *testing.T) {
	in := strings.NewReader("\x80a" + strings.Repeat("\x7f\x00\x00", 1<<20))
	n := testing.AllocsPerRun(1, func() {
		_, _ = in.Seek(0, io.SeekStart)
		got, err := io.Copy(io.Discard, adc.NewReader(in, nil))
		if got != 1+67<<20 || err != nil {
			t.Errorf("%d bytes, error %v", got, err)
		}
	})
	if n > 100 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzADC(f *testing.F) {
	f.Add([]byte("\x82abc\x04\x02\x7f\x00\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, _ := io.Copy(io.Discard, adc.NewReader(bytes.NewReader(b), nil))
		if n > 67*int64(len(b)) {
			t.Errorf("%d bytes from %d", n, len(b))
		}
	})
}
