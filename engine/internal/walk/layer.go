package walk

import (
	"errors"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
	"gclam/engine/internal/match"
)

// layer is one object on the stack.
type layer struct {
	parent *layer
	view   input.View
	name   string
	path   []string // names from the outermost layer down to this one
	size   int64
	depth  int
	typ    cltype.Type
	forced bool // typ was imposed by the container
	// window marks a part of the parent's bytes found by recognition: it is not
	// typed, and embedded objects in it are not looked for.
	window bool
	// page marks a text in which HTML was found: it has HTML's normal forms only.
	page bool
	// plain marks an object that is matched as it is: no file types are looked for
	// in it and it has no normalised form.
	plain bool
	// normal marks a normalised view: transparent for Container conditions.
	normal bool
	// hashed marks a view that allow-lists see as an object of its own.
	hashed bool
	// given records the parts that were handed over, where two parsers lead to
	// the same ones.
	given   map[place]bool
	buf     []byte
	loaded  bool
	digests *match.Digests
	exe     *exe.Facts
	image   imageHash
}

// errChanged tells that a file became shorter while it was scanned.
var errChanged = errors.New("object changed while it was scanned")

// imageHash caches the perceptual hash of an image layer.
type imageHash struct {
	done, ok bool
	sum      [8]byte
}

// child makes the layer of an object inside l.
func (l *layer) child(name string, v input.View) *layer {
	path := make([]string, 0, len(l.path)+1)
	path = append(append(path, l.path...), name)
	return &layer{parent: l, view: v, name: name, path: path, size: v.Size(), depth: l.depth + 1}
}

// bytes loads the whole layer; views in memory cost nothing.
func (l *layer) bytes() ([]byte, error) {
	if l.loaded {
		return l.buf, nil
	}
	b, err := l.view.All()
	if err != nil {
		return b, err
	}
	if int64(len(b)) < l.size {
		return b, errChanged
	}
	l.buf, l.loaded = b, true
	l.view = input.Bytes(b)
	l.digests = match.NewDigests(b)
	return b, nil
}

// containers lists the types of the enclosing layers, innermost first;
// normalised views do not count.
func (l *layer) containers() []cltype.Type {
	for l.normal && l.parent != nil {
		l = l.parent // a view stands where the object it was made from stands
	}
	var out []cltype.Type
	for p := l.parent; p != nil; p = p.parent {
		if !p.normal {
			out = append(out, p.typ)
		}
	}
	return out
}

func (l *layer) info() LayerInfo {
	return LayerInfo{Path: l.path, Type: l.typ, Size: l.size, Depth: l.depth}
}
