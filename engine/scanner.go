package engine

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"gclam/engine/internal/input"
	"gclam/engine/internal/limit"
	"gclam/engine/internal/walk"
)

// ObjectInfo is what the caller knows about an object. The zero value is fine.
type ObjectInfo struct {
	Name string // used for file-name signatures and in reports
	Key  string // stable identity for the verdict cache; "" means content hash
}

// Scanner scans objects. It is safe for concurrent use.
type Scanner struct {
	e    *Engine
	o    Options
	lim  limit.Limits
	walk walk.Options
}

const defaultSpool = 64 * mib

func newScanner(e *Engine, o Options) *Scanner {
	if o.SpoolThreshold == 0 {
		o.SpoolThreshold = defaultSpool
	}
	p, h := o.Parse, o.Heuristics
	return &Scanner{e: e, o: o, lim: o.Limits.resolve(), walk: walk.Options{
		AllMatches: o.AllMatches, Log: o.Logger,
		Parse: walk.Parse{
			NoArchive: p.NoArchive, NoMail: p.NoMail, NoPE: p.NoPE, NoELF: p.NoELF, NoOLE2: p.NoOLE2, NoPDF: p.NoPDF,
			NoSWF: p.NoSWF, NoHTML: p.NoHTML, NoXMLDocs: p.NoXMLDocs, NoHWP3: p.NoHWP3, NoOneNote: p.NoOneNote,
			NoImage: p.NoImage, NoImageHash: p.NoImageHash, NoNormalize: p.NoNormalize, PartialMessage: p.PartialMessage,
		},
		Heuristics: walk.Heuristics{
			Off: h.Off, Precedence: h.Precedence, BrokenExecutables: h.BrokenExecutables, BrokenMedia: h.BrokenMedia,
			EncryptedArchive: h.EncryptedArchive, EncryptedDoc: h.EncryptedDoc, Macros: h.Macros, ExceedsMax: h.ExceedsMax,
			PhishingSSL: h.PhishingSSL, PhishingCloak: h.PhishingCloak, PartitionIntersection: h.PartitionIntersection,
			Structured: h.structured(),
		},
	}}
}

// Scan scans size bytes of r. r may be read from several goroutines and more
// than once.
//
// The error is non-nil only if the scan could not be carried out: r failed or
// ctx ended. Damaged, encrypted or oversized objects are not errors; see
// Result.Facts and Result.Limits. On error the Result still holds what was found.
func (s *Scanner) Scan(ctx context.Context, r io.ReaderAt, size int64, o ObjectInfo) (Result, error) {
	return s.scan(ctx, input.ReaderAt(r, size), o)
}

// ScanBytes is Scan over memory, which must not change until it returns.
func (s *Scanner) ScanBytes(ctx context.Context, b []byte, o ObjectInfo) (Result, error) {
	return s.scan(ctx, input.Bytes(b), o)
}

// ScanFile opens and scans a regular file. Anything else is an error.
func (s *Scanner) ScanFile(ctx context.Context, path string) (Result, error) {
	f, err := os.Open(path)
	if err != nil {
		return Result{}, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return Result{}, err
	}
	if !st.Mode().IsRegular() {
		return Result{}, fmt.Errorf("engine: %s is not a regular file", path)
	}
	return s.Scan(ctx, f, st.Size(), ObjectInfo{Name: filepath.Base(path)})
}

// ScanReader reads r to its end and scans what came; beyond
// Options.SpoolThreshold it spools to a temporary file.
func (s *Scanner) ScanReader(ctx context.Context, r io.Reader, o ObjectInfo) (Result, error) {
	var mem bytes.Buffer
	n, err := io.Copy(&mem, io.LimitReader(r, s.o.SpoolThreshold+1))
	if err != nil {
		return Result{}, err
	}
	if n <= s.o.SpoolThreshold {
		return s.ScanBytes(ctx, mem.Bytes(), o)
	}
	f, err := os.CreateTemp(s.o.TempDir, "gclam-*.tmp")
	if err != nil {
		return Result{}, err
	}
	defer func() {
		_ = f.Close()
		if !s.o.KeepTemp {
			_ = os.Remove(f.Name())
		}
	}()
	size, err := io.Copy(f, io.MultiReader(&mem, r))
	if err != nil {
		return Result{}, err
	}
	return s.Scan(ctx, f, size, o)
}

func (s *Scanner) scan(ctx context.Context, v input.View, o ObjectInfo) (Result, error) {
	if !s.e.refs.acquire() {
		return Result{}, ErrClosed
	}
	defer s.e.refs.done()
	wo := s.walk
	if s.o.Observer != nil {
		wo.Events = &events{o: s.o.Observer, e: s.e}
	}
	r, b, err := s.e.walker.Scan(ctx, v, o.Name, s.lim, wo)
	return s.result(r, b), err
}

// result translates the walk's outcome.
func (s *Scanner) result(r walk.Result, b *limit.Budget) Result {
	out := Result{Type: r.Type.String()}
	out.Objects, out.Scanned = b.Scanned()
	for i := range r.Alerts {
		out.Matches = append(out.Matches, s.e.match(&r.Alerts[i]))
	}
	if len(out.Matches) > 0 {
		out.Verdict = Infected
	}
	for _, l := range r.Limits {
		out.Limits = append(out.Limits, LimitHit{Name: l.Kind.String(), Path: l.Path})
	}
	for _, f := range r.Facts {
		out.Facts = append(out.Facts, Fact{What: f.What, Path: f.Path, Offset: f.Offset, Detail: f.Detail})
	}
	return out
}

func (e *Engine) match(a *walk.Alert) Match {
	m := Match{Name: a.Name, Path: a.Path, Offset: a.Offset, MD5: hex.EncodeToString(a.MD5), Size: a.Size}
	if src := e.db.Meta().Sources; a.Source >= 0 && a.Source < len(src) {
		m.Database = src[a.Source].Name
	}
	return m
}

// events passes the walk's events to an Observer.
type events struct {
	o       Observer
	e       *Engine
	entered []time.Time
}

func event(l walk.LayerInfo) ObjectEvent {
	return ObjectEvent{Path: l.Path, Type: l.Type.String(), Size: l.Size, Depth: l.Depth}
}

func (v *events) Enter(l walk.LayerInfo) {
	v.entered = append(v.entered, time.Now())
	v.o.Enter(event(l))
}

func (v *events) Leave(l walk.LayerInfo) {
	var d time.Duration
	if n := len(v.entered); n > 0 {
		d = time.Since(v.entered[n-1])
		v.entered = v.entered[:n-1]
	}
	v.o.Leave(event(l), d)
}

func (v *events) Alert(l walk.LayerInfo, a walk.Alert) { v.o.Match(event(l), v.e.match(&a)) }

func (v *events) Limit(path []string, k limit.Kind) {
	v.o.Limit(LimitHit{Name: k.String(), Path: path})
}

func (v *events) Panic(l walk.LayerInfo, value any, stack []byte) {
	v.o.Panic(event(l), value, stack)
}
