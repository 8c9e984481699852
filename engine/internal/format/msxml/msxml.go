package msxml

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/base64"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/codec/xmltoken"
	"gclam/engine/internal/codec/zlib"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// maxDocument bounds a document, in bytes; the rest is not looked at.
const maxDocument = 256 << 20

// checkEvery is the number of tokens between two looks at the budget.
const checkEvery = 256

// content tells what the text of an element is.
type content uint8

const (
	other content = iota
	blob          // base64
	script
)

// Unpack implements format.Unpacker for documents of Word and Excel.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, b: b, out: out, name: "name", elements: map[string]content{"bindata": blob, "binarydata": blob}}
	return u.document(in)
}

// UnpackHWP implements format.Unpacker for documents of Hangul (HWPML).
func UnpackHWP(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	u := &unpacker{ctx: ctx, b: b, out: out, name: "Id", elements: map[string]content{
		"bindata": blob, "scriptheader": script, "scriptsource": script,
	}}
	return u.document(in)
}

type unpacker struct {
	ctx      context.Context
	b        *limit.Budget
	out      format.Sink
	elements map[string]content // by name in lower case
	name     string             // attribute that names a blob

	open  xmltoken.Token // the element being read
	what  content
	parts [][]byte
	size  int64
}

func (u *unpacker) document(in input.View) error {
	doc, err := in.Window(0, maxDocument)
	if err != nil {
		return err
	}
	if utf8 := xmltoken.UTF8(doc); len(utf8) != len(doc) {
		if !u.b.Grant(int64(cap(utf8))) {
			return nil
		}
		defer u.b.Release(int64(cap(utf8)))
		doc = utf8
	}
	s := xmltoken.New(doc)
	for n := 0; ; n++ {
		if n%checkEvery == 0 {
			if err := u.b.Check(u.ctx); err != nil {
				return err
			}
		}
		t, ok := s.Next()
		if !ok {
			break
		}
		if err := u.token(t); err != nil {
			return err
		}
	}
	if u.what != other {
		u.out.Fact(format.Truncated, in.Size())
	}
	return u.close()
}

func (u *unpacker) token(t xmltoken.Token) error {
	switch t.Kind {
	case xmltoken.Text:
		if u.what != other {
			u.parts = append(u.parts, t.Text)
			u.size += int64(len(t.Text))
		}
		return nil
	case xmltoken.End:
		if u.what != other && strings.EqualFold(t.Name, u.open.Name) {
			return u.close()
		}
		return nil
	}
	if what := u.elements[strings.ToLower(t.Name)]; what != other && !t.Empty {
		if err := u.close(); err != nil {
			return err
		}
		u.open, u.what = t, what
	}
	return nil
}

// close hands over the element that was read.
func (u *unpacker) close() error {
	what, parts, size := u.what, u.parts, u.size
	u.what, u.parts, u.size = other, nil, 0
	if what == other || size == 0 {
		return nil
	}
	if !u.b.Grant(size) {
		u.out.Fact(format.Skipped, int64(u.open.From))
		return nil
	}
	defer u.b.Release(size)
	if what == script {
		return u.child("script", []byte(xmltoken.Unescape(bytes.Join(parts, nil))))
	}
	var d base64.Decoder
	data := make([]byte, 0, size*3/4)
	for _, p := range parts {
		data = d.Line(data, p)
	}
	data = d.Flush(data)
	name := u.label()
	if packed, _ := u.open.Attr("Compress"); strings.EqualFold(packed, "true") {
		return u.packed(name, data)
	}
	if err := u.child(name, data); err != nil {
		return err
	}
	return u.activeMime(name, data)
}

// label returns the attribute that names an element, whatever its prefix.
func (u *unpacker) label() string {
	for _, n := range []string{u.name, "w:" + u.name, "pkg:" + u.name} {
		if v, ok := u.open.Attr(n); ok {
			return v
		}
	}
	return ""
}

func (u *unpacker) child(name string, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	return u.out.Child(meta(name, int64(len(data))), input.Bytes(data).Reader())
}

func meta(name string, size int64) format.Meta {
	return format.Meta{Name: name, CompressedSize: -1, Size: size, NoMeta: true}
}

// packed inflates a blob: raw deflate, or zlib, which some writers produce. What
// is neither is handed over as it is.
func (u *unpacker) packed(name string, data []byte) error {
	src := func() io.Reader { return codec.Source(u.ctx, u.b, bytes.NewReader(data)) }
	n, err := u.inflate(name, flate.NewReader(src()))
	if err != nil || n > 0 {
		return err
	}
	if n, err = u.inflate(name, zlib.NewReader(src())); err != nil || n > 0 {
		return err
	}
	return u.child(name, data)
}

// inflate hands over a decoder's output and returns how much there was.
func (u *unpacker) inflate(name string, r io.Reader) (int64, error) {
	g := codec.Guard(u.ctx, u.b, r)
	if err := u.out.Child(meta(name, -1), codec.Cut(u.b, g)); err != nil {
		return 0, err
	}
	switch err := g.Err(); {
	case errors.Is(err, limit.ErrStop):
		return 0, limit.ErrStop
	case err != nil:
		u.out.Fact(format.Damaged, int64(u.open.From))
	}
	return g.Count(), nil
}

// An ActiveMime blob: a header, whose length varies, before zlib data.
const (
	activeMime     = "ActiveMime"
	maxActiveMime  = 256 // bytes in which the data must begin
	zlibCompressed = 0x78
)

func (u *unpacker) activeMime(name string, b []byte) error {
	if !bytes.HasPrefix(b, []byte(activeMime)) {
		return nil
	}
	for i := len(activeMime); i+1 < min(len(b), maxActiveMime); i++ {
		if b[i] != zlibCompressed || (uint(b[i])<<8|uint(b[i+1]))%31 != 0 {
			continue
		}
		n, err := u.inflate(name, zlib.NewReader(codec.Source(u.ctx, u.b, bytes.NewReader(b[i:]))))
		if err != nil || n > 0 {
			return err
		}
	}
	return nil
}
