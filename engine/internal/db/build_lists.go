package db

import (
	"bytes"
	"slices"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/sig"
)

// Container implements sig.Sink.
func (b *Builder) Container(r *sig.Container) error {
	b.lists.Containers = append(b.lists.Containers, *r)
	return nil
}

// Icon implements sig.Sink.
func (b *Builder) Icon(r *sig.Icon) error {
	b.lists.Icons = append(b.lists.Icons, *r)
	return nil
}

// Magic implements sig.Sink: patterns go with the generic body signatures, the
// fixed kinds into a list.
func (b *Builder) Magic(r *sig.Magic) error {
	if r.Kind == sig.MagicPattern {
		return b.addBody(r.Name, cltype.TargetAny, r.Offset, r.Pattern, bodyExtra{isType: true, required: r.Required, kind: r.Type})
	}
	m := *r
	m.Bytes, m.Pattern = bytes.Clone(r.Bytes), nil
	b.lists.Magic = append(b.lists.Magic, m)
	return nil
}

// Feature implements sig.Sink; a later line overwrites an earlier one.
func (b *Builder) Feature(r *sig.Feature) error {
	b.meta.Features[r.Key] = r.Bits
	return nil
}

// Password implements sig.Sink.
func (b *Builder) Password(r *sig.Password) error {
	p := *r
	p.Password = bytes.Clone(r.Password)
	b.lists.Passwords = append(b.lists.Passwords, p)
	return nil
}

// Cert implements sig.Sink.
func (b *Builder) Cert(r *sig.Cert) error {
	c := *r
	c.Fields, c.Catalog = slices.Clone(r.Fields), bytes.Clone(r.Catalog)
	b.lists.Certs = append(b.lists.Certs, c)
	b.meta.Unsupported["certificate rules"]++
	return nil
}

// Phish implements sig.Sink.
func (b *Builder) Phish(r *sig.Phish) error {
	b.lists.Phish = append(b.lists.Phish, *r)
	b.meta.Unsupported["phishing URL rules"]++
	return nil
}

// Bytecode implements sig.Sink.
func (b *Builder) Bytecode(r *sig.Bytecode) error {
	b.lists.Bytecode = append(b.lists.Bytecode, BlobRef{r.Name, uint32(len(b.blobs.b)), uint32(len(r.Source)), r.Signed})
	b.blobs.b = append(b.blobs.b, r.Source...)
	b.meta.Unsupported["bytecode programs"]++
	return nil
}

// YARA implements sig.Sink.
func (b *Builder) YARA(r *sig.YARA) error {
	b.lists.YARA = append(b.lists.YARA, BlobRef{r.File, uint32(len(b.blobs.b)), uint32(len(r.Source)), false})
	b.blobs.b = append(b.blobs.b, r.Source...)
	b.meta.Unsupported["YARA rule files"]++
	return nil
}

// Suppress implements sig.Sink.
func (b *Builder) Suppress(r *sig.Suppress) error {
	b.lists.Suppress = append(b.lists.Suppress, r.Name)
	return nil
}
