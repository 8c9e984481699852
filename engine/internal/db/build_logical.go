package db

import (
	"encoding/binary"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/sig"
)

// Flags of a logical record.
const (
	lsigFileSize = 1 << iota
	lsigEntry
	lsigSections
	lsigContainer
	lsigHandler
)

// Logical implements sig.Sink.
//
// Record: name u64, expression u32, subsignatures u32 (first), u16 (count),
// target u8, flags u8, three ranges of two u32 each, container u8, handler u8,
// source u16, intermediates u32 (index in Lists.Types plus one), icon groups
// u32 and u32 (index in Lists.IconGroups plus one), bytecode u32 (plus one),
// order u32.
func (b *Builder) Logical(l *sig.Logical) error {
	rec := make([]byte, logicalSize)
	le := binary.LittleEndian
	le.PutUint64(rec, uint64(b.names.ref(l.Name)))
	put32(rec[8:], uint32(len(b.exprs)))
	b.exprs = appendExpr(b.exprs, l.Expr)
	put32(rec[12:], uint32(len(b.subs)/subSize))
	le.PutUint16(rec[16:], uint16(len(l.Subs)))
	rec[18] = byte(l.TDB.Target)
	rec[19] = tdbFlags(&l.TDB)
	for i, r := range []sig.Range{l.TDB.FileSize, l.TDB.EntryPoint, l.TDB.Sections} {
		put32(rec[20+8*i:], r.Min)
		put32(rec[24+8*i:], r.Max)
	}
	rec[44], rec[45] = byte(l.TDB.Container), byte(l.TDB.HandlerType)
	le.PutUint16(rec[46:], b.source())
	if len(l.TDB.Intermediates) > 0 {
		b.lists.Types = append(b.lists.Types, append([]cltype.Type(nil), l.TDB.Intermediates...))
		put32(rec[48:], uint32(len(b.lists.Types)))
	}
	put32(rec[52:], b.group(l.TDB.IconGroup1))
	put32(rec[56:], b.group(l.TDB.IconGroup2))
	put32(rec[60:], uint32(l.Bytecode+1))
	put32(rec[64:], b.order)
	b.order++
	for i := range l.Subs {
		if err := b.addSub(&l.Subs[i], l.TDB.Target); err != nil {
			return err
		}
	}
	index := uint32(len(b.logical) / logicalSize)
	b.logical = append(b.logical, rec...)
	b.anchorLogical(l, index)
	return nil
}

func tdbFlags(t *sig.TDB) byte {
	var f byte
	for bit, on := range []bool{t.FileSize.Set, t.EntryPoint.Set, t.Sections.Set, t.HasContainer, t.HasHandler} {
		if on {
			f |= 1 << bit
		}
	}
	return f
}

func (b *Builder) group(name string) uint32 {
	if name == "" {
		return 0
	}
	if i, ok := b.groups[name]; ok {
		return i
	}
	b.lists.IconGroups = append(b.lists.IconGroups, name)
	i := uint32(len(b.lists.IconGroups))
	b.groups[name] = i
	return i
}

// addSub writes a subsignature record: kind u8, patterns u8, offset (14 bytes),
// pattern indexes u32 and u32, blob u32 offset and u32 length, text u32 offset
// and u32 length.
func (b *Builder) addSub(s *sig.Subsig, target cltype.Target) error {
	if s.Kind == sig.SubPCRE && b.CheckRegex != nil {
		if err := b.CheckRegex(s.PCRE.Regex, s.PCRE.Flags); err != nil {
			return err
		}
	}
	rec := make([]byte, subSize)
	rec[0], rec[1] = byte(s.Kind), byte(len(s.Patterns))
	putOffset(rec[2:], s.Offset)
	for i, p := range s.Patterns {
		if i > 1 {
			break
		}
		idx, err := b.pattern(p)
		if err != nil {
			return err
		}
		put32(rec[16+4*i:], idx)
		b.noteTarget(target, p, s.Offset)
	}
	extra := subExtra(s)
	if len(extra) > 0 {
		put32(rec[24:], b.blobs.addString(string(extra)))
		put32(rec[28:], uint32(len(extra)))
	}
	b.subs = append(b.subs, rec...)
	return nil
}

// subExtra encodes what a special subsignature needs.
func subExtra(s *sig.Subsig) []byte {
	le := binary.LittleEndian
	switch s.Kind {
	case sig.SubMacro:
		out := le.AppendUint32(nil, s.Macro.Min)
		return append(le.AppendUint32(out, s.Macro.Max), s.Macro.Group)
	case sig.SubPCRE:
		expr := appendExpr(nil, s.PCRE.Trigger)
		out := le.AppendUint32(nil, uint32(len(expr)))
		out = append(out, expr...)
		out = append(out, byte(min(len(s.PCRE.Flags), 255)))
		out = append(out, s.PCRE.Flags[:min(len(s.PCRE.Flags), 255)]...)
		return append(out, s.PCRE.Regex...)
	case sig.SubByteCompare:
		return compareExtra(&s.Compare)
	case sig.SubFuzzyImage:
		return append([]byte(nil), s.Fuzzy[:]...)
	}
	return nil
}

func compareExtra(c *sig.ByteCompare) []byte {
	le := binary.LittleEndian
	var f byte
	for i, on := range []bool{c.Little, c.HasEndian, c.Exact} {
		if on {
			f |= 1 << i
		}
	}
	out := le.AppendUint32(nil, uint32(c.Ref))
	out = le.AppendUint64(out, uint64(c.Offset))
	out = append(out, c.Format, f)
	out = le.AppendUint32(out, c.Length)
	out = append(out, byte(len(c.Comparisons)))
	for _, x := range c.Comparisons {
		out = le.AppendUint64(append(out, x.Op), uint64(x.Value))
	}
	return out
}

// exprNode is the size of an expression node: op u8, comparison u8, has-Y u8,
// reserved u8, id u32, number u32, Y u32. Children follow their parent.
const exprNode = 16

func appendExpr(out []byte, e *sig.Expr) []byte {
	n := make([]byte, exprNode)
	n[0], n[1] = byte(e.Op), e.Cmp
	if e.HasY {
		n[2] = 1
	}
	put32(n[4:], uint32(e.ID))
	put32(n[8:], e.N)
	put32(n[12:], e.Y)
	out = append(out, n...)
	if e.Left != nil {
		out = appendExpr(out, e.Left)
	}
	if e.Right != nil {
		out = appendExpr(out, e.Right)
	}
	return out
}
