package exe

// Format tells executable formats apart.
type Format uint8

// The formats.
const (
	Unknown Format = iota
	PE
	ELF
	MachO
)

// NoOffset marks an offset that is not known.
const NoOffset int64 = -1

// Facts describes one executable. The zero value is not useful; make one with New.
type Facts struct {
	Format Format
	// Entry is the file offset of the entry point in bytes. Signature offsets EP+n
	// and EP-n are relative to it. It is 0 for an ELF or Mach-O file that has none,
	// as in ClamAV, and NoOffset when the file could not be read.
	Entry int64
	// Sections in header order, numbered as the offsets Sn, SEn and SL see them.
	Sections []Section
	// VersionInfo are the file offsets at which a signature with offset VI may
	// start: the key of each string of each version resource (PE only).
	VersionInfo []int64
	// Imports is the text whose hash import signatures compare, its length their
	// size key (PE32 only). It may be empty even if HasImports is set: an import
	// table without functions has the hash of no bytes.
	Imports    string
	HasImports bool
	Is64       bool
	DLL        bool
	// Overlay is the file offset of the data behind the last section, NoOffset
	// when there is none; it extends to the end of the file.
	Overlay int64
	// Broken tells that ClamAV calls the file broken: AlertBrokenExecutables
	// alerts, and section and import hashes are not compared. Reason says what was
	// wrong, for logs.
	Broken bool
	Reason string
	// Suspect tells that the file is broken in ClamAV's strict mode only, which
	// AlertBrokenExecutables turns on; SuspectReason says why.
	Suspect       bool
	SuspectReason string
	// dead tells that the layout is not known at all.
	dead bool
	// Header holds the fields of a PE header that unpackers and bytecode use;
	// nil for other formats.
	Header *PEHeader
}

// Section is one section (or, for ELF without sections, one segment) after the
// rounding that ClamAV applies. Sizes and offsets are bytes.
type Section struct {
	// Name is the name as stored, without the padding; it is not trusted text.
	Name string
	// Raw and RawSize are the part of the file: hashes of a section cover exactly
	// these bytes and RawSize is their size key. RawSize 0 means no data.
	Raw, RawSize int64
	// VirtualAddress (relative to the image base for PE) and VirtualSize in memory.
	VirtualAddress, VirtualSize int64
	// Flags are the format's own characteristics bits.
	Flags uint32
	// Stored are the fields before rounding (PE only).
	Stored StoredSection
}

// StoredSection is a PE section header as written in the file.
type StoredSection struct {
	Raw, RawSize, VirtualAddress, VirtualSize uint32
}

// PEHeader are fields of a PE header as stored.
type PEHeader struct {
	Offset              int64 // file offset of "PE\0\0"
	Machine             uint16
	Characteristics     uint16
	Subsystem           uint16
	TimeDateStamp       uint32
	LinkerMajor         uint8
	LinkerMinor         uint8
	EntryRVA            uint32
	ImageBase           uint64
	SectionAlignment    uint32
	FileAlignment       uint32
	SizeOfImage         uint32
	SizeOfHeaders       uint32
	SizeOfOptional      uint16
	SectionTable        int64 // file offset
	NumberOfSections    int
	NumberOfDirectories uint32
	Directories         [16]Directory
}

// Directory is one data directory of a PE: for index 4 (certificates) Address
// is a file offset, otherwise relative to the image base.
type Directory struct{ Address, Size uint32 }

// New returns Facts in which nothing is known yet.
func New(f Format) *Facts {
	return &Facts{Format: f, Entry: NoOffset, Overlay: NoOffset}
}

// Usable tells whether offsets relative to the executable's layout can be
// computed. It is false for files that could not be read; a file that is Broken
// in strict mode only still has a layout (observed with clamscan 1.4.6).
func (f *Facts) Usable() bool { return f != nil && !f.dead }

// Break marks f as damaged beyond reading, for the given reason, and returns it.
func (f *Facts) Break(reason string) *Facts {
	f.Lose(reason)
	f.Broken = true
	return f
}

// Lose marks f as not readable without being broken in ClamAV's eyes: no alert,
// but no offsets either.
func (f *Facts) Lose(reason string) *Facts {
	f.Reason, f.dead = reason, true
	f.Entry, f.Overlay = NoOffset, NoOffset
	f.Sections, f.VersionInfo, f.Imports = nil, nil, ""
	f.HasImports = false
	return f
}

// Refuse marks f as broken in strict mode: its layout stays known.
func (f *Facts) Refuse() *Facts {
	f.Broken, f.Reason = true, f.SuspectReason
	return f
}

// Suspicious records the first reason why strict mode would refuse the file.
func (f *Facts) Suspicious(reason string) {
	if !f.Suspect {
		f.Suspect, f.SuspectReason = true, reason
	}
}

// RawOffset maps an address relative to the image base to a file offset. As in
// ClamAV, addresses inside the PE header map to themselves and otherwise the
// last section with data that contains the address wins.
func (f *Facts) RawOffset(rva uint32, size int64) (int64, bool) {
	v := int64(rva)
	if h := f.Header; h != nil && v < h.Span() {
		return v, v < size
	}
	for i := len(f.Sections) - 1; i >= 0; i-- {
		s := &f.Sections[i]
		if s.RawSize > 0 && v >= s.VirtualAddress && v-s.VirtualAddress < s.RawSize {
			return v - s.VirtualAddress + s.Raw, true
		}
	}
	return 0, false
}

// Span is the size of the headers in memory: SizeOfHeaders rounded up to the
// section alignment (observed with clamscan 1.4.6).
func (h *PEHeader) Span() int64 {
	n, align := int64(h.SizeOfHeaders), int64(h.SectionAlignment)
	if align == 0 || n%align == 0 {
		return n
	}
	return n - n%align + align
}
