package match

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/exe"
	"gclam/engine/internal/sig"
)

// Object is one buffer to match and what is known about it.
type Object struct {
	Buf     []byte
	Target  cltype.Target // its own target besides the generic one; TargetAny for none
	Generic bool          // match the signatures of target 0 too
	Digests *Digests      // of the whole layer; nil leaves hash signatures out
	Size    int64         // what FileSize conditions see; 0 means len(Buf)

	Exe *exe.Facts // layout of an executable; nil if it is none or did not parse
	// Containers are the types of the enclosing layers, innermost first.
	Containers []cltype.Type

	// Flat marks a buffer without a layout of its own, such as the normalised form
	// of a text: offsets relative to its end or structure never match.
	Flat bool

	// Recognise runs the file type patterns; Type is the layer's own type.
	Recognise bool
	Type      cltype.Type

	// ImageHash returns the perceptual hash of an image; nil if it is none.
	ImageHash func() (hash [8]byte, ok bool)
	// Icons tells whether the executable's icons belong to the groups; nil means no.
	Icons func(group1, group2 string) bool
}

// Hit is a signature that fired.
type Hit struct {
	Name   string
	Source int   // index in Meta.Sources
	Offset int64 // in the buffer, -1 if not applicable
	// Handler asks for a rescan of the object as another type before the alert.
	Handler    cltype.Type
	HasHandler bool
}

// TypeFound is a file type pattern that matched.
type TypeFound struct {
	Type   cltype.Type
	Offset int
}

// Digests computes the hashes of a buffer on demand. Not safe for concurrent use.
type Digests struct {
	buf  []byte
	done [3]bool
	sum  [3][32]byte
}

// NewDigests prepares the hashes of buf.
func NewDigests(buf []byte) *Digests { return &Digests{buf: buf} }

// Size is the length of the buffer.
func (d *Digests) Size() int64 { return int64(len(d.buf)) }

// Sum returns the digest of one kind.
func (d *Digests) Sum(k sig.HashKind) []byte {
	if !d.done[k] {
		d.done[k] = true
		switch k {
		case sig.MD5:
			s := md5.Sum(d.buf)
			copy(d.sum[k][:], s[:])
		case sig.SHA1:
			s := sha1.Sum(d.buf)
			copy(d.sum[k][:], s[:])
		case sig.SHA256:
			d.sum[k] = sha256.Sum256(d.buf)
		}
	}
	return d.sum[k][:k.Size()]
}
