package onenote_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/formattest"
	"gclam/engine/internal/format/onenote"
)

var unpack = format.Func(onenote.Unpack)

// object is a file data object whose length field says size.
func object(data string, size uint64) []byte {
	b := []byte("\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac")
	b = binary.LittleEndian.AppendUint64(b, size)
	return append(append(b, make([]byte, 12)...), data...)
}

func section(objects ...[]byte) []byte {
	head := append([]byte("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"), make([]byte, 1008)...)
	return append(head, bytes.Join(objects, []byte("between the objects"))...)
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	far := bytes.Repeat([]byte{'x'}, 64<<10-1024-7) // the identifier lies across two windows
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"two", section(object("first", 5), object("second", 6)), "first|second"},
		{"across windows", section(append(far, object("far", 3)...)), "far"},
		{"cut", section(object("cut short", 100)), "cut short"},
		{"length without end", section(object("whole rest", 1<<63)), "whole rest"},
		{"a false length hides nothing", section(object("a", 1000), object("b", 1)), "a" + "between the objects" + string(object("b", 1)) + "|b"},
		{"empty", section(object("", 0)), ""},
		{"cut in the header", section(object("", 5))[:1024+30], ""},
		{"none", section(), ""},
	} {
		r := formattest.Run(unpack, c.in)
		var got []string
		for _, ch := range r.Children {
			got = append(got, string(ch.Data))
		}
		if s := strings.Join(got, "|"); s != c.want || r.Err != nil {
			t.Errorf("%s: got %q, want %q, error %v", c.name, s, c.want, r.Err)
		}
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	formattest.Damage(t, unpack, section(object("first", 5), object("second", 6)))
}

func FuzzUnpack(f *testing.F) {
	formattest.Fuzz(f, unpack, section(object("first", 5), object("second", 6)), section(object("cut", 1<<63)))
}
