package match

import (
	"strings"

	"gclam/engine/internal/db"
	"gclam/engine/internal/match/regex"
	"gclam/engine/internal/sig"
)

// CompileRegex compiles a PCRE subsignature with ClamAV's flag letters; letters
// that say how it is run (g, r, e) are ignored here.
func CompileRegex(pattern []byte, flags string) (*regex.Program, error) {
	return regex.Compile(pattern, regexFlags(flags))
}

func regexFlags(s string) regex.Flags {
	var f regex.Flags
	for _, x := range []struct {
		letter string
		flag   regex.Flags
	}{
		{"i", regex.Caseless},
		{"s", regex.DotAll},
		{"m", regex.Multiline},
		{"x", regex.Extended},
		{"A", regex.Anchored},
		{"E", regex.DollarEndOnly},
		{"U", regex.Ungreedy},
	} {
		if strings.Contains(s, x.letter) {
			f |= x.flag
		}
	}
	return f
}

// pcre runs a regular expression over the whole buffer if its trigger holds.
func (e *evaluation) pcre(sub *db.Sub, r *subState) {
	trigger, flags, text, ok := sub.PCRE()
	buf := e.p.obj.Buf
	if !ok || e.p.opt.PCRESize > 0 && int64(len(buf)) > e.p.opt.PCRESize {
		return
	}
	if !e.holds(trigger) {
		return
	}
	prog := e.p.m.regexOf(text, flags)
	if prog == nil {
		return
	}
	from, last, anchored := 0, len(buf), false
	if sub.Offset.Kind != sig.OffAny {
		w, ok := e.p.where(sub.Offset, e.l.TDB.Target, false)
		if !ok || w.Lo >= len(buf) {
			return
		}
		from = w.Lo
		switch {
		case sub.Offset.HasShift && strings.Contains(flags, "e"):
			buf = buf[:min(w.Hi, len(buf))]
		case sub.Offset.HasShift:
			last = w.Hi
		case !strings.Contains(flags, "r"):
			anchored = true
		}
	}
	e.runRegex(prog, buf, from, last, anchored, strings.Contains(flags, "g"), r)
}

// runRegex counts matches: all non-overlapping ones with global, else one. The
// first match must begin at or before last.
func (e *evaluation) runRegex(prog *regex.Program, buf []byte, from, last int, anchored, global bool, r *subState) {
	o := regex.RunOptions{Steps: e.p.opt.PCRESteps, Depth: e.p.opt.PCREDepth, Anchored: anchored, Check: e.p.opt.Check}
	for from <= len(buf) {
		start, end, ok, err := prog.Find(buf, from, o)
		if err != nil || !ok || r.count == 0 && start > last {
			return
		}
		if r.count == 0 {
			r.first = start
		}
		r.count++
		r.last = start
		if !global {
			return
		}
		from = end
		if end == start {
			from++
		}
	}
}
