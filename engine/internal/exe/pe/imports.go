package pe

import (
	"strconv"
	"strings"
)

// Caps of the import walk, as observed and specified for ClamAV.
const (
	importDirectory     = 1
	descriptorSize      = 20
	maxImportedDLLs     = 1024
	maxImportedPerDLL   = 1024
	maxImportName       = 256
	importHintSize      = 2
	byOrdinal32         = 0x80000000
	maxImportStringSize = 16 << 20 // ours: 1024 x 1024 names would be 256 MiB
)

// imports builds the text of the import hash: dll.function for each imported
// function in order, lower-cased, joined by commas.
func (p *parser) imports() {
	h := p.facts.Header
	dir := h.Directories[importDirectory]
	if h.NumberOfDirectories <= importDirectory || dir.Address == 0 {
		return
	}
	at, ok := p.facts.RawOffset(dir.Address, p.in.Size())
	if !ok {
		return
	}
	var out strings.Builder
	for range maxImportedDLLs {
		d := p.window(at, descriptorSize)
		if len(d) < descriptorSize || p.in.Size()-at <= descriptorSize {
			break
		}
		name := u32(d, 12)
		if name == 0 {
			break
		}
		library, ok := p.libraryName(name)
		if !ok {
			return
		}
		thunks := u32(d, 0)
		if thunks == 0 {
			thunks = u32(d, 16)
		}
		if !p.functions(&out, library, thunks) {
			return
		}
		at += descriptorSize
	}
	p.facts.Imports = out.String()
}

// libraryName reads the file name of a DLL. It fails when the name is not
// plausible, which ends the computation without a hash.
func (p *parser) libraryName(rva uint32) (string, bool) {
	b, ok := p.atRVA(rva, maxImportName)
	if !ok {
		return "", false
	}
	name := strings.ToLower(cString(b))
	return name, plausible(name)
}

// functions appends the functions of one DLL whose thunk table is at an address.
func (p *parser) functions(out *strings.Builder, library string, thunks uint32) bool {
	prefix := withoutExtension(library)
	at, ok := p.facts.RawOffset(thunks, p.in.Size())
	if !ok {
		return true
	}
	table := p.window(at, 4*maxImportedPerDLL)
	for i := int64(0); i+4 <= int64(len(table)); i += 4 {
		thunk := u32(table, i)
		if thunk == 0 {
			break
		}
		name, ok := p.functionName(library, thunk)
		if !ok {
			return false
		}
		if name == "" {
			continue
		}
		if out.Len() > maxImportStringSize {
			return false
		}
		if out.Len() > 0 {
			out.WriteByte(',')
		}
		out.WriteString(prefix)
		out.WriteByte('.')
		out.WriteString(name)
	}
	return true
}

// functionName resolves one thunk: a name from a table or "ord<n>" for an
// ordinal, the lower-cased name otherwise, "" when it is left out.
func (p *parser) functionName(library string, thunk uint32) (string, bool) {
	if thunk&byOrdinal32 != 0 {
		ordinal := uint16(thunk)
		if n := ordinalName(library, ordinal); n != "" {
			return n, true
		}
		return "ord" + strconv.Itoa(int(ordinal)), true
	}
	off, ok := p.facts.RawOffset(thunk, p.in.Size())
	// ClamAV leaves out a function whose hint and name may reach past the end of
	// the file, even if the name itself is shorter.
	if !ok || off > p.in.Size()-(importHintSize+maxImportName) {
		return "", true
	}
	b := p.window(off+importHintSize, maxImportName)
	name := strings.ToLower(cString(b))
	return name, plausible(name)
}

// cString cuts b at its first NUL.
func cString(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// plausible tells whether a name has only printable characters.
func plausible(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// withoutExtension removes .dll, .ocx or .sys.
func withoutExtension(library string) string {
	i := strings.IndexByte(library, '.')
	if i < 0 {
		return library
	}
	switch library[i:] {
	case ".dll", ".ocx", ".sys":
		return library[:i]
	}
	return library
}
