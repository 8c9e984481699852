package heuristic

import (
	"bytes"

	"gclam/engine/internal/exe"
)

// magistr describes how one variant of the infector Magistr changes the last
// section of a program. Sizes are bytes.
type magistr struct {
	name    string
	size    int64  // the least size of the section, in the file and in memory
	low     uint32 // lowest byte of the size in memory
	call    string // of its decryptor
	fromEnd int64  // where the search begins, before the end of the section
}

var magistrs = [...]magistr{
	{"Heuristics.W32.Magistr.A", 0x612c, 0xec, "\xe8\x2c\x61\x00\x00", 0x7000},
	{"Heuristics.W32.Magistr.B", 0x7000, 0xed, "\xe8\x04\x72\x00\x00", 0x8000},
}

const (
	magistrWindow = 4096
	// magistrTail is the end of the window in which a call is not seen (observed:
	// clamscan 1.4.6; seen at 16 bytes before the end, not seen at 6).
	magistrTail = 8
	writable    = 0x80000000 // IMAGE_SCN_MEM_WRITE
)

// Magistr recognises programs infected by Magistr.A and .B. It looks at PE32
// files whose layout is known.
func Magistr(b []byte, f *exe.Facts) string {
	if f == nil || f.Format != exe.PE || f.Is64 || f.Broken || !f.Usable() || len(f.Sections) == 0 {
		return ""
	}
	last := &f.Sections[len(f.Sections)-1]
	if last.Flags&writable == 0 {
		return ""
	}
	for _, m := range magistrs {
		memory := last.Stored.VirtualSize
		if last.RawSize < m.size || int64(memory) < m.size || memory&0xff != m.low {
			continue
		}
		from := max(last.Raw+last.RawSize-m.fromEnd, last.Raw)
		to := min(from+magistrWindow, int64(len(b))) - magistrTail
		if from >= 0 && from < to && bytes.Contains(b[from:to], []byte(m.call)) {
			return m.name
		}
	}
	return ""
}
