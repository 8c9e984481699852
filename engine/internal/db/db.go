package db

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/sig"
)

// DB is an open image. It is immutable and safe for concurrent use until Close.
type DB struct {
	raw      []byte
	unmap    func() error
	meta     Meta
	strings  []byte
	family   []byte
	programs []byte
	patterns []byte
	body     []byte
	logical  []byte
	subs     []byte
	exprs    []byte
	anchors  []byte
	blobs    []byte
	tables   [cltype.TargetCount]*Table
	always   [cltype.TargetCount][]byte
	hashes   [4][3]HashTable

	listsOnce sync.Once
	listsRaw  []byte
	lists     Lists
	decoded   []decodedProgram
}

// decodedProgram caches the parsed form of a pattern program.
type decodedProgram struct {
	once sync.Once
	p    Program
	ok   bool
}

// Open reads an image from memory, which must not change while the DB is used.
// The error wraps ErrImage.
func Open(raw []byte) (*DB, error) {
	im, err := parseImage(raw)
	if err != nil {
		return nil, err
	}
	d := &DB{
		raw: raw, strings: im.sections[secStrings], family: im.sections[secFamily],
		programs: im.sections[secProgram], patterns: im.sections[secPattern], body: im.sections[secBody],
		logical: im.sections[secLogical], subs: im.sections[secSub], exprs: im.sections[secExpr],
		anchors: im.sections[secAnchor], blobs: im.sections[secBlobs], listsRaw: im.sections[secLists],
	}
	if err := json.Unmarshal(im.sections[secMeta], &d.meta); err != nil {
		return nil, fmt.Errorf("%w: meta: %w", ErrImage, err)
	}
	for t := range d.tables {
		d.always[t] = im.sections[secAlways+sectionID(t)]
		if s := im.sections[secTable+sectionID(t)]; len(s) > 0 {
			tab, ok := parseTable(s)
			if !ok {
				return nil, fmt.Errorf("%w: literal table of target %d", ErrImage, t)
			}
			d.tables[t] = tab
		}
	}
	for use := range d.hashes {
		for kind := range d.hashes[use] {
			s := im.sections[hashSection(sig.HashUse(use), sig.HashKind(kind))]
			tab, ok := parseHashTable(s, sig.HashKind(kind).Size())
			if !ok {
				return nil, fmt.Errorf("%w: hash table %d/%d", ErrImage, use, kind)
			}
			d.hashes[use][kind] = tab
		}
	}
	d.decoded = make([]decodedProgram, len(d.patterns)/patternSize)
	return d, nil
}

// Close unmaps a mapped image. No scan may be using it.
func (d *DB) Close() error {
	if d.unmap == nil {
		return nil
	}
	u := d.unmap
	d.unmap = nil
	return u()
}

// Meta returns what the image says about itself; do not change it.
func (d *DB) Meta() *Meta { return &d.meta }

// Size returns the bytes of the image and whether they are mapped from a file.
func (d *DB) Size() (n int64, mapped bool) { return int64(len(d.raw)), d.unmap != nil }

// Lists returns the rare record kinds, decoded on first use.
func (d *DB) Lists() *Lists {
	d.listsOnce.Do(func() { _ = json.Unmarshal(d.listsRaw, &d.lists) })
	return &d.lists
}

// Blob returns a source text.
func (d *DB) Blob(r BlobRef) []byte { return clip(d.blobs, r.Off, r.Len) }

// HashTable returns the hash signatures of one use and kind.
func (d *DB) HashTable(use sig.HashUse, kind sig.HashKind) *HashTable { return &d.hashes[use][kind] }

// Table returns the literal table of a target, nil if it has none.
func (d *DB) Table(t cltype.Target) *Table { return d.tables[t] }

// Always calls fn for each logical signature of a target that has no necessary
// literal and must be evaluated on every buffer.
func (d *DB) Always(t cltype.Target, fn func(index uint32)) {
	for s := d.always[t]; len(s) >= 4; s = s[4:] {
		fn(binary.LittleEndian.Uint32(s))
	}
}

func (d *DB) text(off, n uint32) []byte { return clip(d.strings, off, n) }

func clip(b []byte, off, n uint32) []byte {
	if uint64(off)+uint64(n) > uint64(len(b)) {
		return nil
	}
	return b[off : off+n : off+n]
}

// AnchorRef is what a found literal stands for.
type AnchorRef struct {
	Kind   byte // AnchorBody or AnchorLogical
	Direct bool // the pattern begins Shift bytes before the window
	Index  uint32
	Shift  uint32
}

