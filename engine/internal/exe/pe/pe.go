package pe

import (
	"errors"

	"gclam/engine/internal/bytesx"
	"gclam/engine/internal/exe"
	"gclam/engine/internal/input"
)

// ErrNotPE tells that the object has no complete PE header (a DOS program, NE, LE,
// a file cut inside it). It is then matched as plain data, without alert.
var ErrNotPE = errors.New("pe: no PE header")

// Options selects work beyond the layout. The zero value reads the layout only.
type Options struct {
	// Strict calls files with misaligned and misplaced sections broken too
	// (clamd.conf AlertBrokenExecutables). Without it they are only Suspect.
	Strict bool
	// VersionInfo looks for version-information strings (needed when some
	// signature has the offset VI).
	VersionInfo bool
	// Imports builds the import string (needed when import hashes are loaded).
	Imports bool
	// Imports64 builds it for PE32+, too: clamscan does not compare that, but
	// sigtool shows it.
	Imports64 bool
}

// Parse reads the layout of in. A file without PE header gives ErrNotPE; a
// damaged one gives Facts with Broken set and a nil error.
func Parse(in input.View, o Options) (*exe.Facts, error) {
	f := exe.New(exe.PE)
	p := &parser{in: in, facts: f, opt: o}
	if err := p.headers(); err != nil {
		return nil, err
	}
	if f.Broken || p.err != nil {
		return f, p.err
	}
	if o.Strict && f.Suspect {
		f.Refuse()
	}
	if o.VersionInfo {
		p.versionInfo()
	}
	if o.Imports && (o.Imports64 || !f.Is64) && !f.Broken {
		p.imports()
	}
	return f, p.err
}

// Valid tells whether window, the bytes from a supposed "MZ" to the end of the
// enclosing object (or a prefix of at least its first 64 KiB, with size the full
// length), starts with a PE header that Parse accepts. It decides whether an
// executable found inside other data is worth scanning on its own.
func Valid(window []byte) bool {
	f, err := Parse(input.Bytes(window), Options{})
	return err == nil && !f.Broken
}

// parser is the state of one Parse. err keeps the first I/O error.
type parser struct {
	in    input.View
	facts *exe.Facts
	opt   Options
	err   error
}

// window reads up to n bytes at off; I/O errors end the parse quietly and are
// kept in p.err.
func (p *parser) window(off, n int64) []byte {
	if p.err != nil {
		return nil
	}
	b, err := p.in.Window(off, n)
	if err != nil {
		p.err = err
		return nil
	}
	return b
}

// exact is window for records that must be complete.
func (p *parser) exact(off, n int64) ([]byte, bool) {
	b := p.window(off, n)
	return b, int64(len(b)) == n
}

// atRVA returns up to n bytes of the file at an address.
func (p *parser) atRVA(rva uint32, n int64) ([]byte, bool) {
	off, ok := p.facts.RawOffset(rva, p.in.Size())
	if !ok {
		return nil, false
	}
	b := p.window(off, n)
	return b, len(b) > 0
}

func u16(b []byte, off int64) uint16 { v, _ := bytesx.U16LE(b, off); return v }
func u32(b []byte, off int64) uint32 { v, _ := bytesx.U32LE(b, off); return v }
func u64(b []byte, off int64) uint64 { v, _ := bytesx.U64LE(b, off); return v }
