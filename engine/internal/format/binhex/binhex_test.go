package binhex_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/binhex"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// recorder writes down what children hold.
type recorder struct {
	children []string
	facts    []format.Fact
	bytes    int
	err      error
}

func (r *recorder) Fact(f format.Fact, _ int64) { r.facts = append(r.facts, f) }

func (r *recorder) Child(_ format.Meta, rd io.Reader) error {
	data, err := io.ReadAll(rd)
	r.bytes += len(data)
	r.children = append(r.children, string(data))
	return errors.Join(err, r.err)
}

func unpack(t testing.TB, data string) *recorder {
	t.Helper()
	r := &recorder{}
	if err := binhex.Unpack(context.Background(), input.Bytes([]byte(data)), limit.New(limit.Limits{}, nil), r); err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	banner   = "(This file must be converted with BinHex 4.0)\r\n\r\n"
	alphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
)

// encode writes two forks as BinHex text in lines of 64 characters.
func encode(data, rsrc string) string {
	raw := "\x03a.b\x00TEXT????\x00\x00"
	raw += string(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	raw += string(binary.BigEndian.AppendUint32(nil, uint32(len(rsrc))))
	raw += "\x00\x00" + data + "\x00\x00" + rsrc + "\x00\x00"
	return banner + text(strings.ReplaceAll(raw, "\x90", "\x90\x00"))
}

// text writes bytes six bits a character between colons.
func text(raw string) string {
	out := ":"
	acc, bits, col := uint32(0), 0, 1
	put := func(v uint32) {
		if out += string(alphabet[v&63]); col%64 == 63 {
			out += "\r\n"
		}
		col++
	}
	for _, c := range []byte(raw) {
		acc, bits = acc<<8|uint32(c), bits+8
		for bits >= 6 {
			bits -= 6
			put(acc >> bits)
		}
	}
	if bits > 0 {
		put(acc << (6 - bits))
	}
	return out + ":\r\n"
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	both := encode("data fork", "resource fork")
	tests := []struct {
		name  string
		in    string
		want  []string
		facts []format.Fact
	}{
		{"both forks are children", both, []string{"data fork", "resource fork"}, nil},
		{"a small fork is left out", encode("data", "resource fork"), []string{"resource fork"}, nil},
		{"runs are expanded", banner + text("\x00\x00TEXT????\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00a\x90\x06"), []string{"aaaaaa"}, []format.Fact{format.Truncated}},
		{"text in front does not matter", "hello\n" + both + "bye\n", []string{"data fork", "resource fork"}, nil},
		{"foreign characters are skipped and reported", strings.Replace(both, "\r\n:", "\r\n:~", 1), []string{"data fork", "resource fork"}, []format.Fact{format.Damaged}},
		{"a fork cut off is kept", both[:len(both)-12], []string{"data fork", "resour"}, []format.Fact{format.Truncated}},
		{"without data there is nothing", banner, nil, []format.Fact{format.Damaged}},
		{"a short header is reported", banner + ":!!!:", nil, []format.Fact{format.Truncated}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := unpack(t, tt.in)
			if strings.Contains(tt.name, "cut off") {
				// Where exactly the text ends inside the fork does not matter.
				if len(got.children) != 2 || !strings.HasPrefix("resource fork", got.children[1]) {
					t.Fatalf("children %q", got.children)
				}
				tt.want[1] = got.children[1]
			}
			if diff := cmp.Diff(tt.want, got.children); diff != "" {
				t.Errorf("children (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.facts, got.facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARunBombGivesNoMoreThanTheForkAnnounces(t *testing.T) {
	t.Parallel()
	head := "\x00\x00TEXT????\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00"
	got := unpack(t, banner+text(head+"a"+strings.Repeat("\x90\xff", 10000)))
	if got.bytes != 1<<20 {
		t.Errorf("%d bytes, want the 1 MiB of the header", got.bytes)
	}
}

func TestStopsAreHandedOn(t *testing.T) {
	t.Parallel()
	in := input.Bytes([]byte(encode("data fork", "")))
	err := binhex.Unpack(context.Background(), in, limit.New(limit.Limits{}, nil), &recorder{err: limit.ErrStop})
	if !errors.Is(err, limit.ErrStop) {
		t.Errorf("error %v, want ErrStop", err)
	}
}

// check fails when more comes out than run lengths allow.
func check(t *testing.T, data string) {
	t.Helper()
	if r := unpack(t, data); r.bytes > 192*len(data) {
		t.Fatalf("%d bytes out of %d", r.bytes, len(data))
	}
}

func TestCutsAndChangedBitsDoNoHarm(t *testing.T) {
	t.Parallel()
	s := []byte(encode("data fork", "resource fork"))
	for i := range s {
		check(t, string(s[:i]))
		for _, bit := range []byte{1, 0x10, 0x80} {
			s[i] ^= bit
			check(t, string(s))
			s[i] ^= bit
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(encode("data fork", "resource fork"))
	f.Add(banner + text("\x00\x00TEXT????\x00\x00\x00\x00\xff\x06\x00\x00\x00\x00\x00\x00a\x90\xff"))
	f.Fuzz(check)
}
