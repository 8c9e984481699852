package db

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/sig"
)

// Record sizes of the image, in bytes.
const (
	bodySize    = 40
	logicalSize = 80
	subSize     = 40
	patternSize = 8
)

// Source describes one loaded database file.
type Source struct {
	Name       string    `json:"name"`
	Path       string    `json:"path"`
	Version    int       `json:"version,omitempty"`
	Built      time.Time `json:"built,omitzero"`
	Signatures int       `json:"signatures"`
	Level      int       `json:"level,omitempty"`
	Official   bool      `json:"official,omitempty"`
}

// Meta is what an image says about itself.
type Meta struct {
	Fingerprint string            `json:"fingerprint,omitempty"` // of sources and options
	Sources     []Source          `json:"sources"`
	Signatures  int               `json:"signatures"`
	MaxPattern  int               `json:"max_pattern"` // longest part in bytes
	Early       bool              `json:"early,omitempty"`
	MultiPart   []cltype.Target   `json:"multi_part,omitempty"` // targets with a pattern of several parts
	Relative    []cltype.Target   `json:"relative,omitempty"`   // targets with an offset relative to the layout
	Features    map[string]uint32 `json:"features,omitempty"`
	Unsupported map[string]int    `json:"unsupported,omitempty"`
	DailyIndex  int               `json:"daily"` // index of the daily container in Sources, -1 for none
}

// Lists holds the record kinds of which there are few.
type Lists struct {
	Magic      []sig.Magic     `json:"magic,omitempty"` // fixed and partition kinds, in load order
	Containers []sig.Container `json:"containers,omitempty"`
	Icons      []sig.Icon      `json:"icons,omitempty"`
	Passwords  []sig.Password  `json:"passwords,omitempty"`
	Certs      []sig.Cert      `json:"certs,omitempty"`
	Phish      []sig.Phish     `json:"phish,omitempty"`
	Bytecode   []BlobRef       `json:"bytecode,omitempty"`
	YARA       []BlobRef       `json:"yara,omitempty"`
	Suppress   []string        `json:"suppress,omitempty"`
	IconGroups []string        `json:"icon_groups,omitempty"`
	Types      [][]cltype.Type `json:"types,omitempty"` // Intermediates lists
	Macros     []MacroMember   `json:"macros,omitempty"`
}

// MacroMember is a body signature that belongs to a macro group; it never alerts
// by itself.
type MacroMember struct {
	Group  uint8         `json:"group"`
	Target cltype.Target `json:"target"`
	Body   uint32        `json:"body"`
}

// BlobRef is a named source text in the blob section.
type BlobRef struct {
	Name   string `json:"name"`
	Off    uint32 `json:"off"`
	Len    uint32 `json:"len"`
	Signed bool   `json:"signed,omitempty"`
}

// Builder compiles records into an image. It is a sig.Sink; not safe for
// concurrent use.
type Builder struct {
	meta     Meta
	lists    Lists
	strings  *blob
	blobs    *blob
	names    *nameTable
	programs *blob
	patterns []byte
	patIndex map[string]uint32
	body     []byte
	logical  []byte
	subs     []byte
	exprs    []byte
	anchors  []byte
	order    uint32
	tables   [cltype.TargetCount]tableBuilder
	always   [cltype.TargetCount][]uint32
	hashes   [4][3]hashBuilder
	groups   map[string]uint32

	// CheckRegex, if set, is asked about each regular expression; an error ends
	// the build.
	CheckRegex func(regex, flags string) error
}

var _ sig.Sink = (*Builder)(nil)

// NewBuilder returns an empty Builder.
func NewBuilder() *Builder {
	s := newBlob()
	return &Builder{
		meta:    Meta{Features: map[string]uint32{}, Unsupported: map[string]int{}, DailyIndex: -1},
		strings: s, blobs: newBlob(), names: newNameTable(s), programs: newBlob(),
		patIndex: map[string]uint32{}, groups: map[string]uint32{},
	}
}

// BeginSource starts a database; records that follow belong to it.
func (b *Builder) BeginSource(s Source) { b.meta.Sources = append(b.meta.Sources, s) }

// EndSource records how many signatures the current database gave. update, if
// not nil, may amend what was known at its beginning.
func (b *Builder) EndSource(signatures int, update func(*Source)) {
	if n := len(b.meta.Sources); n > 0 {
		s := &b.meta.Sources[n-1]
		s.Signatures = signatures
		if update != nil {
			update(s)
		}
	}
	b.meta.Signatures += signatures
}

// SetDaily marks the current source as the one that VERSION replies show.
func (b *Builder) SetDaily() { b.meta.DailyIndex = len(b.meta.Sources) - 1 }

func (b *Builder) source() uint16 { return uint16(max(len(b.meta.Sources)-1, 0)) }

var errTooManyParts = errors.New("db: pattern of more than 255 parts")

// pattern interns a pattern and returns its index.
func (b *Builder) pattern(p *sig.Pattern) (uint32, error) {
	if len(p.Parts) > maxParts {
		return 0, errTooManyParts
	}
	prog := encodeProgram(p)
	if i, ok := b.patIndex[string(prog)]; ok {
		return i, nil
	}
	i := uint32(len(b.patterns) / patternSize)
	b.patIndex[string(prog)] = i
	off := uint32(len(b.programs.b))
	b.programs.b = append(b.programs.b, prog...)
	le := binary.LittleEndian
	b.patterns = le.AppendUint32(b.patterns, off)
	b.patterns = le.AppendUint32(b.patterns, uint32(len(prog)))
	for j := range p.Parts {
		lo, hi := lengths(p.Parts[j].Elems)
		b.meta.MaxPattern = max(b.meta.MaxPattern, lo, hi)
	}
	return i, nil
}

