package wide

import (
	"bytes"
	"testing"
)

func TestDetectAndConvert(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     Encoding
		ascii    string
	}{
		{"little-endian with a mark", "\xff\xfea\x00b\x00", UTF16LE, "ab"},
		{"big-endian with a mark", "\xfe\xff\x00a\x00b", UTF16BE, "ab"},
		{"little-endian XML without a mark", "<\x00?\x00x\x00", UTF16LE, "<?x"},
		{"big-endian HTML without a mark", "\x00<\x00h\x00t", UTF16BE, "<ht"},
		{"four bytes, little-endian", "\xff\xfe\x00\x00a\x00\x00\x00", UCS4LE, "a"},
		{"four bytes, big-endian", "\x00\x00\xfe\xff\x00\x00\x00a", UCS4BE, "a"},
		{"four bytes, order 2143", "\x00\x00\xff\xfe\x00\x00a\x00", UCS42143, "a"},
		{"four bytes, order 3412", "\xfe\xff\x00\x00\x00a\x00\x00", UCS43412, "a"},
		{"four bytes without a mark", "\x00\x00\x00<\x00\x00\x00h", UCS4BE, "<h"},
		{"a unit cut off is dropped", "\xff\xfea\x00b", UTF16LE, "a"},
		{"ASCII is not wide", "<html>", None, ""},
		{"nothing is not wide", "", None, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, mark := Detect([]byte(tt.in))
			if e != tt.want {
				t.Fatalf("encoding %d, want %d", e, tt.want)
			}
			if got := string(ASCII([]byte(tt.in)[mark:], e)); got != tt.ascii {
				t.Errorf("got %q, want %q", got, tt.ascii)
			}
		})
	}
}

func TestSqueeze(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\xff\xfe<\x00b\x00": "<b", "\xfe\xff\x00<\x00b": "<b", "<\x00b\x00": "<b", "\x00<\x00b": "<b", "x": "", "": "",
	} {
		if got := Squeeze([]byte(in)); !bytes.Equal(got, []byte(want)) {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func FuzzWide(f *testing.F) {
	f.Add([]byte("\xff\xfe<\x00h\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, mark := Detect(b)
		if n := len(ASCII(b[mark:], e)); 2*n > len(b) {
			t.Errorf("%d bytes from %d", n, len(b))
		}
		if n := len(Squeeze(b)); 2*n > len(b) {
			t.Errorf("squeezed %d bytes from %d", n, len(b))
		}
	})
}