// Anchor returns anchor i.
func (d *DB) Anchor(i uint32) (AnchorRef, bool) {
	r := record(d.anchors, i, anchorSize)
	if r == nil {
		return AnchorRef{}, false
	}
	le := binary.LittleEndian
	return AnchorRef{Kind: r[0], Direct: r[1] != 0, Index: le.Uint32(r[4:]), Shift: le.Uint32(r[8:])}, true
}

// BodyCount is the number of body records.
func (d *DB) BodyCount() int { return len(d.body) / bodySize }

// LogicalCount is the number of logical records.
func (d *DB) LogicalCount() int { return len(d.logical) / logicalSize }

// Body is a body signature or a file type pattern.
type Body struct {
	Pattern  uint32
	Target   cltype.Target
	Plain    bool
	IsType   bool
	Source   int
	Offset   sig.Offset
	Required cltype.Type
	Type     cltype.Type
	Order    uint32
	name     nameRef
}

// Body returns record i; ok is false outside of the section.
func (d *DB) Body(i uint32) (Body, bool) {
	r := record(d.body, i, bodySize)
	if r == nil || r[12] >= byte(cltype.TargetCount) {
		return Body{}, false
	}
	le := binary.LittleEndian
	return Body{
		name: nameRef(le.Uint64(r)), Pattern: le.Uint32(r[8:]), Target: cltype.Target(r[12]),
		Plain: r[13]&bodyPlain != 0, IsType: r[13]&bodyType != 0, Source: int(le.Uint16(r[14:])),
		Offset: getOffset(r[16:30]), Required: cltype.Type(r[30]), Type: cltype.Type(r[31]), Order: le.Uint32(r[32:]),
	}, true
}

// BodyName returns the name of a body signature.
func (d *DB) BodyName(b *Body) string { return d.name(b.name) }

// Logical is a logical signature.
type Logical struct {
	TDB      sig.TDB // without Intermediates and icon groups
	Source   int
	Order    uint32
	Bytecode int // index in Lists.Bytecode, -1 for none
	SubCount int
	name     nameRef
	expr     uint32
	sub      uint32
	inter    uint32
	icons    [2]uint32
}

// Logical returns record i.
func (d *DB) Logical(i uint32) (Logical, bool) {
	r := record(d.logical, i, logicalSize)
	if r == nil || r[18] >= byte(cltype.TargetCount) {
		return Logical{}, false
	}
	le := binary.LittleEndian
	l := Logical{
		name: nameRef(le.Uint64(r)), expr: le.Uint32(r[8:]), sub: le.Uint32(r[12:]), SubCount: int(le.Uint16(r[16:])),
		Source: int(le.Uint16(r[46:])), inter: le.Uint32(r[48:]), icons: [2]uint32{le.Uint32(r[52:]), le.Uint32(r[56:])},
		Bytecode: int(le.Uint32(r[60:])) - 1, Order: le.Uint32(r[64:]),
	}
	f := r[19]
	rng := func(at int, bit byte) sig.Range {
		return sig.Range{Set: f&bit != 0, Min: le.Uint32(r[at:]), Max: le.Uint32(r[at+4:])}
	}
	l.TDB = sig.TDB{
		Target: cltype.Target(r[18]), FileSize: rng(20, lsigFileSize), EntryPoint: rng(28, lsigEntry),
		Sections: rng(36, lsigSections), Container: cltype.Type(r[44]), HasContainer: f&lsigContainer != 0,
		HandlerType: cltype.Type(r[45]), HasHandler: f&lsigHandler != 0,
	}
	return l, true
}

// LogicalName returns the name of a logical signature.
func (d *DB) LogicalName(l *Logical) string { return d.name(l.name) }

// Intermediates returns the container types that a signature asks for.
func (d *DB) Intermediates(l *Logical) []cltype.Type {
	lists := d.Lists()
	if l.inter == 0 || int(l.inter) > len(lists.Types) {
		return nil
	}
	return lists.Types[l.inter-1]
}

// IconGroups returns the icon groups that a signature asks for, "" for none.
func (d *DB) IconGroups(l *Logical) (g1, g2 string) {
	get := func(i uint32) string {
		if g := d.Lists().IconGroups; i > 0 && int(i) <= len(g) {
			return g[i-1]
		}
		return ""
	}
	if l.icons == [2]uint32{} {
		return "", ""
	}
	return get(l.icons[0]), get(l.icons[1])
}

// Program returns the decoded pattern i.
func (d *DB) Program(i uint32) (*Program, bool) {
	if int(i) >= len(d.decoded) {
		return nil, false
	}
	e := &d.decoded[i]
	e.once.Do(func() {
		r := record(d.patterns, i, patternSize)
		le := binary.LittleEndian
		e.p, e.ok = decodeProgram(clip(d.programs, le.Uint32(r), le.Uint32(r[4:])))
	})
	return &e.p, e.ok
}