// noteTarget remembers properties of the set of one target that ClamAV's
// behaviour depends on.
func (b *Builder) noteTarget(t cltype.Target, p *sig.Pattern, off sig.Offset) {
	if len(p.Parts) > 1 {
		b.meta.MultiPart = addTarget(b.meta.MultiPart, t)
	}
	switch off.Kind {
	case sig.OffAny, sig.OffAbsolute, sig.OffMacro:
	default:
		b.meta.Relative = addTarget(b.meta.Relative, t)
	}
}

func addTarget(list []cltype.Target, t cltype.Target) []cltype.Target {
	for _, x := range list {
		if x == t {
			return list
		}
	}
	return append(list, t)
}

// Body implements sig.Sink.
func (b *Builder) Body(r *sig.Body) error {
	if r.Early {
		b.meta.Early = true
	}
	return b.addBody(r.Name, r.Target, r.Offset, r.Pattern, bodyExtra{early: r.Early})
}

// bodyExtra is what a body record holds beyond a plain body signature.
type bodyExtra struct {
	early, isType  bool
	required, kind cltype.Type
}

// Flags of a body record.
const (
	bodyPlain = 1 << iota
	bodyType
	bodyEarly
)

func (b *Builder) addBody(name string, target cltype.Target, off sig.Offset, p *sig.Pattern, x bodyExtra) error {
	pat, err := b.pattern(p)
	if err != nil {
		return err
	}
	rec := make([]byte, bodySize)
	binary.LittleEndian.PutUint64(rec, uint64(b.names.ref(name)))
	put32(rec[8:], pat)
	rec[12] = byte(target)
	if p.Plain {
		rec[13] |= bodyPlain
	}
	if x.isType {
		rec[13] |= bodyType
	}
	if x.early {
		rec[13] |= bodyEarly
	}
	binary.LittleEndian.PutUint16(rec[14:], b.source())
	putOffset(rec[16:], off)
	rec[30], rec[31] = byte(x.required), byte(x.kind)
	put32(rec[32:], b.order)
	b.order++
	index := uint32(len(b.body) / bodySize)
	b.body = append(b.body, rec...)
	b.noteTarget(target, p, off)
	if off.Kind == sig.OffMacro {
		b.lists.Macros = append(b.lists.Macros, MacroMember{off.Group, target, index})
		return nil
	}
	b.anchorBody(target, p, index)
	return nil
}

// putOffset writes an offset into 14 bytes.
func putOffset(b []byte, o sig.Offset) {
	b[0] = byte(o.Kind)
	if o.HasShift {
		b[1] = 1
	}
	binary.LittleEndian.PutUint16(b[2:], o.Section)
	put32(b[4:], o.Value)
	put32(b[8:], o.Shift)
	b[12] = o.Group
}

func getOffset(b []byte) sig.Offset {
	le := binary.LittleEndian
	return sig.Offset{
		Kind: sig.OffsetKind(b[0]), HasShift: b[1] != 0, Section: le.Uint16(b[2:]),
		Value: le.Uint32(b[4:]), Shift: le.Uint32(b[8:]), Group: b[12],
	}
}

func put32(b []byte, v uint32) { binary.LittleEndian.PutUint32(b, v) }

// Finish writes the image. fingerprint identifies sources and options.
func (b *Builder) Finish(fingerprint string) ([]byte, error) {
	b.meta.Fingerprint = fingerprint
	meta, err := json.Marshal(b.meta)
	if err != nil {
		return nil, err
	}
	lists, err := json.Marshal(b.lists)
	if err != nil {
		return nil, err
	}
	s := map[sectionID][]byte{
		secMeta: meta, secLists: lists, secStrings: b.strings.b, secFamily: b.names.entries,
		secProgram: b.programs.b, secPattern: b.patterns, secBody: b.body, secLogical: b.logical,
		secSub: b.subs, secExpr: b.exprs, secAnchor: b.anchors, secBlobs: b.blobs.b,
	}
	order := []sectionID{
		secMeta, secLists, secStrings, secFamily, secProgram, secPattern, secBody, secLogical,
		secSub, secExpr, secAnchor, secBlobs,
	}
	for t := range b.tables {
		if enc := b.tables[t].encode(); enc != nil {
			id := secTable + sectionID(t)
			s[id], order = enc, append(order, id)
		}
		if len(b.always[t]) > 0 {
			id := secAlways + sectionID(t)
			s[id], order = u32s(b.always[t]), append(order, id)
		}
	}
	for use := range b.hashes {
		for kind := range b.hashes[use] {
			if enc := b.hashes[use][kind].encode(sig.HashKind(kind)); enc != nil {
				id := hashSection(sig.HashUse(use), sig.HashKind(kind))
				s[id], order = enc, append(order, id)
			}
		}
	}
	return assemble(order, s), nil
}

func u32s(v []uint32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, x)
	}
	return out
}
