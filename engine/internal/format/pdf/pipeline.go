package pdf

import (
	"bufio"
	"bytes"
	"io"

	"gclam/engine/internal/codec"
	"gclam/engine/internal/codec/flate"
	"gclam/engine/internal/codec/zlib"
)

// stage is one filter of a pipeline.
type stage struct {
	kind  filterKind
	parms parms
}

// filterKind is a filter that changes data; the image codecs and Crypt pass it
// on as it is.
type filterKind uint8

const (
	filterPass filterKind = iota
	filterFlate
	filterLZW
	filterASCII85
	filterASCIIHex
	filterRunLength
)

// filterKinds lists the names of ISO 32000-2, tables 6 and 92.
var filterKinds = map[string]filterKind{
	"FlateDecode": filterFlate, "Fl": filterFlate,
	"LZWDecode": filterLZW, "LZW": filterLZW,
	"ASCII85Decode": filterASCII85, "A85": filterASCII85,
	"ASCIIHexDecode": filterASCIIHex, "AHx": filterASCIIHex,
	"RunLengthDecode": filterRunLength, "RL": filterRunLength,
}

// expands tells whether filters may give much more than they take, and none is
// an image codec whose data is handed over as it is.
func expands(fs []filter) bool {
	found := false
	for _, f := range fs {
		switch filterKinds[f.name] {
		case filterFlate, filterLZW, filterRunLength:
			found = true
		case filterPass:
			return false
		}
	}
	return found
}

// pipeline decodes one stream. Each open starts anew.
type pipeline struct {
	d      *document
	raw    []byte
	cipher func(io.Reader) io.Reader // nil where nothing is encrypted
	stages []stage

	undo   bool  // undo predictors
	start  start // of the first stage, if it is Flate
	broken bool  // what was handed over ended with an error
}

// start is where deflate data begins.
type start struct {
	skip     int  // bytes
	headless bool // there is no zlib header
}

func (d *document) pipeline(o *object, s extent) *pipeline {
	p := &pipeline{d: d, raw: d.b[s.from:s.to]}
	for i, f := range o.filters {
		p.stages = append(p.stages, stage{filterKinds[f.name], o.parm(i)})
	}
	if d.keys != nil {
		p.cipher = d.keys.stream(o, s)
	}
	return p
}

// decodes tells whether the output differs from the data in the file.
func (p *pipeline) decodes() bool {
	if p.cipher != nil {
		return true
	}
	for _, s := range p.stages {
		if s.kind != filterPass {
			return true
		}
	}
	return false
}

// predicted tells whether there is a predictor to undo.
func (p *pipeline) predicted() bool {
	for _, s := range p.stages {
		if (s.kind == filterFlate || s.kind == filterLZW) && s.parms.predictor > 1 {
			return true
		}
	}
	return false
}

// open returns the output of the first n stages.
func (p *pipeline) open(n int) io.Reader {
	r := codec.Source(p.d.ctx, p.d.budget, bytes.NewReader(p.raw))
	if p.cipher != nil {
		r = p.d.guard(p.cipher(r))
	}
	for i, s := range p.stages[:n] {
		if s.kind == filterPass {
			continue
		}
		if i > 0 {
			r = &metered{p.d, r}
		}
		r = p.d.guard(p.decoder(i, s, r))
		if p.undo && s.parms.predictor > 1 && (s.kind == filterFlate || s.kind == filterLZW) {
			r = p.d.guard(newPredictor(r, s.parms))
		}
	}
	return r
}

// guard bounds one stage in time and size.
func (d *document) guard(r io.Reader) io.Reader {
	return codec.Cut(d.budget, codec.Guard(d.ctx, d.budget, r))
}

// metered is what one filter takes from another. It ends when the allowance for
// output that nobody sees is used up: filters in a row can give much that comes
// to nothing.
type metered struct {
	d *document
	r io.Reader
}

// Read implements io.Reader.
func (m *metered) Read(p []byte) (int, error) {
	if m.d.unseen <= 0 {
		m.d.skipped = true
		return 0, io.ErrUnexpectedEOF
	}
	n, err := m.r.Read(p)
	m.d.unseen -= int64(n)
	return n, err
}

func (p *pipeline) decoder(i int, s stage, r io.Reader) io.Reader {
	br := bufio.NewReader(r)
	switch s.kind {
	case filterLZW:
		return newLZW(br, !s.parms.late)
	case filterASCII85:
		return &ascii85{in: br}
	case filterASCIIHex:
		return &asciiHex{in: br}
	case filterRunLength:
		return &runLength{in: br}
	}
	if i > 0 {
		return &deflate{in: br}
	}
	return &deflate{in: br, start: p.start}
}

// deflate is FlateDecode. Line ends in front of the data are skipped, as clamscan
// 1.4.6 does.
type deflate struct {
	in    *bufio.Reader
	start start
	r     io.Reader
}

func (f *deflate) Read(p []byte) (int, error) {
	if f.r == nil {
		for {
			c, err := f.in.ReadByte()
			if err != nil {
				return 0, err
			}
			if c != '\r' && c != '\n' {
				break
			}
		}
		_ = f.in.UnreadByte() // cannot fail behind ReadByte
		if _, err := f.in.Discard(f.start.skip); err != nil {
			return 0, err
		}
		if f.start.headless {
			f.r = flate.NewReader(f.in)
		} else {
			f.r = zlib.NewReader(f.in)
		}
	}
	return f.r.Read(p)
}
