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
	maxImportedPerDLL   = 1 << 16 // ours: ClamAV was observed to have none
	maxImportName       = 256
	importHintSize      = 2
	byOrdinal32         = 0x80000000
	maxImportStringSize = 4 << 20 // ours: 1024 x 65,536 names would be 16 GiB
)

// imports builds the text of the import hash: dll.function for each imported
// function in order, lower-cased, joined by commas. Damage of certain kinds ends
// the computation without a text, as observed with clamscan 1.4.6.
func (p *parser) imports() {
	h := p.facts.Header
	dir := h.Directories[importDirectory]
	if h.NumberOfDirectories <= importDirectory || dir.Address == 0 || dir.Size == 0 {
		return
	}
	at, ok := p.facts.RawOffset(dir.Address, p.in.Size())
	if !ok || int64(dir.Size) > p.in.Size()-at {
		return
	}
	// The last descriptor that fits the declared size is not looked at: it is
	// the terminator in a well-formed file.
	table := p.window(at, min(int64(dir.Size), maxImportedDLLs*descriptorSize+1))
	var out strings.Builder
	for at := int64(0); int64(len(table))-at > descriptorSize; at += descriptorSize {
		name := u32(table, at+12)
		if name == 0 {
			break
		}
		library, ok := p.libraryName(name)
		if !ok {
			return
		}
		thunks := u32(table, at)
		if _, ok := p.facts.RawOffset(thunks, p.in.Size()); thunks == 0 || !ok {
			thunks = u32(table, at+16)
		}
		if !p.functions(&out, library, thunks) {
			return
		}
	}
	p.facts.Imports, p.facts.HasImports = out.String(), true
}

// libraryName reads the file name of a DLL. Any characters are accepted.
func (p *parser) libraryName(rva uint32) (string, bool) {
	b, ok := p.atRVA(rva, maxImportName)
	if !ok {
		return "", false
	}
	return lower(cString(b)), true
}

// functions appends the functions of one DLL whose thunk table is at an address.
func (p *parser) functions(out *strings.Builder, library string, thunks uint32) bool {
	prefix := withoutExtension(library)
	at, ok := p.facts.RawOffset(thunks, p.in.Size())
	if !ok {
		return true
	}
	width := int64(4)
	if p.facts.Is64 {
		width = 8
	}
	table := p.window(at, width*maxImportedPerDLL)
	for i := int64(0); i+width <= int64(len(table)); i += width {
		thunk := u32(table, i)
		if p.facts.Is64 {
			high := u32(table, i+4)
			if thunk == 0 && high == 0 {
				break
			}
			thunk = thunk&^byOrdinal32 | high&byOrdinal32
		}
		if thunk == 0 {
			break
		}
		name, what := p.functionName(library, thunk)
		if what == invalid || out.Len() > maxImportStringSize {
			return false
		}
		if what == omitted {
			continue
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

// importName is what happened to one thunk.
type importName uint8

const (
	named   importName = iota
	omitted            // left out of the text
	invalid            // ends the computation
)

// functionName resolves one thunk: a name from a table or "ord<n>" for an
// ordinal, the lower-cased name otherwise. A name outside all sections counts as
// empty.
func (p *parser) functionName(library string, thunk uint32) (string, importName) {
	if thunk&byOrdinal32 != 0 {
		ordinal := uint16(thunk)
		if n := ordinalName(library, ordinal); n != "" {
			return n, named
		}
		return "ord" + strconv.Itoa(int(ordinal)), named
	}
	off, ok := p.facts.RawOffset(thunk, p.in.Size())
	if !ok {
		return "", named
	}
	// ClamAV leaves out a function whose hint and name may reach past the end of
	// the file, even if the name itself is shorter.
	if off > p.in.Size()-(importHintSize+maxImportName) {
		return "", omitted
	}
	name := cString(p.window(off+importHintSize, maxImportName))
	for i := range len(name) {
		if !nameByte(name[i]) {
			return "", invalid
		}
	}
	return lower(name), named
}

// nameByte tells whether c may occur in the name of a function. Decorated C++
// names have others and leave the file without import hash.
func nameByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '.'
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

// lower folds ASCII letters only; names may hold any bytes.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// withoutExtension cuts the name at its first dot when .dll, .ocx or .sys begins
// there.
func withoutExtension(library string) string {
	i := strings.IndexByte(library, '.')
	if i < 0 {
		return library
	}
	for _, e := range [...]string{".dll", ".ocx", ".sys"} {
		if strings.HasPrefix(library[i:], e) {
			return library[:i]
		}
	}
	return library
}
