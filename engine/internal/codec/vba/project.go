package vba

import (
	"bytes"
	"encoding/binary"

	"gclam/engine/internal/bytesx"
)

// Caps of the decoder.
const (
	maxDir     = 16 << 20 // bytes of a decompressed dir stream
	maxModules = 1 << 13  // modules of a project
	maxSource  = 16 << 20 // bytes of one module's source
	maxProject = 32 << 20 // bytes of all modules' sources
	maxCarved  = 1 << 10  // sources found without a project
	maxHead    = 1 << 20  // bytes of REM lines
)

// Module is one module of a project.
type Module struct {
	Name   string // in UTF-8
	Stream string // name of the stream that holds it, in UTF-8
	Source []byte // as stored, in the project's code page; nil if not found

	offset uint32 // of the compressed source in the stream
	head   bytes.Buffer
}

// Project is what a dir stream describes.
type Project struct {
	Modules []Module
	Damaged bool // the dir stream ends early or does not hold together

	codepage uint16
	head     bytes.Buffer
}

// Open reads a compressed dir stream and the modules that it names. stream
// returns the content of a stream beside the dir stream, nil if there is none.
// It returns nil if dir is not a dir stream.
func Open(dir []byte, stream func(name string) []byte) *Project {
	raw, whole := Decompress(dir, maxDir)
	if !isDir(raw) {
		return nil
	}
	p := &Project{Damaged: !whole, codepage: defaultCodepage}
	p.records(raw)
	left := maxProject
	for i := range p.Modules {
		m := &p.Modules[i]
		if b := stream(m.Stream); b != nil && left > 0 {
			m.Source = source(b, m.offset, min(left, maxSource))
			left -= len(m.Source)
		}
	}
	return p
}

// isDir tells whether b begins like a dir stream: with the kind of system.
func isDir(b []byte) bool {
	id, ok := bytesx.U16LE(b, 0)
	n, _ := bytesx.U32LE(b, 2)
	return ok && id == projectSysKind && n == 4
}

// source decompresses a module; where its offset is wrong the stream is searched.
func source(b []byte, off uint32, most int) []byte {
	at, _ := bytesx.Tail(b, int64(off))
	src, _ := Decompress(at, most)
	if _, _, marked := header(at[min(1, len(at)):]); marked && len(src) > 0 {
		return src
	}
	if found := Carve(b, most); len(found) > 0 {
		return bytes.Join(found, nil)
	}
	return src
}

// records reads the records of a dir stream (MS-OVBA 2.3.4.2).
func (p *Project) records(b []byte) {
	for len(b) > 0 {
		id, ok1 := bytesx.U16LE(b, 0)
		n, ok2 := bytesx.U32LE(b, 2)
		if !ok1 || !ok2 {
			p.Damaged = true
			return
		}
		const header = 6
		size := int64(n)
		if id == projectVersion {
			size = versionSize // the size field of this record is reserved
		}
		data, whole := bytesx.Slice(b, header, size)
		if !whole {
			p.Damaged = true
			data = bytesx.Clip(b, header, size)
		}
		if id == endOfProject {
			return
		}
		p.record(id, data)
		if !whole || len(p.Modules) >= maxModules {
			return
		}
		b = b[header+size:]
	}
	p.Damaged = true // there was no end record
}

// record handles one record: of the project, or of the module begun last.
func (p *Project) record(id uint16, d []byte) {
	if id == moduleName {
		p.Modules = append(p.Modules, Module{Name: decode(p.codepage, d)})
	}
	if n := len(p.Modules); n > 0 {
		p.Modules[n-1].record(id, d, p.codepage)
		return
	}
	if id == projectCodepage && len(d) >= 2 {
		p.codepage = binary.LittleEndian.Uint16(d)
	}
	if p.head.Len() < maxHead {
		headLine(&p.head, projectLines, id, d, p.codepage)
	}
}

func (m *Module) record(id uint16, d []byte, codepage uint16) {
	switch id {
	case moduleStream:
		m.Stream = decode(codepage, d)
	case moduleStreamUnicode:
		if s, ok := fromUTF16(d); ok && s != "" {
			m.Stream = s
		}
	case moduleOffset:
		if len(d) >= 4 {
			m.offset = binary.LittleEndian.Uint32(d)
		}
	}
	if m.head.Len() < maxHead {
		headLine(&m.head, moduleLines, id, d, codepage)
	}
}
