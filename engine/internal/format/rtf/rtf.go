package rtf

import (
	"bytes"
	"context"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// Caps of a file.
const (
	// overlapShare times the file's size, and overlapFloor bytes, may be read
	// more than once.
	overlapShare = 2
	overlapFloor = 64 << 10
	// minPicture is the size from which on pictures and data stores are handed
	// over, in bytes; smaller ones hold nothing.
	minPicture = 32
	// minObject is the same for objects whose header makes no sense.
	minObject = 8
)

// word is a control word whose group holds data.
type word struct {
	name   string
	object bool
}

// words lists what is looked for.
var words = []word{{"objdata", true}, {"pict", false}, {"datastore", false}}

// document is the state of one Unpack.
type document struct {
	ctx     context.Context
	budget  *limit.Budget
	out     format.Sink
	b       []byte
	overlap int
	cut     bool // data ended before its group did
}

// Unpack hands over the objects of a rich text file.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	data, err := in.All()
	if err != nil {
		return err
	}
	d := &document{ctx: ctx, budget: b, out: out, b: data}
	d.overlap = overlapShare*len(data) + overlapFloor
	for pos, n := 0, 0; ; n++ {
		if n%1024 == 0 {
			if err := b.Check(ctx); err != nil {
				return err
			}
		}
		i := bytes.IndexByte(data[pos:], '\\')
		if i < 0 {
			break
		}
		pos += i + 1
		w, ok := wordAt(data[pos:])
		if !ok {
			continue
		}
		from := pos + len(w.name)
		if err := d.group(w, from, d.next(from)); err != nil {
			return err
		}
	}
	if d.cut {
		out.Fact(format.Truncated, int64(len(data)))
	}
	return nil
}

// wordAt returns the control word with data that b starts with.
func wordAt(b []byte) (word, bool) {
	for _, w := range words {
		if bytes.HasPrefix(b, []byte(w.name)) && (len(b) == len(w.name) || !letter(b[len(w.name)])) {
			return w, true
		}
	}
	return word{}, false
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// next is the place up to which the group at from may be read: the whole rest
// while the allowance lasts, else the next word with data.
func (d *document) next(from int) int {
	if d.overlap >= len(d.b)-from {
		return len(d.b)
	}
	return max(nextWord(d.b, from, len(d.b)), from+max(d.overlap, 0))
}

// nextWord is the place of the next control word with data in b[from:to], or to.
func nextWord(b []byte, from, to int) int {
	for from < to {
		i := bytes.IndexByte(b[from:to], '\\')
		if i < 0 {
			break
		}
		from += i + 1
		if _, ok := wordAt(b[from:to]); ok {
			return from - 1
		}
	}
	return to
}

// group hands over the data of one group. Reading it is free up to the next word
// with data; what lies behind that will be read once more and is charged.
func (d *document) group(w word, from, most int) error {
	end := groupEnd(d.b, from, most)
	d.cut = d.cut || end == len(d.b)
	size := int64(end - from)
	if !d.budget.Grant(2 * size) {
		d.out.Fact(format.Skipped, int64(from))
		return nil
	}
	defer d.budget.Release(2 * size)
	d.overlap -= end - nextWord(d.b, from, end)
	text := d.b[from:end]
	data := decode(text)
	if !w.object {
		if len(data) >= minPicture {
			return d.child(data)
		}
		return nil
	}
	if err := d.object(data); err != nil {
		return err
	}
	if plain := digits(text); !bytes.Equal(plain, data) {
		return d.object(plain)
	}
	return nil
}

// object hands over what an object holds, in the order of trust: the objects its
// headers describe, or else compound files, or else all of it.
func (d *document) object(b []byte) error {
	if err := d.budget.Check(d.ctx); err != nil {
		return err
	}
	parts, rest := objects(b)
	if len(parts) == 0 {
		if p, r := objects(shifted(b)); len(p) > 0 {
			parts, rest = p, r
		}
	}
	for _, p := range parts {
		if inner, ok := packaged(p); ok {
			p = inner
		}
		if err := d.child(p); err != nil {
			return err
		}
	}
	for _, c := range [][]byte{rest, shifted(rest)} {
		if n := bytes.Index(c, compound); n >= 0 {
			return d.child(c[n:])
		}
	}
	if len(parts) > 0 || len(b) < minObject {
		return nil
	}
	return d.child(b)
}

// compound is the magic of compound files. They are looked for where the headers
// do not lead.
var compound = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

func (d *document) child(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	n := int64(len(b))
	return d.out.Child(format.Meta{Size: n, CompressedSize: n, NoMeta: true}, input.Bytes(b).Reader())
}
