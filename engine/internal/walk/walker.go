package walk

import (
	"context"
	"log/slog"

	"gclam/engine/internal/cltype"
	"gclam/engine/internal/db"
	"gclam/engine/internal/filetype"
	"gclam/engine/internal/format"
	"gclam/engine/internal/format/all"
	"gclam/engine/internal/heuristic"
	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
	"gclam/engine/internal/match"
	"gclam/engine/internal/match/regex"
	"gclam/engine/internal/sig"
	"gclam/engine/internal/verdict"
)

// Options shapes scans. The zero value opens everything and raises no alert
// that does not come from a signature.
type Options struct {
	AllMatches bool
	Parse      Parse
	Heuristics Heuristics
	Log        *slog.Logger
	Events     Events // may be nil
}

// Events is told about layers as they are scanned.
type Events interface {
	Enter(l LayerInfo)
	Leave(l LayerInfo)
	Alert(l LayerInfo, a Alert)
	Limit(path []string, k limit.Kind)
	Panic(l LayerInfo, value any, stack []byte)
}

// LayerInfo describes a layer to Events.
type LayerInfo struct {
	Path  []string
	Type  cltype.Type
	Size  int64
	Depth int
}

// Parse switches parsers off.
type Parse struct {
	NoArchive, NoMail, NoPE, NoELF, NoOLE2, NoPDF, NoSWF, NoHTML, NoXMLDocs,
	NoHWP3, NoOneNote, NoImage, NoImageHash, NoNormalize, PartialMessage bool
}

// Heuristics selects alerts that do not come from signatures.
type Heuristics struct {
	Off, Precedence, BrokenExecutables, BrokenMedia, EncryptedArchive, EncryptedDoc,
	Macros, ExceedsMax, PhishingSSL, PhishingCloak, PartitionIntersection bool

	Structured *heuristic.Structured // nil does not look for structured data
}

// Alert is a reported match.
type Alert struct {
	Name   string
	Source int // index in the database's list of sources, -1 if unknown or a heuristic
	Path   []string
	Offset int64
	MD5    []byte
	Size   int64
}

// Fact is something that was not looked at, or not in full.
type Fact struct {
	What   string
	Path   []string
	Offset int64
	Detail string
}

// LimitHit is a limit that was reached and where.
type LimitHit struct {
	Kind limit.Kind
	Path []string
}

// Result is the outcome of one scan.
type Result struct {
	Alerts []Alert
	Type   cltype.Type
	Facts  []Fact
	Limits []LimitHit
}

// Walker scans objects with one database. It is immutable and safe for
// concurrent use.
type Walker struct {
	db         *db.DB
	matcher    *match.Matcher
	types      *filetype.Table
	unpackers  map[cltype.Type]format.Unpacker
	containers []containerRule
	passwords  []sig.Password
	suppressed map[string]bool
	features   map[string]uint32
	relative   map[cltype.Target]bool
}

// containerRule is a container metadata signature with its compiled expression.
type containerRule struct {
	sig.Container
	re *regex.Program
}

// New prepares a Walker for an open database.
func New(d *db.DB) *Walker {
	lists := d.Lists()
	w := &Walker{
		db: d, matcher: match.New(d), unpackers: all.Unpackers(), passwords: lists.Passwords,
		suppressed: map[string]bool{}, features: d.Meta().Features, relative: map[cltype.Target]bool{},
	}
	for _, t := range d.Meta().Relative {
		w.relative[t] = true
	}
	for _, s := range lists.Suppress {
		w.suppressed[s] = true
	}
	var magics []filetype.Magic
	for _, m := range lists.Magic {
		magics = append(magics, filetype.Magic{At: m.At, Bytes: m.Bytes, Type: m.Type, Partition: m.Kind == sig.MagicPartition})
	}
	w.types = filetype.NewTable(magics)
	// The newest entry is tried first (observed with clamscan 1.4.6).
	for i := len(lists.Containers) - 1; i >= 0; i-- {
		r := containerRule{Container: lists.Containers[i]}
		if r.HasName {
			re, err := regex.CompilePOSIX(r.NameRegex)
			if err != nil {
				continue
			}
			r.re = re
		}
		w.containers = append(w.containers, r)
	}
	return w
}

// Scan scans one object. name may be empty. The error is an I/O error of the
// object itself or ctx's; the result then holds what was found so far.
func (w *Walker) Scan(ctx context.Context, in input.View, name string, lim limit.Limits, opt Options) (Result, *limit.Budget, error) {
	s := &scan{
		w: w, ctx: ctx, opt: opt, handled: map[handlerKey]bool{}, facts: map[string]bool{},
		alerts: verdict.Collector[Alert]{All: opt.AllMatches, Precedence: opt.Heuristics.Precedence},
	}
	s.budget = limit.New(lim, s.limitHit)
	top := &layer{view: in, name: name, path: []string{name}, size: in.Size()}
	s.cur = top
	if lim.FileSize > 0 && top.size > lim.FileSize { // tested before MaxScanSize here only
		s.budget.Hit(limit.FileSize)
		s.fact(top, string(format.Skipped), -1, limit.FileSize.String())
	} else {
		s.layer(top)
	}
	res := Result{Type: top.typ, Facts: s.factList, Limits: s.limits}
	for _, a := range s.alerts.Final() {
		res.Alerts = append(res.Alerts, a.Info)
	}
	if err := ctx.Err(); err != nil {
		return res, s.budget, err
	}
	return res, s.budget, s.err
}
