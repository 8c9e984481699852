package walk

import (
	"errors"
	"io"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/filetype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
	"gclam/engine/internal/match"
	"gclam/engine/internal/sig"
)

// sink is the format.Sink of one layer: it evaluates metadata rules and scans
// children as they come.
type sink struct {
	s *scan
	l *layer
}

var (
	_ format.Sink      = (*sink)(nil)
	_ format.Passwords = (*sink)(nil)
)

// Child implements format.Sink.
func (k *sink) Child(m format.Meta, r io.Reader) error {
	if !m.NoMeta {
		k.s.metadata(k.l, &m)
	}
	if k.s.stop() {
		return limit.ErrStop
	}
	if r == nil {
		return nil
	}
	if l := k.s.budget.Allowed(k.s.ctx, 0); l != limit.None {
		k.s.budget.Hit(l)
		return limit.ErrStop
	}
	hit := limit.None
	v, ok := k.read(&m, r)
	if ok {
		c := k.l.child(m.Name, v)
		if m.Type != "" {
			if t, ok := cltype.ParseShort(m.Type); ok {
				c.typ, c.forced = t, true
				// Text that a parser calls text is matched, not opened again: the
				// header block of a mail would be a mail without end.
				c.plain = t == cltype.TextASCII
				if t == cltype.PartAny {
					head, _ := v.Window(0, filetype.PartitionWindow)
					c.typ = k.s.w.types.Partition(head)
				}
			}
		}
		hit = k.s.push(c)
	}
	k.s.cur = k.l
	// A ZIP ends with the first member that exceeds MaxScanSize; other containers
	// go on with smaller ones (observed with clamscan 1.4.6).
	if k.s.stop() || hit == limit.ScanSize && isZIP(k.l.typ) {
		return limit.ErrStop
	}
	return nil
}

// read takes a child's bytes as far as limits allow.
func (k *sink) read(m *format.Meta, r io.Reader) (input.View, bool) {
	if vr, ok := r.(*input.Reader); ok {
		if v, fresh := vr.View(); fresh {
			return v, !k.l.repeated(v)
		}
	}
	most := k.s.budget.Limits().FileSize
	var buf growing
	_, err := io.Copy(&buf, limited(r, most))
	if int64(len(buf.b)) > most && most > 0 {
		k.s.budget.Hit(limit.FileSize)
		k.s.fact(k.l, string(format.Skipped), -1, "member "+m.Name+": "+limit.FileSize.String())
		if m.NoMeta { // a compressed stream is dropped, a member is cut
			return input.View{}, false
		}
		buf.b = buf.b[:most]
	}
	if err != nil && !errors.Is(err, limit.ErrStop) {
		k.s.fact(k.l, string(format.Damaged), -1, err.Error())
	}
	return input.Bytes(buf.b), len(buf.b) > 0
}

func limited(r io.Reader, most int64) io.Reader {
	if most <= 0 {
		return r
	}
	return io.LimitReader(r, most+1)
}

// growing collects bytes as they arrive.
type growing struct{ b []byte }

func (g *growing) Write(p []byte) (int, error) {
	g.b = append(g.b, p...)
	return len(p), nil
}

// Fact implements format.Sink.
func (k *sink) Fact(f format.Fact, off int64) {
	k.s.fact(k.l, string(f), off, "")
	k.s.judge(k.l, f)
}

// Passwords implements format.Passwords: the newest entry first, entries for
// any container last.
func (k *sink) Passwords(container string) [][]byte {
	t, _ := cltype.Parse(container)
	var own, any [][]byte
	for i := len(k.s.w.passwords) - 1; i >= 0; i-- {
		switch p := &k.s.w.passwords[i]; p.Container {
		case t:
			own = append(own, p.Password)
		case cltype.Any:
			any = append(any, p.Password)
		}
	}
	return append(own, any...)
}

// metadata evaluates container metadata signatures on a member's header. ZIP has
// every header twice, in the central directory and before the member, and
// ClamAV reports both where all matches are wanted.
func (s *scan) metadata(l *layer, m *format.Meta) {
	s.metadataOnce(l, m)
	if s.opt.AllMatches && !l.window && isZIP(l.typ) {
		s.metadataOnce(l, m)
	}
}

func (s *scan) metadataOnce(l *layer, m *format.Meta) {
	for i := range s.w.containers {
		r := &s.w.containers[i]
		if !r.matches(l, m) {
			continue
		}
		s.alert(l, match.Hit{Name: r.Name, Source: -1, Offset: -1})
		if s.done || !s.opt.AllMatches {
			return
		}
	}
}

func (r *containerRule) matches(l *layer, m *format.Meta) bool {
	if r.Type != cltype.Any && r.Type != l.typ {
		return false
	}
	if !inRange(r.Size, l.size) || !inRange(r.Packed, m.CompressedSize) || !inRange(r.Real, m.Size) || !inRange(r.Position, int64(m.Position)) {
		return false
	}
	if r.Encrypted >= 0 && (r.Encrypted != 0) != m.Encrypted {
		return false
	}
	if r.HasCRC && (!m.HasCRC || m.CRC32 != r.CRC32) {
		return false
	}
	return r.re == nil || r.re.MatchString(m.Name)
}

// inRange is a single value, or a range in which a bound of zero is no bound.
func inRange(r sig.Range, v int64) bool {
	if !r.Set {
		return true
	}
	if r.Min == r.Max {
		return v == int64(r.Min)
	}
	return (r.Min == 0 || v >= int64(r.Min)) && (r.Max == 0 || v <= int64(r.Max))
}
