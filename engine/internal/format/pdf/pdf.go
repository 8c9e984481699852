package pdf

import (
	"context"
	"io"

	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
)

// document is the state of one Unpack.
type document struct {
	ctx    context.Context
	budget *limit.Budget
	out    format.Sink
	in     input.View
	b      []byte

	objects []header
	order   []int32 // objects by number, made when first needed
	overlap int     // allowance: bytes that may be looked at more than once
	granted int64

	keys   *security // nil where nothing is encrypted
	images []int     // objects put off to the end
	unseen int64     // allowance: bytes that filters may give to other filters

	obfuscated bool
	locked     bool // encrypted with a password that is not known
	skipped    bool
	truncated  bool
}

// Caps of a file.
const (
	// overlapShare times the file's size, and overlapFloor bytes, may be looked
	// at more than once. A sound file needs next to nothing.
	overlapShare = 2
	overlapFloor = 64 << 10
	// unseenShare times the file's size, and unseenFloor bytes, may come out of
	// filters without being handed over: what other filters take, and attempts.
	unseenShare = 16
	unseenFloor = 256 << 20
	// objectsEvery is the number of objects between two looks at the budget.
	objectsEvery = 64
)

// Unpack hands over the streams and scripts of a PDF file.
func Unpack(ctx context.Context, in input.View, b *limit.Budget, out format.Sink) error {
	data, err := in.All()
	if err != nil {
		return err
	}
	d := &document{ctx: ctx, budget: b, out: out, in: in, b: data}
	d.unseen = unseenShare*in.Size() + unseenFloor
	d.overlap = overlapShare*len(data) + overlapFloor
	defer func() { b.Release(d.granted) }()
	if err := d.scan(); err != nil {
		return err
	}
	if err := d.unlock(); err != nil {
		return err
	}
	if err := d.contents(); err != nil {
		return err
	}
	d.facts()
	return nil
}

func (d *document) tick() error { return d.budget.Check(d.ctx) }

func (d *document) grant(n int64) bool {
	if !d.budget.Grant(n) {
		return false
	}
	d.granted += n
	return true
}

// facts reports what was seen once everything has been handed over: contents
// that a signature knows say more than these.
func (d *document) facts() {
	if d.truncated {
		d.out.Fact(format.Truncated, int64(len(d.b)))
	}
	if d.skipped {
		d.out.Fact(format.Skipped, -1)
	}
	if d.locked {
		d.out.Fact(format.Encrypted, -1)
	}
	if d.obfuscated {
		d.out.Fact(format.ObfuscatedPDFName, -1)
	}
}

// contents hands over what all objects hold. Images come last, so that their
// pixels use up no budget that other objects need.
func (d *document) contents() error {
	for i := range d.objects {
		if i%objectsEvery == 0 {
			if err := d.tick(); err != nil {
				return err
			}
		}
		if err := d.object(i); err != nil {
			return err
		}
	}
	for _, i := range d.images {
		o, err := d.parse(i)
		if err != nil {
			return err
		}
		if s, ok := d.locate(i, o); ok {
			if err := d.image(o, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// object hands over what one object holds.
func (d *document) object(i int) error {
	o, err := d.parse(i)
	if err != nil {
		return err
	}
	d.obfuscated = d.obfuscated || o.obfuscated
	h := d.objects[i]
	if err := d.scripts(o, h); err != nil {
		return err
	}
	s, ok := d.locate(i, o)
	switch {
	case !ok:
		return d.text(i, o)
	case o.subtype == "Image":
		d.images = append(d.images, i)
		return nil
	}
	return d.stream(o, s)
}

// child hands over bytes that were made here.
func (d *document) child(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	return d.emit(input.Bytes(b).Reader(), int64(len(b)))
}

func (d *document) emit(r io.Reader, size int64) error {
	return d.out.Child(format.Meta{CompressedSize: -1, Size: size, NoMeta: true}, r)
}
