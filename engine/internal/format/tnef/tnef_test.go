package tnef_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gclam/engine/internal/format"
	"gclam/engine/internal/format/tnef"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// recorder writes down children as "name: content".
type recorder struct {
	children []string
	facts    []format.Fact
	bytes    int
	left     int // children wanted, 0 for all
}

func (r *recorder) Fact(f format.Fact, _ int64) { r.facts = append(r.facts, f) }

func (r *recorder) Child(m format.Meta, rd io.Reader) error {
	data, err := io.ReadAll(rd)
	if err != nil {
		return err
	}
	r.bytes += len(data)
	r.children = append(r.children, m.Name+": "+string(data))
	if r.left > 0 && len(r.children) >= r.left {
		return limit.ErrStop
	}
	return nil
}

func unpack(t testing.TB, data []byte) *recorder {
	t.Helper()
	r := &recorder{}
	if err := tnef.Unpack(context.Background(), input.Bytes(data), limit.New(limit.Limits{}, nil), r); err != nil {
		t.Fatal(err)
	}
	return r
}

// attr writes one attribute.
func attr(level byte, tag uint16, data string) string {
	b := []byte{level}
	b = binary.LittleEndian.AppendUint16(b, tag)
	b = binary.LittleEndian.AppendUint16(b, 6)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return string(append(b, data+"\x00\x00"...))
}

const (
	header   = "\x78\x9f\x3e\x22\x01\x00"
	render   = 0x9002
	title    = 0x8010
	content  = 0x800F
	props    = 0x9005
	ofAttach = 2
	ofMail   = 1
)

func file(name, data string) string {
	return attr(ofAttach, render, "x") + attr(ofAttach, title, name+"\x00") + attr(ofAttach, content, data)
}

// prop writes one binary property.
func prop(tag, value string) string {
	b := binary.LittleEndian.AppendUint32([]byte(tag), 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return string(b) + value + "\x00\x00\x00"[:(4-len(value)%4)%4]
}

func propStream(ps ...string) string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(ps)))
	for _, p := range ps {
		b = append(b, p...)
	}
	return string(b)
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	named := "\x1e\x00\x01\x80" + "0123456789abcdef" + "\x01\x00\x00\x00" + "\x05\x00\x00\x00n\x00m\x00\x00\x00\x00\x00" // a property with a name
	tests := []struct {
		name  string
		in    string
		want  []string
		facts []format.Fact
	}{
		{"one attachment", header + attr(ofMail, 0x9006, "v") + file("a b.txt", "hello"), []string{"a_b.txt: hello"}, nil},
		{"attachments in a row are separate", header + file("a", "one") + file("b", "two"), []string{"a: one", "b: two"}, nil},
		{"a second title begins an attachment without render data", header + attr(ofAttach, title, "a\x00") + attr(ofAttach, content, "one") + attr(ofAttach, title, "b\x00") + attr(ofAttach, content, "two"), []string{"a: one", "b: two"}, nil},
		{"data in pieces is joined", header + file("a", "one") + attr(ofAttach, content, "two"), []string{"a: onetwo"}, nil},
		{"the title may come last", header + attr(ofAttach, content, "one") + attr(ofAttach, title, "a\x00"), []string{"a: one"}, nil},
		{"an attachment without title has the name tnef", header + attr(ofAttach, content, "one"), []string{"tnef: one"}, nil},
		{"a message attribute ends an attachment", header + attr(ofAttach, content, "one") + attr(ofMail, 0x9006, "v") + attr(ofAttach, content, "two"), []string{"tnef: one", "tnef: two"}, nil},
		{"level zero ends the list", header + file("a", "one") + "\x00" + file("b", "two"), []string{"a: one"}, nil},
		{"an unknown level ends the list", header + file("a", "one") + "\x07" + file("b", "two"), []string{"a: one"}, []format.Fact{format.Damaged}},
		{"data cut off is kept", (header + file("a", "hello world"))[:len(header)+len(file("a", ""))+2], []string{"a: hell"}, []format.Fact{format.Truncated}},
		{"an object in the properties is found, with and without its identifier", header + attr(ofAttach, props, propStream(prop("\x03\x00\x0a\x0e", "")[:4]+"\x07\x00\x00\x00", prop("\x0d\x00\x01\x37", "0123456789abcdefOLE"))), []string{"tnef: 0123456789abcdefOLE", "tnef: OLE"}, nil},
		{"properties with names are stepped over", header + attr(ofAttach, props, propStream(named+"\x01\x00\x00\x00\x01\x00\x00\x00z\x00\x00\x00", prop("\x02\x01\x01\x37", "bin"))), []string{"tnef: bin"}, nil},
		{"a foreign file is damaged", "hello world", nil, []format.Fact{format.Damaged}},
		{"a length beyond the file is no trouble", header + "\x02\x0f\x80\x06\x00\xff\xff\xff\xffabc", []string{"tnef: abc"}, []format.Fact{format.Truncated}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := unpack(t, []byte(tt.in))
			if diff := cmp.Diff(tt.want, got.children); diff != "" {
				t.Errorf("children (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.facts, got.facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

func sample() []byte {
	return []byte(header + attr(ofMail, 0x9006, "v") + file("a", "one") + file("b", "two") + attr(ofAttach, props, propStream(prop("\x0d\x00\x01\x37", "0123456789abcdefOLE"))))
}

func TestUnpackEndsWhenTheSinkWantsNoMore(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 4; n++ {
		r := &recorder{left: n}
		err := tnef.Unpack(context.Background(), input.Bytes(sample()), limit.New(limit.Limits{}, nil), r)
		if !errors.Is(err, limit.ErrStop) || len(r.children) != n {
			t.Errorf("error %v behind %d children, want ErrStop behind %d", err, len(r.children), n)
		}
	}
}

// check fails when more comes out than can be inside: objects are handed over
// twice.
func check(t *testing.T, data []byte) {
	t.Helper()
	if r := unpack(t, data); r.bytes > 2*len(data) {
		t.Fatalf("%d bytes out of %d", r.bytes, len(data))
	}
}

func TestCutsAndChangedBitsDoNoHarm(t *testing.T) {
	t.Parallel()
	s := sample()
	for i := range s {
		check(t, s[:i])
		for _, bit := range []byte{1, 0x10, 0x80} {
			s[i] ^= bit
			check(t, s)
			s[i] ^= bit
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(sample())
	f.Add([]byte(header + "\x02\x0f\x80\x06\x00\xff\xff\xff\xffabc"))
	f.Add(bytes.Repeat([]byte("\x02"), 200))
	f.Fuzz(check)
}
